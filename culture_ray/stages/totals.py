"""Totals of the stages that ask models, as the progress display shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from culture_ray.plan.stage_units import label_path
from culture_ray.settings.stages import Stage
from culture_ray.store.run_directory import RunDirectory, rating_path
from culture_ray.sweep.plan.units import Unit
from culture_ray.sweep.progress.progress import Progress


def announce(
    run: RunDirectory,
    stages: Sequence[Stage],
    engines: Mapping[str, str],
    elicited: Sequence[Unit],
    rated: Sequence[Unit],
    done: frozenset[Path],
    progress: Progress,
) -> None:
    """Announce all requests to the progress display, including those without a response yet."""
    if Stage.ELICIT in stages:
        progress.announce("elicit", totals((unit, unit.path in done) for unit in elicited))
    if Stage.JUDGE in stages:
        for name, engine in engines.items():
            units = [
                (replace(unit, engine=engine), label_path(run, name, unit) in done)
                for unit in elicited
                if unit.judged
            ]
            units += [
                (replace(unit, engine=engine), rating_path(run, name, unit.path) in done)
                for unit in rated
            ]
            progress.announce(f"judge {name}", totals(units))


def totals(units: Iterable[tuple[Unit, bool]]) -> dict[str, tuple[int, int]]:
    """Return (requests, requests that are done) by engine."""
    found: dict[str, tuple[int, int]] = {}
    for unit, is_done in units:
        total, done = found.get(unit.engine, (0, 0))
        found[unit.engine] = (total + unit.size, done + unit.size * is_done)
    return found
