"""Units of the stages elicit and judge: slices of a run's requests, each committed as one shard."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from culture_ray.labels.read import RULE
from culture_ray.plan.requests import (
    RequestPlan,
    output_tokens,
    protocol_requests,
    protocol_steps,
)
from culture_ray.prompts.protocols import find_protocol
from culture_ray.settings.judging import Judge
from culture_ray.settings.run import Settings
from culture_ray.settings.stages import Stage
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import unit_id
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.plan.units import Unit, slices, unit_size


def elicit_units(settings: Settings, plan: RequestPlan) -> Iterator[Unit]:
    """Yield every unit of the stage elicit, done or not, in a fixed order."""
    order = list(settings.languages)
    by_language = sorted(plan.designs, key=lambda key: order.index(key[1]))
    most = requests_per_unit(plan, len(settings.models), settings.cluster)
    for model in settings.models:
        for protocol, language in by_language:
            sampling = settings.protocols[protocol].sampling
            longest = output_tokens(protocol, sampling, settings.models[model])
            cuts = (
                _conversation_cuts(plan, model, language, protocol, most)
                if find_protocol(protocol).putting == "sequence"
                else _cuts(plan, model, language, protocol, most)
            )
            needed: dict[int, list[Path]] = {}
            for index, cut in enumerate(cuts):
                name = unit_id(index, map(str, cut.rows.column("request_id").to_pylist()))
                path = settings.run.responses(model, language, name)
                needs = needed.setdefault(cut.block, [])
                yield Unit(
                    path=path,
                    engine=model,
                    model=model,
                    language=language,
                    size=cut.rows.num_rows,
                    tokens=float(cut.asked * longest),
                    rows=cut.rows,
                    judged=find_protocol(protocol).judged,
                    needs=tuple(needs),
                )
                needs.append(path)


@dataclass(frozen=True)
class _Cut:
    """Requests of one unit, and the number of topics that they ask about."""

    rows: pa.Table
    asked: int
    block: int
    """Units of a block hold the steps of the same conversations, in order."""


def _cuts(
    plan: RequestPlan, model: str, language: str, protocol: str, unit_size: int
) -> Iterator[_Cut]:
    requests = protocol_requests(plan, model, language, protocol)
    for index, (start, size) in enumerate(slices(requests.num_rows, unit_size)):
        rows = requests.slice(start, size)
        asked = sum(len(of or (0,)) for of in rows.column("items").to_pylist())
        yield _Cut(rows, asked, index)


def _conversation_cuts(
    plan: RequestPlan, model: str, language: str, protocol: str, unit_size: int
) -> Iterator[_Cut]:
    """Yield the requests of blocks of conversations, step by step."""
    steps = protocol_steps(plan, model, language, protocol)
    blocks = slices(len(steps[0].conversation), unit_size)
    for step in steps:
        for block, (start, size) in enumerate(blocks):
            low = bisect_left(step.conversation, start)
            high = bisect_left(step.conversation, start + size)
            if low < high:
                yield _Cut(step.rows.slice(low, high - low), high - low, block)


def judge_units(
    run: RunDirectory, name: str, judge: Judge, engine: str, elicited: Sequence[Unit]
) -> list[Unit]:
    """Return one unit of labels for each committed unit of responses that needs a judge."""
    return [
        Unit(
            path=label_path(run, name, unit),
            engine=engine,
            model=unit.model,
            language=unit.language,
            size=unit.size,
            tokens=unit.size * judge.share * judge.model.output_limit(judge.sampling.max_tokens),
            source=unit.path,
        )
        for unit in elicited
        if unit.judged and unit.path.exists()
    ]


def asked_shards(
    run: RunDirectory, stages: Sequence[Stage], judges: Iterable[str], elicited: Iterable[Unit]
) -> Iterator[Path]:
    """Yield the shards that the stages elicit and judge make, as far as they are in `stages`."""
    names = tuple(judges)
    for unit in elicited:
        if Stage.ELICIT in stages:
            yield unit.path
        if Stage.JUDGE in stages:
            for reader in names if unit.judged else (RULE,):
                yield label_path(run, reader, unit)


def requests_per_unit(plan: RequestPlan, models: int, cluster: Cluster) -> int:
    """Return the largest number of requests of a unit of the stage elicit, with so many models."""
    per_model = sum(plan.requests(protocol, language) for protocol, language in plan.designs)
    return unit_size(cluster, per_model * models)


def shard_count(settings: Settings, plan: RequestPlan) -> int:
    """Return the number of shards that the stages elicit and judge make."""
    size, found = requests_per_unit(plan, len(settings.models), settings.cluster), 0
    for protocol, language in plan.designs:
        units = _unit_count(plan, protocol, language, size)
        readers = len(settings.judges) if find_protocol(protocol).judged else 1
        kinds = (Stage.ELICIT in settings.stages) + readers * (Stage.JUDGE in settings.stages)
        found += units * kinds * len(settings.models)
    return found


def _unit_count(plan: RequestPlan, protocol: str, language: str, size: int) -> int:
    if find_protocol(protocol).putting != "sequence":
        return -(-plan.requests(protocol, language) // size)
    lengths = plan.conversation_lengths(protocol, language)
    # A block of conversations has as many steps as its longest one.
    return sum(max(lengths[start : start + many]) for start, many in slices(len(lengths), size))


def label_path(run: RunDirectory, judge: str, elicited: Unit) -> Path:
    """Return the path of the shard with a judge's labels of a unit of responses."""
    return run.labels(judge, elicited.model, elicited.language, elicited.path.stem)
