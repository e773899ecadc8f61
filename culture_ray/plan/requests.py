"""What a run asks: the request tables of its models and languages, cut into units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from culture_ray.engines.interface import Sampling
from culture_ray.errors import BadPrompts
from culture_ray.labels.read import IMPORTED
from culture_ray.prompts.design import PromptDesign, balanced, full_factorial, independent
from culture_ray.prompts.language import Language
from culture_ray.prompts.protocols import Protocol, find_protocol
from culture_ray.prompts.shared_ids import SharedIds, shared_ids
from culture_ray.settings.run import Settings
from culture_ray.store.shards import unit_id
from culture_ray.survey.topics import Topic
from culture_ray.sweep.plan.requests import elicit_requests
from culture_ray.sweep.plan.units import Unit, slices


@dataclass(frozen=True)
class RequestPlan:
    """The design of every protocol and language of a run."""

    designs: dict[tuple[str, str], PromptDesign]
    """By protocol and language; the same for every model and persona."""
    left_out: tuple[str, ...]
    """Templates and wordings that some language lacks, so that none is asked them."""
    personas: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    """By protocol, the countries that respondents come from; (None,) without a persona."""

    def personas_of(self, protocol: str) -> tuple[str | None, ...]:
        """Return the countries that each prompt of a protocol is asked with."""
        return self.personas.get(protocol, (None,))

    def requests(self, protocol: str, language: str) -> int:
        """Return how many requests each model gets in one protocol and language."""
        return len(self.designs[protocol, language]) * len(self.personas_of(protocol))

    def per_model(self) -> int:
        """Return how many requests each model gets."""
        return sum(self.requests(*key) for key in self.designs)


def request_plan(settings: Settings) -> RequestPlan:
    """Return the designs of a run; raises BadPrompts for texts that a language lacks."""
    topics = [topic.id for topic in settings.topics]
    designs: dict[tuple[str, str], PromptDesign] = {}
    left_out: list[str] = []
    personas: dict[str, tuple[str | None, ...]] = {}
    for protocol in settings.protocols:
        if protocol == IMPORTED:
            continue
        countries = settings.protocols[protocol].countries
        ids = shared_ids(list(settings.languages.values()), topics, protocol, countries)
        if find_protocol(protocol).offers_options:
            _check_answers(settings.languages.values(), settings.topics)
        left_out += ids.left_out
        personas[protocol] = countries or (None,)
        for language in settings.languages:
            designs[protocol, language] = _design(settings, protocol, ids, language)
    return RequestPlan(designs, tuple(left_out), personas)


def _design(settings: Settings, protocol: str, ids: SharedIds, language: str) -> PromptDesign:
    given = (ids.templates, ids.topics, ids.wordings)
    own, samples = settings.protocols[protocol], samples_of(settings, protocol)
    prompts = own.prompts_per_language or settings.design.prompts_per_language
    if find_protocol(protocol).offers_options:
        pairs = sum(len(ids.wordings[topic]) for topic in ids.topics) * len(ids.templates)
        prompts = min(prompts, pairs)
    match settings.design.kind:
        case "balanced":
            return balanced(*given, prompts=prompts, samples=samples, seed=settings.seed)
        case "full_factorial":
            return full_factorial(*given, samples=samples)
        case "independent":
            return independent(
                *given, prompts=prompts, samples=samples, seed=settings.seed, language=language
            )


def samples_of(settings: Settings, protocol: str) -> int:
    """Return how many responses a protocol asks for per prompt."""
    # A probability that is read comes out the same each time: asked again, it would only look as
    # if the model agreed with itself.
    default = 1 if find_protocol(protocol).offers_options else settings.design.samples
    return settings.protocols[protocol].samples or default


def request_table(settings: Settings, plan: RequestPlan, model: str, language: str) -> pa.Table:
    """Return the requests of one model in one language, all protocols (REQUESTS schema)."""
    tables = [
        _requests(plan, model, language, protocol)
        for protocol, spoken in plan.designs
        if spoken == language
    ]
    return pa.concat_tables(tables).combine_chunks()


def _requests(plan: RequestPlan, model: str, language: str, protocol: str) -> pa.Table:
    design = plan.designs[protocol, language]
    rows = (design.prompt(row) for row in range(len(design)))
    prompts = [(row.template, row.topic, row.wording, row.sample) for row in rows]
    tables = [
        elicit_requests(model, language, protocol, prompts, persona)
        for persona in plan.personas_of(protocol)
    ]
    return pa.concat_tables(tables).combine_chunks()


def elicit_units(settings: Settings, plan: RequestPlan) -> Iterator[Unit]:
    """Yield every unit of the elicit stage, done or not, in a fixed order."""
    for model in settings.models:
        for protocol, language in _by_language(settings, plan):
            requests = _requests(plan, model, language, protocol)
            sampling = settings.protocols[protocol].sampling
            way = find_protocol(protocol)
            ids = [str(key) for key in requests.column("request_id").to_pylist()]
            cuts = slices(requests.num_rows, settings.cluster.unit_size)
            for index, (start, size) in enumerate(cuts):
                name = unit_id(index, ids[start : start + size])
                yield Unit(
                    path=settings.run.responses(model, language, name),
                    engine=model,
                    model=model,
                    language=language,
                    size=size,
                    tokens=float(size * _tokens_expected(way, sampling)),
                    rows=requests.slice(start, size),
                    judged=way.judged,
                )


def judge_units(settings: Settings, judge: str, engine: str, elicited: list[Unit]) -> list[Unit]:
    """Return one unit of labels for each unit of responses that stands in the store."""
    units = []
    for unit in elicited:
        if not unit.judged or not unit.path.exists():
            continue
        units.append(
            Unit(
                path=label_path(settings, judge, unit),
                engine=engine,
                model=unit.model,
                language=unit.language,
                size=unit.size,
                tokens=float(unit.size * settings.judges[judge].sampling.max_tokens),
                source=unit.path,
            )
        )
    return units


def label_path(settings: Settings, judge: str, elicited: Unit) -> Path:
    """Return where a judge's labels of a unit of responses lie."""
    return settings.run.labels(judge, elicited.model, elicited.language, elicited.path.stem)


def _by_language(settings: Settings, plan: RequestPlan) -> list[tuple[str, str]]:
    """Return protocols and languages, a language's protocols together."""
    order = list(settings.languages)
    return sorted(plan.designs, key=lambda key: order.index(key[1]))


def _tokens_expected(protocol: Protocol, sampling: Sampling) -> int:
    return 1 if protocol.offers_options else sampling.max_tokens


def _check_answers(languages: Iterable[Language], topics: Sequence[Topic]) -> None:
    """Raise BadPrompts where the answers offered are not those of the topic's scale."""
    for language in languages:
        for topic in topics:
            scale, offered = topic.scale, set(language.topics[topic.id].answers)
            strange = offered - {*scale.pro, *scale.con, *scale.middle}
            where = f"language {language.code}, topic {topic.id}"
            if strange:
                raise BadPrompts(
                    f"{where}: the answers offered have code {min(strange)}, which the item does "
                    f"not have in conf/topics: give the topic another of the scales under answers"
                )
            if not offered & set(scale.pro) or not offered & set(scale.con):
                raise BadPrompts(f"{where}: the answers offered hold no pro or no con answer")
