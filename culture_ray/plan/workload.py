"""What every model and judge of a run is asked, in tokens, and on how many GPUs each runs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from culture_ray.engines.architecture import as_its_config_says
from culture_ray.engines.model import Model
from culture_ray.errors import ModelDoesNotFit, ModelFilesMissing
from culture_ray.judging.prompt import JudgePrompt, chat_prompt, completion_prompt
from culture_ray.plan.requests import RequestPlan
from culture_ray.plan.tokens import TokenCounter
from culture_ray.prompts.protocols import find_protocol
from culture_ray.prompts.render import completion_form, render
from culture_ray.settings.run import Judge, Settings
from culture_ray.sweep.plan.estimate import placeable
from culture_ray.sweep.plan.readiness import check_divisible
from culture_ray.sweep.plan.roofline import EngineLoad, best, roofs

_LOOKED_AT = 200
"""Prompts that are rendered to know how long they are."""


@dataclass(frozen=True)
class Part:
    """What one model is asked in one stage; tokens are totals."""

    stage: str
    name: str
    model: Model
    requests: int
    prompt_tokens: float
    output_tokens: float
    exact: bool
    """Whether the model's own tokenizer counted its prompts."""


def parts_of(settings: Settings, plan: RequestPlan) -> list[Part]:
    """Return what every model and judge is asked, with the GPUs of a replica chosen."""
    requests = plan.per_model()
    said = {key: plan.requests(*key) * output_tokens(settings, key[0]) for key in plan.designs}
    output = float(sum(said.values()))
    parts = []
    for name, model in settings.models.items():
        counter = TokenCounter(model, settings.characters_per_token)
        prompt = _prompt_tokens(settings, plan, counter, base=not model.chat)
        part = Part("elicit", name, model, requests, prompt, output, counter.exact)
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
        part = Part("judge", name, judge.model, requests, read, tokens, counter.exact)
        parts.append(_with_its_gpus(settings, part, 1))
    return parts


def described(settings: Settings, notices: list[str]) -> Settings:
    """Return the settings with every model as its own config file describes it.

    A model that neither its file nor conf/model describes is left as it is, and `notices` gets a
    sentence; raises ModelFilesMissing where the roofline has to choose its GPUs.
    """

    def one(name: str, model: Model) -> Model:
        try:
            return as_its_config_says(name, model)
        except ModelFilesMissing as problem:
            if model.choose_gpus:
                raise
            if str(problem) not in notices:
                notices.append(str(problem))
            return model

    models = {name: one(name, model) for name, model in settings.models.items()}
    judges = {
        name: replace(judge, model=one(f"judge {name}", judge.model))
        for name, judge in settings.judges.items()
    }
    return replace(settings, models=models, judges=judges)


def _with_its_gpus(settings: Settings, part: Part, samples: int) -> Part:
    key = f"model.{part.name}" if part.stage == "elicit" else f"judge.{part.name}.model"
    if not part.model.choose_gpus:
        check_divisible(key, part.model)
        return part
    card, asked_ = settings.cluster.card, max(part.requests, 1)
    load = EngineLoad(part.prompt_tokens / asked_, part.output_tokens / asked_, samples)
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


def _prompt_tokens(
    settings: Settings, plan: RequestPlan, counter: TokenCounter, *, base: bool
) -> float:
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
    task = JudgePrompt("", texts.pro, texts.con, language.name, tuple(settings.languages))
    if judge.model.chat:
        chat = chat_prompt(task)
        return counter.count([chat.system, chat.user], "en")
    return counter.count([completion_prompt(task)], "en")
