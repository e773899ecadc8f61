"""Check that the groups which scores name have items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.items.stored import groups_in
from culture_ray.errors import BadTable


def check_named_groups(benchmark: Benchmark, tables: Mapping[str, pa.Table]) -> None:
    """Raise BadTable for a group without items that a contrast, a figure or capability names.

    `tables` are the items by language (ITEMS schema).
    """
    names = list(benchmark.items.groups)
    for place, grouping in enumerate(names):
        wanted = [(key, group) for key, own, group in _named(benchmark) if own == grouping]
        if not wanted:
            continue
        there = {group for t in tables.values() for group in groups_in(t, place, len(names))}
        for key, group in wanted:
            if group not in there:
                listed = ", ".join(sorted(there - {""})[:8]) or "none"
                raise BadTable(
                    f"benchmark.{benchmark.name}.{key}: no item of group '{group}' of {grouping}; "
                    f"the groups are {listed}"
                )


def _named(benchmark: Benchmark) -> Iterator[tuple[str, str, str]]:
    """Yield the key, the grouping and the name of every group that scores name."""
    for contrast in benchmark.scores.contrasts:
        for group in (contrast.first, contrast.second):
            yield f"scores.contrasts.{contrast.name}", contrast.over, group
    for spec in benchmark.scores.figures.values():
        for grouping, group in spec.where.items():
            yield f"scores.{spec.name}.where", grouping, group
    if benchmark.capability is not None:
        also = benchmark.capability.also.items()
        for name, own in (("where", benchmark.capability.where), *also):
            for grouping, group in own.items():
                yield f"capability.{name if name == 'where' else f'also.{name}'}", grouping, group
