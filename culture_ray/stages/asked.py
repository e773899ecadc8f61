"""What a run asks: the request tables of its models and languages, cut into units."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from culture_ray.prompts.common import CommonIds, common_ids
from culture_ray.prompts.design import Design, balanced, full_factorial, independent
from culture_ray.stages.read_labels import IMPORTED
from culture_ray.stages.settings import Settings
from culture_ray.store.shards import unit_id
from culture_ray.sweep.requests import elicit_requests
from culture_ray.sweep.units import Unit, slices


@dataclass(frozen=True)
class Asked:
    """The design of every protocol and language of a run."""

    designs: dict[tuple[str, str], Design]
    """By protocol and language; the same for every model."""
    left_out: tuple[str, ...]
    """Templates and wordings that some language lacks, so that none is asked them."""

    def per_model(self) -> int:
        """Return how many requests each model gets."""
        return sum(len(design) for design in self.designs.values())


def asked(settings: Settings) -> Asked:
    """Return the designs of a run; raises BadPrompts for texts that a language lacks."""
    topics = [topic.id for topic in settings.topics]
    designs: dict[tuple[str, str], Design] = {}
    left_out: list[str] = []
    for protocol in settings.protocols:
        if protocol == IMPORTED:
            continue
        ids = common_ids(list(settings.languages.values()), topics, protocol)
        left_out += ids.left_out
        for language in settings.languages:
            designs[protocol, language] = _design(settings, ids, language)
    return Asked(designs, tuple(left_out))


def _design(settings: Settings, ids: CommonIds, language: str) -> Design:
    given = (ids.templates, ids.topics, ids.wordings)
    prompts, samples = settings.design.prompts_per_language, settings.design.samples
    match settings.design.kind:
        case "balanced":
            return balanced(*given, prompts=prompts, samples=samples, seed=settings.seed)
        case "full_factorial":
            return full_factorial(*given, samples=samples)
        case "independent":
            return independent(
                *given, prompts=prompts, samples=samples, seed=settings.seed, language=language
            )


def request_table(settings: Settings, plan: Asked, model: str, language: str) -> pa.Table:
    """Return the requests of one model in one language, all protocols (REQUESTS schema)."""
    tables = []
    for (protocol, spoken), design in plan.designs.items():
        if spoken != language:
            continue
        rows = (design.prompt(row) for row in range(len(design)))
        prompts = [(row.template, row.topic, row.wording, row.sample) for row in rows]
        tables.append(elicit_requests(model, language, protocol, prompts))
    return pa.concat_tables(tables).combine_chunks()


def elicit_units(settings: Settings, plan: Asked) -> Iterator[Unit]:
    """Yield every unit of the elicit stage, done or not, in a fixed order."""
    for model in settings.models:
        for language in settings.languages:
            requests = request_table(settings, plan, model, language)
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
                    tokens=float(size * _tokens_expected(settings)),
                    rows=requests.slice(start, size),
                )


def judge_units(settings: Settings, judge: str, engine: str, elicited: list[Unit]) -> list[Unit]:
    """Return one unit of labels for each unit of responses that stands in the store."""
    units = []
    for unit in elicited:
        if not unit.path.exists():
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


def _tokens_expected(settings: Settings) -> int:
    return max(protocol.sampling.max_tokens for protocol in settings.protocols.values())
