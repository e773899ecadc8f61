"""Copies of chunks at the end of a model's work, when none waits; the first commit wins.

A late chunk gets a copy on an idle replica, as its own may be slow. So do the last chunks of a long
queue: a replica that became ready late would have little to do, while the others work for minutes
on what they were given before. A copy from the end of a queue costs nothing: the chunk is
committed, and cancelled there, before its turn has come.
"""

from __future__ import annotations

from culture_ray.sweep.schedule.actions import Action, Dispatch
from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.records import ModelWork, ReplicaState
from culture_ray.sweep.schedule.state import State

LATE = 2.0
"""A chunk is late when it takes this many times as long as usual."""

LATE_LEAST_S = 5.0
"""No chunk is late before this, and no queue is long that ends within it."""

LONG = 2.0
"""A queue is long when it has more than this many times the requests of the replica to help."""


def copies(state: State, now: float) -> list[Action]:
    """Return the copies for models of which no chunk waits any more."""
    actions: list[Action] = []
    for work in state.models.values():
        if not work.holders or work.has_waiting or work.abandoned or not work.spec.copies:
            continue
        actions += _of_late_chunks(state, work, now)
        actions += _of_long_queues(state, work, now)
    return actions


def idle_replica(work: ModelWork) -> str | None:
    """Return an idle replica of a model that gets more work; None if there is none."""
    return next((name for name in work.idle if name not in work.retiring), None)


def _of_late_chunks(state: State, work: ModelWork, now: float) -> list[Action]:
    """Return copies of late chunks, one for each idle replica."""
    actions: list[Action] = []
    if work.chunk_s is None:
        return actions
    allowed_s = max(LATE * work.chunk_s, LATE_LEAST_S)
    while work.copyable and (replica := idle_replica(work)):
        chunk = next(iter(work.copyable))
        if now - next(iter(work.holders[chunk].values())) <= allowed_s:
            break
        actions.append(_copy(state, replica, chunk, now))
    return actions


def _of_long_queues(state: State, work: ModelWork, now: float) -> list[Action]:
    """Return copies from the ends of long queues for the replicas with the fewest requests."""
    actions: list[Action] = []
    while work.copyable and work.accepting:
        accepting = (state.replicas[name] for name in work.accepting)
        helper = min(accepting, key=lambda replica: (replica.outstanding, replica.name))
        chunk = _last_of_the_longest(state, work, helper)
        if chunk is None:
            break
        actions.append(_copy(state, helper.name, chunk, now))
    return actions


def _last_of_the_longest(state: State, work: ModelWork, helper: ReplicaState) -> Chunk | None:
    """Return the last chunk of the longest queue, by its replica's rate, if it is long."""
    others = (state.replicas[name] for name in work.replicas if name != helper.name)
    busy = [one for one in others if one.requests_per_s and one.outstanding]
    longest = max(busy, key=lambda one: one.outstanding / one.requests_per_s, default=None)
    if longest is None or longest.outstanding <= LATE_LEAST_S * longest.requests_per_s:
        return None
    chunk = next((one for one in reversed(longest.assigned) if one in work.copyable), None)
    if chunk is None or longest.outstanding <= LONG * (helper.outstanding + chunk.size):
        return None
    return chunk


def _copy(state: State, replica: str, chunk: Chunk, now: float) -> Action:
    state.dispatch(replica, chunk, now, copy=True)
    return Dispatch(replica, chunk, copy=True)
