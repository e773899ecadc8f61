"""Units of the benchmark stage that are left once some requests have answers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from culture_ray.benchmarks.items.stored import texts_of
from culture_ray.plan.benchmarks.units import BenchmarkUnit
from culture_ray.store.shards import read, unit_id


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
