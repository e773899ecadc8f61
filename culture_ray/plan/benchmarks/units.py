"""Units of the benchmark stage: consecutive items in one condition and step, each one a shard."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from pathlib import Path
from typing import Any

import pyarrow as pa

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.items.read import Items
from culture_ray.benchmarks.items.stored import texts_of
from culture_ray.benchmarks.putting.placements import (
    Placements,
    PutStep,
    items_per_block,
    placements,
    put_steps,
)
from culture_ray.benchmarks.putting.prompt_language import prompt_language
from culture_ray.engines.model import Model
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import read, unit_id
from culture_ray.sweep.plan.requests import request_id
from culture_ray.sweep.plan.units import Unit
from culture_ray.tables.benchmarks import ITEM_REQUESTS

_SAME = ("benchmark", "model", "language", "condition", "step", "prompt_language")
"""Columns with one value in a unit; stored once."""


@dataclass(frozen=True)
class BenchmarkUnit:
    """Unit of the benchmark stage, and the shards that its prompts need."""

    unit: Unit
    wave: int
    """Place of its step in the condition; units of a wave are run together."""
    needs: tuple[Path, ...] = ()
    """Shards with the answers to the steps before."""
    rated: bool = False
    """True if judges rate its answers by a rubric."""


def benchmark_units(
    run: RunDirectory, items: Items, models: Mapping[str, Model], unit_size: int
) -> Iterator[BenchmarkUnit]:
    """Yield every unit of a benchmark, done or not, in a fixed order."""
    benchmark = items.benchmark
    steps = put_steps(benchmark)
    for model, described in models.items():
        for language, table in items.tables.items():
            block = items_per_block(benchmark, language, unit_size)
            for number, start in enumerate(range(0, table.num_rows, block)):
                part = table.slice(start, block)
                earlier: dict[str, list[Path]] = {}
                for put in steps:
                    rows = _rows(items, model, language, put, part)
                    index = number * len(steps) + put.position
                    path = _path(run, items, model, language, index, rows)
                    needs = earlier.setdefault(put.condition.name, [])
                    yield BenchmarkUnit(
                        Unit(
                            path=path,
                            engine=model,
                            model=model,
                            language=language,
                            size=rows.num_rows,
                            tokens=float(rows.num_rows * answer_tokens(benchmark, put, described)),
                            rows=rows,
                            source=run.items(items.folder, language),
                            judged=False,
                        ),
                        put.wave,
                        tuple(needs),
                        benchmark.rubric is not None and put.step is put.condition.answer_step,
                    )
                    needs.append(path)


def answer_tokens(benchmark: Benchmark, put: PutStep, model: Model) -> int:
    """Return the largest number of tokens of an answer to one step, thoughts included.

    Options need one token, unless the model thinks before it chooses, and words in layers too.
    """
    if benchmark.answer.kind == "layers" and put.step is put.condition.answer_step:
        return 1
    if reads_probabilities(benchmark, put) and not model.thinks:
        return 1
    return model.output_limit(put.step.max_tokens or benchmark.sampling.max_tokens)


def reads_probabilities(benchmark: Benchmark, put: PutStep) -> bool:
    """Return True if the answer to a step is read as probabilities of the options' letters."""
    answer = benchmark.answer
    is_answer = put.step is put.condition.answer_step
    return is_answer and answer.kind == "option" and answer.by == "probability"


def requests_per_model(items: Items) -> int:
    """Return the number of requests of a benchmark per model, in all languages."""
    return sum(requests_in(items, language) for language in items.tables)


def requests_in(items: Items, language: str) -> int:
    """Return the number of requests of a benchmark per model in one language."""
    return _requests_of(items, language, put_steps(items.benchmark))


def ratings_in(items: Items, language: str) -> int:
    """Return the number of answers per model in one language that a judge rates."""
    if items.benchmark.rubric is None:
        return 0
    steps = put_steps(items.benchmark)
    return _requests_of(
        items, language, [put for put in steps if put.step is put.condition.answer_step]
    )


def _requests_of(items: Items, language: str, steps: Iterable[PutStep]) -> int:
    numbers = _options(items.tables[language])
    kinds = {number: numbers.count(number) for number in set(numbers)}
    return sum(
        count * len(placements(items.benchmark, put, language, [number]))
        for put in steps
        for number, count in kinds.items()
    )


def remaining(units: Sequence[BenchmarkUnit], done: Collection[Path]) -> list[BenchmarkUnit]:
    """Return the units with requests that have no answer yet, and of these only such requests.

    A run that had a smaller part of the items has their answers in units of other names.
    """
    own = {unit.unit.path for unit in units}
    others: dict[Path, list[Path]] = {}
    for path in done:
        if path not in own:
            others.setdefault(path.parent, []).append(path)
    found = []
    for unit in units:
        if unit.unit.path in done:
            continue
        answered = _ids(others.get(unit.unit.path.parent, ()), unit.unit.path)
        left = unit if not answered else _without(unit, answered)
        if left is not None and left.unit.path not in done:
            found.append(left)
    return found


def _ids(paths: Iterable[Path], like: Path) -> set[str]:
    """Return the ids of the requests in shards of the same place in the sweep."""
    place = like.stem.partition("-")[0]
    ids: set[str] = set()
    for path in paths:
        if path.stem.partition("-")[0] == place:
            ids.update(texts_of(read(path), "request_id"))
    return ids


def _without(unit: BenchmarkUnit, answered: set[str]) -> BenchmarkUnit | None:
    import pyarrow.compute as pc  # slow to import, and a plan without benchmarks needs none

    if (rows := unit.unit.rows) is None:
        return unit
    known = pc.is_in(rows.column("request_id"), value_set=pa.array(sorted(answered)))
    left = rows.filter(pc.invert(known))
    if not left.num_rows or left.num_rows == rows.num_rows:
        return unit if left.num_rows else None
    name = unit_id(int(unit.unit.path.stem.partition("-")[0]), texts_of(left, "request_id"))
    per_request = unit.unit.tokens / unit.unit.size
    changed = replace(
        unit.unit,
        path=unit.unit.path.with_name(f"{name}.arrow"),
        size=left.num_rows,
        tokens=per_request * left.num_rows,
        rows=left,
    )
    return replace(unit, unit=changed)


def _rows(items: Items, model: str, language: str, put: PutStep, part: pa.Table) -> pa.Table:
    """Return the requests of one unit (ITEM_REQUESTS, with columns of one value stored once)."""
    placed = placements(items.benchmark, put, language, _options(part))
    names = texts_of(part, "item")
    same = {
        "benchmark": items.benchmark.name,
        "model": model,
        "language": language,
        "condition": put.condition.name,
        "step": put.step.name,
        "prompt_language": prompt_language(put.condition, put.step, language),
    }
    size = len(placed)
    columns: dict[str, pa.Array[Any]] = {
        "request_id": pa.array(_request_ids(items, same, names, placed), pa.string()),
        "item": pa.array([names[place] for place in placed.item], pa.string()),
        "part": pa.array(placed.part, pa.int32()),
        "variant": pa.array(placed.variant, pa.int32()),
        "order": pa.array(placed.order, pa.string()).dictionary_encode(),
        "sample": pa.array(placed.sample, pa.int32()),
    }
    for name in _SAME:
        indices = pa.array(repeat(0, size), pa.int8(), size=size)
        columns[name] = pa.DictionaryArray.from_arrays(indices, pa.array([same[name]]))
    return pa.table({name: columns[name] for name in ITEM_REQUESTS.names})


def _request_ids(
    items: Items, same: Mapping[str, str], names: Sequence[str], placed: Placements
) -> list[str]:
    head = ("benchmark", same["benchmark"], items.digest, same["model"], same["language"])
    return [
        request_id(
            *head, names[item], same["condition"], same["step"], str(part), str(variant), order,
            str(sample),
        )
        for item, part, variant, order, sample in zip(
            placed.item, placed.part, placed.variant, placed.order, placed.sample, strict=True
        )
    ]  # fmt: skip


def _path(
    run: RunDirectory, items: Items, model: str, language: str, index: int, rows: pa.Table
) -> Path:
    name = unit_id(index, texts_of(rows, "request_id"))
    return run.answers(items.folder, model, language, name)


def _options(table: pa.Table) -> list[int]:
    import pyarrow.compute as pc

    numbers: list[int] = pc.list_value_length(table.column("options")).to_pylist()
    return numbers
