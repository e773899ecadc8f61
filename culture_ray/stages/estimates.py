"""The plan of a run: per stage and model, requests, tokens, hardware, rates and time."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from culture_ray.engines.architecture import as_its_config_says
from culture_ray.engines.model import Model
from culture_ray.errors import ModelDoesNotFit, ModelFilesMissing
from culture_ray.judging.prompt import JudgeTask, chat_prompt, completion_prompt
from culture_ray.prompts.protocols import find_protocol
from culture_ray.prompts.render import completion_form, render
from culture_ray.stages.asked import Asked, asked, samples_of
from culture_ray.stages.ground_truth import ground_truth_of
from culture_ray.stages.settings import Judge, Settings
from culture_ray.stages.tokens import TokenCounter
from culture_ray.sweep.estimate import (
    Estimate,
    estimate,
    gpu_seconds,
    placeable,
    replicas,
    wall_seconds,
)
from culture_ray.sweep.readiness import check_divisible
from culture_ray.sweep.roofline import Load, best, roofs

_LOOKED_AT = 200
"""Prompts that are rendered to know how long they are."""


@dataclass(frozen=True)
class Row:
    """One line of the plan."""

    stage: str
    model: str
    estimate: Estimate
    replicas: int = 0
    gpu_hours: float | None = None
    """Loading included; None for models without a GPU, and where no rate is known."""


@dataclass(frozen=True)
class Asks:
    """What one protocol asks of each model in each language."""

    protocol: str
    prompts: int
    samples: int
    """Responses per prompt."""
    countries: tuple[str, ...]
    """With a persona from each of which every prompt is asked."""
    per_topic: Mapping[str, int]
    """Requests by topic, for one country."""


@dataclass(frozen=True)
class Planned:
    """What a run would do."""

    rows: tuple[Row, ...]
    protocols: tuple[Asks, ...]
    """The main one first."""
    wall_s: float
    """All stages one after the other on the cluster; models asked through an API not counted."""
    notices: tuple[str, ...]


@dataclass(frozen=True)
class _Part:
    """What one model is asked in one stage; tokens are totals."""

    stage: str
    name: str
    model: Model
    requests: int
    prompt_tokens: float
    output_tokens: float
    exact: bool
    """Whether the model's own tokenizer counted its prompts."""


def planned(settings: Settings) -> Planned:
    """Return the plan of a run; raises UserError for what would stop it, writes nothing."""
    plan = asked(settings)
    ground_truth_of(settings)
    notices: list[str] = []
    parts = _parts(_described(settings, notices), plan)
    rows: list[Row] = []
    wall = 0.0
    for _, stage in groupby(parts, key=lambda part: part.stage):
        made, seconds = _stage(settings, list(stage))
        rows += made
        wall += seconds
    notices += _notices(settings, plan, parts)
    return Planned(tuple(rows), tuple(_asks(settings, plan)), wall, tuple(notices))


def _asks(settings: Settings, plan: Asked) -> Iterator[Asks]:
    language = next(iter(settings.languages))
    for protocol in settings.protocol_order:
        design = plan.designs[protocol, language]
        samples = samples_of(settings, protocol)
        countries = settings.protocols[protocol].countries
        yield Asks(protocol, len(design) // samples, samples, countries, design.per_topic())


def paces(settings: Settings, plan: Asked) -> Iterator[tuple[str, str, float, float | None]]:
    """Yield what a run's progress reckons with until it has figures of its own.

    (stage, model or judge, output tokens of one response, output tokens/s of all replicas).
    """
    parts = _parts(_described(settings, []), plan)
    for _, stage in groupby(parts, key=lambda part: part.stage):
        for row in _stage(settings, list(stage))[0]:
            one = row.estimate
            rate = None if one.expected is None else one.expected * max(1, row.replicas)
            yield row.stage, row.model, one.output_tokens / max(1, one.requests), rate


def with_gpus_chosen(settings: Settings, plan: Asked) -> Settings:
    """Return the settings with `gpus_per_replica` of every model that leaves it to the roofline.

    Raises ModelFilesMissing where a shape is not known, ModelDoesNotFit where no size fits, and
    WrongValue for a size that is set and does not divide the heads.
    """
    judged = [judge.model for judge in settings.judges.values()]
    if not any(
        m.choose_gpus or m.gpus_per_replica > 1 for m in (*settings.models.values(), *judged)
    ):
        return settings
    parts = _parts(_described(settings, []), plan)
    gpus = {(part.stage, part.name): part.model.gpus_per_replica for part in parts}
    models = {
        name: replace(model, gpus_per_replica=gpus["elicit", name])
        for name, model in settings.models.items()
    }
    judges = {}
    for name, judge in settings.judges.items():
        # A judge that is one of the run's models shares its replicas, so also their size.
        same = [models[one] for one, model in settings.models.items() if model == judge.model]
        size = gpus.get(("judge", name), judge.model.gpus_per_replica)
        own = replace(judge.model, gpus_per_replica=size)
        judges[name] = replace(judge, model=same[0] if same else own)
    return replace(settings, models=models, judges=judges)


def _stage(settings: Settings, parts: list[_Part]) -> tuple[list[Row], float]:
    estimates = [
        estimate(
            part.model,
            part.requests,
            part.prompt_tokens,
            part.output_tokens,
            settings.cluster,
            settings.design.samples if part.stage == "elicit" else 1,
        )
        for part in parts
    ]
    dealt = replicas(estimates, settings.cluster)
    rows = []
    for part, one, count in zip(parts, estimates, dealt, strict=True):
        spent = gpu_seconds(one, count)
        hours = None if spent is None else spent / 3600
        rows.append(Row(part.stage, part.name, one, count, hours))
    return rows, wall_seconds(estimates, dealt, settings.cluster)


def _described(settings: Settings, notices: list[str]) -> Settings:
    """Return the settings with every model as its own config file describes it.

    A model that neither its file nor conf/model describes is left as it is, and `notices` gets a
    sentence; raises ModelFilesMissing where the roofline has to choose its GPUs.
    """

    def described(name: str, model: Model) -> Model:
        try:
            return as_its_config_says(name, model)
        except ModelFilesMissing as problem:
            if model.choose_gpus:
                raise
            if str(problem) not in notices:
                notices.append(str(problem))
            return model

    models = {name: described(name, model) for name, model in settings.models.items()}
    judges = {
        name: replace(judge, model=described(f"judge {name}", judge.model))
        for name, judge in settings.judges.items()
    }
    return replace(settings, models=models, judges=judges)


def _parts(settings: Settings, plan: Asked) -> list[_Part]:
    """Return what every model and judge is asked, with the GPUs of a replica chosen."""
    requests = plan.per_model()
    said = {key: plan.requests(*key) * output_tokens(settings, key[0]) for key in plan.designs}
    output = float(sum(said.values()))
    parts = []
    for name, model in settings.models.items():
        counter = TokenCounter(model, settings.characters_per_token)
        prompt = _prompt_tokens(settings, plan, counter, base=not model.chat)
        part = _Part("elicit", name, model, requests, prompt, output, counter.exact)
        parts.append(_with_its_gpus(settings, part, settings.design.samples))
    judged = [key for key in plan.designs if find_protocol(key[0]).judged]
    requests = sum(plan.requests(*key) for key in judged) * len(settings.models)
    output = float(sum(said[key] for key in judged)) * len(settings.models)
    for name, judge in settings.judges.items():
        counter = TokenCounter(judge.model, settings.characters_per_token)
        read = output + requests * _judge_tokens(settings, judge, counter)
        tokens = float(requests * judge.sampling.max_tokens)
        if not judged:
            continue
        part = _Part("judge", name, judge.model, requests, read, tokens, counter.exact)
        parts.append(_with_its_gpus(settings, part, 1))
    return parts


def _with_its_gpus(settings: Settings, part: _Part, samples: int) -> _Part:
    key = f"model.{part.name}" if part.stage == "elicit" else f"judge.{part.name}.model"
    if not part.model.choose_gpus:
        check_divisible(key, part.model)
        return part
    card, asked_ = settings.cluster.card, max(part.requests, 1)
    load = Load(part.prompt_tokens / asked_, part.output_tokens / asked_, samples)
    found = roofs(part.model, card, load)
    chosen = best(placeable(found, settings.cluster))
    if chosen is None:
        needed = f"needs {found[0].gpus} such GPUs" if found else "fits on no number of such GPUs"
        raise ModelDoesNotFit(
            f"{key}.gpus_per_replica=auto: {part.model.source} {needed}, and the cluster has "
            f"{settings.cluster.gpus} of {card.name}, {card.memory_gib:.0f} GiB each: choose a "
            f"smaller model, or set cluster.nodes, cluster.gpus_per_node and cluster.gpu"
        )
    return replace(part, model=replace(part.model, gpus_per_replica=chosen.gpus))


def _prompt_tokens(settings: Settings, plan: Asked, counter: TokenCounter, *, base: bool) -> float:
    total = 0.0
    for (protocol, code), design in plan.designs.items():
        language = settings.languages[code]
        every = max(1, len(design) // _LOOKED_AT)
        persona = plan.personas_of(protocol)[0]
        texts = []
        for index in range(0, len(design), every):
            row = design.prompt(index)
            text = render(language, protocol, row.template, row.topic, row.wording, persona)
            texts.append(completion_form(language, protocol, text) if base else text)
        total += plan.requests(protocol, code) * counter.count(texts, code) / len(texts)
    return total


def output_tokens(settings: Settings, protocol: str) -> int:
    """Return the most tokens of one response."""
    if find_protocol(protocol).offers_options:
        return 1
    return settings.protocols[protocol].sampling.max_tokens


def _judge_tokens(settings: Settings, judge: Judge, counter: TokenCounter) -> float:
    """Return the tokens of a judge's prompt around the response, which is written in English."""
    language = next(iter(settings.languages.values()))
    texts = next(iter(language.topics.values()))
    task = JudgeTask("", texts.pro, texts.con, language.name, tuple(settings.languages))
    if judge.model.chat:
        chat = chat_prompt(task)
        return counter.count([chat.system, chat.user], "en")
    return counter.count([completion_prompt(task)], "en")


def _notices(settings: Settings, plan: Asked, parts: list[_Part]) -> list[str]:
    notes = []
    variables = {part.model.api.key_variable for part in parts if part.model.is_api}
    missing = sorted(name for name in variables if name and not os.environ.get(name))
    if missing:
        notes.append(f"not in the environment yet, and needed to run: {', '.join(missing)}")
    guessed = [part.name for part in parts if not part.exact and not part.model.is_api]
    if guessed:
        notes.append(
            f"prompt tokens by characters per token, as the tokenizer is not on this machine: "
            f"{', '.join(dict.fromkeys(guessed))}"
        )
    half = [
        part.name
        for part in parts
        if part.model.gpus_per_replica
        and part.model.dtype == "bfloat16"
        and not settings.cluster.gpu.bfloat16
    ]
    if half:
        notes.append(
            f"{settings.cluster.gpu.name} has no bfloat16: set dtype=float16 for {', '.join(half)}"
        )
    again = [
        protocol
        for protocol in settings.protocol_order
        if find_protocol(protocol).offers_options and samples_of(settings, protocol) > 1
    ]
    if again and any(not model.is_api for model in settings.models.values()):
        notes.append(
            f"{', '.join(again)}: probabilities are read, which come out the same each time; "
            f"samples=1 is enough for models that run here"
        )
    unreviewed = [code for code, language in settings.languages.items() if language.unreviewed]
    if unreviewed:
        notes.append(f"prompts not yet confirmed by a person: {', '.join(unreviewed)}")
    if plan.left_out:
        notes.append(f"not asked, because some language lacks it: {', '.join(plan.left_out)}")
    return notes
