"""Units of a stage: through which engine they go, which are left, and their requests by engine."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from culture_ray.engines.adapters import SharedEngines
from culture_ray.sweep.plan.units import Unit


def through(shared: SharedEngines, unit: Unit) -> Unit:
    """Return a unit with the engine and the adapter of the model that answers it."""
    engine, adapter = shared.engines[unit.engine], shared.adapters.get(unit.engine, "")
    return replace(unit, engine=engine, adapter=adapter)


def not_done(units: Sequence[Unit], done: Collection[Path]) -> list[Unit]:
    """Return the units whose shards are not among those that are done."""
    return [unit for unit in units if unit.path not in done]


def totals_of(units: Iterable[tuple[Unit, bool]]) -> dict[str, tuple[int, int]]:
    """Return (requests, requests that are done) by engine, from units and if each is done."""
    totals: dict[str, tuple[int, int]] = {}
    for unit, is_done in units:
        total, done = totals.get(unit.engine, (0, 0))
        totals[unit.engine] = (total + unit.size, done + unit.size * is_done)
    return totals
