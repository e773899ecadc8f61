"""Start of replicas: which model gets the next one, where it goes, and which idle ones give way.

The model that would end last comes first, as long as another replica ends its work sooner with the
time for loading included. Idle replicas of other models are stopped where the new one then fits.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.actions import Action, Start, Stop
from culture_ray.sweep.schedule.nodes import Place
from culture_ray.sweep.schedule.preemption import preempt_for
from culture_ray.sweep.schedule.records import ModelWork
from culture_ray.sweep.schedule.state import State


def start_replicas(state: State, now: float) -> list[Action]:
    """Start replicas where they fit, in order of urgency, and stop idle ones in their way."""
    actions: list[Action] = []
    for node, model in list(state.preempted.items()):
        if model not in state.models_waiting or not _is_worth_loading(state.models[model]):
            state.end_preemption(node)
    waiting = [state.models[name] for name in state.models_waiting]
    wait_s = min((work.time_left for work in waiting), default=0.0)
    order = [_urgency(work, wait_s) for work in waiting if _is_worth_loading(work)]
    heapq.heapify(order)
    sweep_left = state.time_left()
    unplaceable: set[Resources] = set()
    while order:
        *_, name = heapq.heappop(order)
        work = state.models[name]
        places = None
        if not _is_unplaceable(state, work, unplaceable):
            places, stops = make_place(state, work)
            actions += stops
        if places is None:
            if not work.avoid:
                unplaceable.add(work.spec.need)
            if len(state.replicas) < state.max_replicas:
                preempt_for(state, work, sweep_left)
            continue
        actions.append(Start(state.start_replica(name, places, now), name, places))
        state.end_preemption(places[0].node)
        if _is_worth_loading(work):
            heapq.heappush(order, _urgency(work, wait_s))
    return actions


def stop_replica(state: State, replica: str) -> Stop:
    """Remove a replica from the state; return the action that unloads it."""
    state.stop_replica(replica)
    return Stop(replica)


def _urgency(work: ModelWork, wait_s: float) -> tuple[float, bool, str]:
    """Return the sort key by which models get replicas: longest time left first.

    A model without a replica that gets none now waits for a place, about `wait_s` until a model
    has ended, before it can begin: another model's second replica does not come before it lightly.
    """
    begins_s = 0.0 if work.replicas else wait_s
    return -(begins_s + work.time_left), bool(work.replicas), work.spec.name


def _is_worth_loading(work: ModelWork) -> bool:
    """Return True if one more replica would end the model's work sooner, loading included.

    A model without a replica always needs one; none needs more replicas than it has chunks. Where a
    limit outside the cluster sets the speed, waiting for it is no work that a replica shortens.
    """
    count = len(work.replicas)
    if not count:
        return True
    if count >= work.spec.max_replicas or count >= len(work.waiting) + len(work.suspects):
        return False
    if work.spec.limited_outside:
        return work.requests > count * work.spec.in_flight
    return work.work_s / count > work.load_s


def _is_unplaceable(state: State, work: ModelWork, unplaceable: set[Resources]) -> bool:
    """Return True if a model with the same need has just found no place."""
    return work.spec.need in unplaceable and work.spec.name not in state.preempted.values()


def make_place(
    state: State, work: ModelWork, kept: Collection[str] = ()
) -> tuple[tuple[Place, ...] | None, list[Stop]]:
    """Return the places of one more replica, and the idle replicas that were stopped for it.

    Replicas in `kept` are not stopped.
    """
    full = len(state.replicas) >= state.max_replicas
    barred = state.barred_nodes(work.spec.name)
    places = None if full else state.nodes.find(work.spec.need, barred)
    if places is not None or not state.models_idle:
        return places, []
    in_the_way = _idle_in_the_way(state, work, kept, full=full)
    stops = [stop_replica(state, replica) for replica in in_the_way]
    return (state.nodes.find(work.spec.need, barred) if in_the_way else None), stops


def _idle_in_the_way(
    state: State, work: ModelWork, kept: Collection[str], *, full: bool
) -> list[str]:
    """Return few idle replicas in whose place one more of `work` fits; none where none would do.

    `full` says that the limit on replicas is reached; replicas in `kept` are in nobody's way.
    """
    need, nodes = work.spec.need, state.nodes
    stopped: list[str] = []
    for place in state.reclaimable.find(need, state.barred_nodes(work.spec.name)) or ():
        free = nodes.free(place.node)
        for name in state.on_node[place.node]:
            replica = state.replicas[name]
            if name not in state.models[replica.model].idle or name in kept:
                continue
            freed = next(p.takes for p in replica.places if p.node == place.node)
            if name in stopped:  # for its place on another node, and so on this one too
                free = free.plus(freed)
            elif free.lacks(place.takes, freed):
                free = free.plus(freed)
                stopped.append(name)
        if kept and not free.holds(place.takes):  # what stays is in the way
            return []
    if full and not stopped:
        idle = (name for model in state.models_idle for name in state.models[model].idle)
        stopped = [name for name in idle if name not in kept][:1]
    return stopped if len(state.replicas) - len(stopped) < state.max_replicas else []
