"""Loading of the next stage's models on GPUs that have nothing left to do in this one.

At the end of a stage most GPUs wait for the last responses. Models that the next stage asks, such
as a judge, are loaded there meanwhile. Work of this stage comes first: it takes their places back
where it needs them.
"""

from __future__ import annotations

from culture_ray.sweep.schedule.actions import Action, Start
from culture_ray.sweep.schedule.records import ModelWork
from culture_ray.sweep.schedule.scaling import make_place
from culture_ray.sweep.schedule.state import State


def start_upcoming(state: State, now: float) -> list[Action]:
    """Start replicas of the next stage's models on GPUs that are free or idle."""
    actions: list[Action] = []
    if not state.upcoming or any(not state.models[name].replicas for name in state.models_waiting):
        return actions
    for name in sorted(state.upcoming, key=lambda name: (-state.upcoming[name], name)):
        work = state.models[name]
        while _is_worth_loading(state, work):
            places, stops = make_place(state, work, kept=_kept(state))
            actions += stops
            if places is None:
                break
            actions.append(Start(state.start_replica(name, places, now), name, places))
    return actions


def _is_worth_loading(state: State, work: ModelWork) -> bool:
    """Return True if one more replica ends the model's work of the next stage sooner."""
    count = len(work.replicas)
    if not work.spec.need.gpus or work.abandoned is not None or count >= work.spec.max_replicas:
        return False
    return not count or state.upcoming[work.spec.name] / count > work.load_s


def _kept(state: State) -> set[str]:
    """Return the idle replicas that stay.

    They are those of the next stage's models, and one of each model that still has requests in
    flight, for a second try of a late one.
    """
    kept: set[str] = set()
    for model in state.models_idle:
        work = state.models[model]
        if model in state.upcoming:
            kept.update(work.idle)
        elif work.holders or work.has_waiting:
            kept.update(list(work.idle)[:1])
    return kept
