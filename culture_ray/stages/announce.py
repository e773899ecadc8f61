"""Requests of the stages that ask models, announced to the progress display."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from culture_ray.plan.stage_units import label_path
from culture_ray.plan.unit_totals import totals_of
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
    here: Collection[str],
) -> None:
    """Announce requests to the progress display, including those without a response yet.

    `here` are the models of this session; `engines` are those of its judges.
    """
    if Stage.ELICIT in stages:
        own = (unit for unit in elicited if unit.engine in here)
        progress.announce("elicit", totals_of((unit, unit.path in done) for unit in own))
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
            progress.announce(f"judge {name}", totals_of(units))
