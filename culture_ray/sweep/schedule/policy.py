"""Scheduling policy: a deterministic function of the sweep's state to actions.

- Work goes to the replica with the fewest outstanding requests, up to what keeps its engine busy.
- Replicas are started where they end the sweep sooner (`scaling`), idle ones stopped for them.
- Where a stage ends and GPUs are idle, models of the next stage are loaded (`upcoming`).
- The weights of models that wait for a place are read ahead (`prefetching`).
- At the end of a model's work chunks that are late or far back in a queue go to a second replica
  too (`copies`); the first commit wins.
- Requests that kill engines are isolated (`chunks`) and recorded as failed.

`decide` applies its own actions to the state as if they were carried out. It looks only at what has
changed since its last call: its time per event does not grow with the cluster. Three loops go
further: over the models with waiting chunks when a place became free, over the replicas of one
node when its idle ones have to go, and every half second over those of models without such chunks.
"""

from __future__ import annotations

import heapq

from culture_ray.sweep.schedule.actions import (
    AbandonModel,
    Action,
    Cancel,
    Dispatch,
    MarkPoisoned,
)
from culture_ray.sweep.schedule.copies import copies, idle_replica
from culture_ray.sweep.schedule.prefetching import prefetches
from culture_ray.sweep.schedule.records import ModelWork
from culture_ray.sweep.schedule.scaling import start_replicas, stop_replica
from culture_ray.sweep.schedule.state import State
from culture_ray.sweep.schedule.upcoming import start_upcoming

_COPIES_EVERY_S = 0.5


def decide(state: State, now: float) -> list[Action]:
    """Return the actions that follow from `state`, in order. Deterministic.

    `now` is in seconds, on the clock of the state's events.
    """
    actions: list[Action] = [MarkPoisoned(model, chunk) for model, chunk in state.new_poisoned]
    state.new_poisoned.clear()
    for model, reason in state.new_abandoned:
        actions.append(AbandonModel(model, reason))
        actions += [stop_replica(state, name) for name in list(state.models[model].replicas)]
    state.new_abandoned.clear()
    actions += [Cancel(name, chunk) for name, chunk in state.superseded if name in state.replicas]
    state.superseded.clear()
    if state.stopping:
        return actions
    for model in list(state.to_dispatch):
        actions += _dispatch_waiting(state, state.models[model], now)
    state.to_dispatch.clear()
    if state.capacity_changed:
        actions += start_replicas(state, now)
        actions += start_upcoming(state, now)
        actions += prefetches(state)
        state.capacity_changed = False
    if now - state.late_checked_at >= _COPIES_EVERY_S:
        state.late_checked_at = now
        actions += copies(state, now)
    return actions


def _dispatch_waiting(state: State, work: ModelWork, now: float) -> list[Action]:
    actions: list[Action] = []
    if work.abandoned is not None:
        return actions
    if work.waiting and work.accepting:
        order = [(state.replicas[name].outstanding, name) for name in work.accepting]
        heapq.heapify(order)
        fair_share = work.requests / work.ready
        while work.waiting and order:
            outstanding, name = heapq.heappop(order)
            if outstanding >= fair_share and outstanding:
                break  # the others have more: what waits is for replicas that are loading
            chunk = state.next_chunk(work.spec.name)
            state.dispatch(name, chunk, now)
            actions.append(Dispatch(name, chunk))
            if name in work.accepting:
                heapq.heappush(order, (state.replicas[name].outstanding, name))
    while work.suspects and not work.waiting and (idle := idle_replica(work)):
        chunk = state.next_chunk(work.spec.name)
        state.dispatch(idle, chunk, now)
        actions.append(Dispatch(idle, chunk))
    return actions
