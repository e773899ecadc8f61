"""Units of the benchmark stage: consecutive items in one condition and step, each one a shard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

import pyarrow as pa

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
from culture_ray.plan.benchmarks.sizes import answer_tokens, option_counts
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import unit_id
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


def _rows(items: Items, model: str, language: str, put: PutStep, part: pa.Table) -> pa.Table:
    """Return the requests of one unit (ITEM_REQUESTS, with columns of one value stored once)."""
    placed = placements(items.benchmark, put, language, option_counts(part))
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
