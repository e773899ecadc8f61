"""The plan of a run: per stage and model, requests, tokens and hardware."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from culture_ray.judging.prompt import (
    JudgeTask,
    chat_prompt,
    completion_prompt,
)
from culture_ray.prompts.design import Design
from culture_ray.prompts.language import Language
from culture_ray.prompts.protocols import find_protocol
from culture_ray.prompts.render import completion_form, render
from culture_ray.stages.asked import Asked, asked, samples_of
from culture_ray.stages.ground_truth import ground_truth_of
from culture_ray.stages.settings import Judge, Settings
from culture_ray.sweep.estimate import CHARACTERS_PER_TOKEN, Estimate, estimate

_LOOKED_AT = 200
"""Prompts that are rendered to know how long they are."""


@dataclass(frozen=True)
class Row:
    """One line of the plan."""

    stage: str
    model: str
    estimate: Estimate


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
    notices: tuple[str, ...]


def planned(settings: Settings) -> Planned:
    """Return the plan of a run; raises UserError for what would stop it, writes nothing."""
    plan = asked(settings)
    ground_truth_of(settings)
    gpu = settings.cluster.gpu_memory_gib
    rows = []
    output = sum(
        plan.requests(protocol, language) * output_tokens(settings, protocol)
        for protocol, language in plan.designs
    )
    judged = [key for key in plan.designs if find_protocol(key[0]).judged]
    for name, model in settings.models.items():
        characters = _prompt_characters(settings, plan, base=not model.chat)
        rows.append(Row("elicit", name, estimate(model, plan.per_model(), characters, output, gpu)))
    for name, judge in settings.judges.items():
        if not judged:
            continue
        requests = sum(plan.requests(*key) for key in judged) * len(settings.models)
        said = sum(plan.requests(*key) * output_tokens(settings, key[0]) for key in judged)
        read = said * len(settings.models) * CHARACTERS_PER_TOKEN
        asks = read + requests * _judge_characters(settings, judge)
        tokens = float(requests * judge.sampling.max_tokens)
        rows.append(Row("judge", name, estimate(judge.model, requests, asks, tokens, gpu)))
    return Planned(tuple(rows), tuple(_asks(settings, plan)), _notices(settings, plan))


def _asks(settings: Settings, plan: Asked) -> Iterator[Asks]:
    language = next(iter(settings.languages))
    for protocol in settings.protocol_order:
        design = plan.designs[protocol, language]
        samples = samples_of(settings, protocol)
        countries = settings.protocols[protocol].countries
        yield Asks(protocol, len(design) // samples, samples, countries, design.per_topic())


def _prompt_characters(settings: Settings, plan: Asked, *, base: bool) -> float:
    total = 0.0
    for (protocol, code), design in plan.designs.items():
        language = settings.languages[code]
        persona = plan.personas_of(protocol)[0]
        mean = _mean_length(language, protocol, design, persona, base)
        total += plan.requests(protocol, code) * mean
    return total


def output_tokens(settings: Settings, protocol: str) -> int:
    """Return the most tokens of one response."""
    if find_protocol(protocol).offers_options:
        return 1
    return settings.protocols[protocol].sampling.max_tokens


def _mean_length(
    language: Language, protocol: str, design: Design, persona: str | None, base: bool
) -> float:
    every = max(1, len(design) // _LOOKED_AT)
    lengths = []
    for index in range(0, len(design), every):
        row = design.prompt(index)
        text = render(language, protocol, row.template, row.topic, row.wording, persona)
        lengths.append(len(completion_form(language, protocol, text) if base else text))
    return sum(lengths) / len(lengths)


def _judge_characters(settings: Settings, judge: Judge) -> int:
    language = next(iter(settings.languages.values()))
    texts = next(iter(language.topics.values()))
    task = JudgeTask("", texts.pro, texts.con, language.name, tuple(settings.languages))
    if judge.model.chat:
        chat = chat_prompt(task)
        return len(chat.system) + len(chat.user)
    return len(completion_prompt(task))


def _notices(settings: Settings, plan: Asked) -> tuple[str, ...]:
    notes = []
    api = [name for name, model in settings.models.items() if model.engine == "openai"]
    api += [name for name, judge in settings.judges.items() if judge.model.engine == "openai"]
    if api:
        notes.append(
            f"asked through an API, which this version plans but does not run yet: {', '.join(api)}"
        )
    unreviewed = [code for code, language in settings.languages.items() if language.unreviewed]
    if unreviewed:
        notes.append(f"prompts not yet confirmed by a person: {', '.join(unreviewed)}")
    if plan.left_out:
        notes.append(f"not asked, because some language lacks it: {', '.join(plan.left_out)}")
    return tuple(notes)
