"""Units of the stages elicit and judge: slices of a run's requests, each committed as one shard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from culture_ray.labels.read import RULE
from culture_ray.plan.requests import RequestPlan, output_tokens, protocol_requests
from culture_ray.prompts.protocols import find_protocol
from culture_ray.settings.judging import Judge
from culture_ray.settings.run import Settings
from culture_ray.settings.stages import Stage
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import unit_id
from culture_ray.sweep.plan.units import Unit, slices


def elicit_units(settings: Settings, plan: RequestPlan) -> Iterator[Unit]:
    """Yield every unit of the stage elicit, done or not, in a fixed order."""
    order = list(settings.languages)
    by_language = sorted(plan.designs, key=lambda key: order.index(key[1]))
    for model in settings.models:
        for protocol, language in by_language:
            requests = protocol_requests(plan, model, language, protocol)
            ids = [str(key) for key in requests.column("request_id").to_pylist()]
            sampling = settings.protocols[protocol].sampling
            longest = output_tokens(protocol, sampling, settings.models[model])
            cuts = slices(requests.num_rows, settings.cluster.unit_size)
            for index, (start, size) in enumerate(cuts):
                name = unit_id(index, ids[start : start + size])
                yield Unit(
                    path=settings.run.responses(model, language, name),
                    engine=model,
                    model=model,
                    language=language,
                    size=size,
                    tokens=float(size * longest),
                    rows=requests.slice(start, size),
                    judged=find_protocol(protocol).judged,
                )


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


def shard_count(settings: Settings, plan: RequestPlan) -> int:
    """Return the number of shards that the stages elicit and judge make."""
    size, found = settings.cluster.unit_size, 0
    for protocol, language in plan.designs:
        units = -(-plan.requests(protocol, language) // size)
        readers = len(settings.judges) if find_protocol(protocol).judged else 1
        kinds = (Stage.ELICIT in settings.stages) + readers * (Stage.JUDGE in settings.stages)
        found += units * kinds * len(settings.models)
    return found


def label_path(run: RunDirectory, judge: str, elicited: Unit) -> Path:
    """Return the path of the shard with a judge's labels of a unit of responses."""
    return run.labels(judge, elicited.model, elicited.language, elicited.path.stem)
