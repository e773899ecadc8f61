"""Parts of a run that are jobs of their own: models on GPUs, and the others; pure.

A part on GPUs holds them, so it must not wait for an API. The parts run one after the other: every
model answers before any judge that reads its responses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from culture_ray.settings.hardware import Hardware
from culture_ray.settings.stages import Stage
from culture_ray.submission.sizing import JobLoad


@dataclass(frozen=True)
class JobPart:
    """Loads that one chain of jobs is submitted for."""

    hardware: Hardware
    """Models that its sweeps ask; `all` for a run that is one part."""
    loads: tuple[JobLoad, ...]
    stages: tuple[str, ...] = ()
    """Stages that its sweeps run; empty for the last part, which runs all that the run has."""


@dataclass(frozen=True, order=True)
class _Task:
    """Work of one sort: what the models with or without GPUs do before, or as, judges."""

    judges: bool
    on_gpus: bool


def job_parts(loads: Sequence[JobLoad], *, separate: bool = True) -> list[JobPart]:
    """Return the parts of a run in their order: as few as the order of its stages allows.

    Of equal numbers the one that ends without GPUs, where measures and the report are made.
    Without `separate`, or where all models need the same, it is one part.
    """
    tasks = {_task_of(load) for load in loads}
    if not separate or len({task.on_gpus for task in tasks}) < 2:
        return [JobPart("all", tuple(loads))]
    orders = [_order(tasks, on_gpus=first) for first in (True, False)]
    chosen = min(orders, key=lambda order: (len(order), next(iter(order[-1])).on_gpus))
    return [_part(group, loads, last=group is chosen[-1]) for group in chosen]


def of_hardware(loads: Sequence[JobLoad], hardware: Hardware) -> list[JobLoad]:
    """Return the loads of the models that a sweep with this setting asks."""
    return [
        load
        for load in loads
        if hardware == "all" or (load.gpus_per_replica > 0) == (hardware == "gpus")
    ]


def _task_of(load: JobLoad) -> _Task:
    return _Task(load.stage == Stage.JUDGE, load.gpus_per_replica > 0)


def _order(tasks: set[_Task], *, on_gpus: bool) -> list[set[_Task]]:
    """Return the tasks in groups that alternate between hardware, from the one given."""
    answering = {task for task in tasks if not task.judges}
    groups: list[set[_Task]] = []
    done: set[_Task] = set()
    while done != tasks:
        here = {task for task in tasks - done if task.on_gpus == on_gpus}
        now = here & answering
        if answering <= done | now:  # all that is to be judged will have been answered
            now = here
        if now:
            groups.append(now)
        done |= now
        on_gpus = not on_gpus
    return groups


def _part(tasks: set[_Task], loads: Sequence[JobLoad], *, last: bool) -> JobPart:
    own = tuple(load for load in loads if _task_of(load) in tasks)
    names = {load.stage for load in own}
    stages = () if last else tuple(str(stage) for stage in Stage if stage in names)
    hardware: Hardware = "gpus" if next(iter(tasks)).on_gpus else "no_gpus"
    return JobPart(hardware, own, stages)
