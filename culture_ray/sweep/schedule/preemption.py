"""Preemption: reserving one node for a model that needs several of its GPUs at once.

GPUs become free one by one, and small models would take each of them at once: a model that needs
four GPUs of a node would wait until nothing else has work, and then end the sweep alone. Where such
a model is behind, a node is reserved for it: replicas of models that are ahead get no more work
there, and are stopped once they are idle.
"""

from __future__ import annotations

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.records import ModelWork
from culture_ray.sweep.schedule.state import State

BEHIND = 1.03
"""A model is behind when its time left is over this many times that of the whole sweep."""

WORTHWHILE = 2.0
"""Least time left of a model, as a multiple of the time that preempting a node takes."""


def preempt_for(state: State, work: ModelWork, sweep_left: float) -> None:
    """Begin to preempt one node for a model that is behind and fits nowhere, if worthwhile.

    `sweep_left` is the time in seconds that everything would take if no GPU ever idled.
    """
    need, name = work.spec.need, work.spec.name
    if need.gpus < 2 or need.gpus > state.nodes.largest.gpus:
        return
    behind = max(BEHIND * sweep_left, WORTHWHILE * (work.load_s + (work.chunk_s or 0.0)))
    if work.time_left < behind:
        return
    coming = sum(
        int(state.nodes.total(node).gpus // need.gpus)
        for node, model in state.preempted.items()
        if model == name
    )
    left = work.work_s / max(1, work.working + coming)
    if left < behind:
        return
    for node in state.reclaimable.candidates(need):
        if node in work.avoid or node in state.preempted:
            continue
        victims = _victims(state, node, need, left)
        if victims:
            state.preempt(node, name, victims)
            return


def _victims(state: State, node: str, need: Resources, left: float) -> list[str]:
    """Return the replicas of models with less time left that have to go from a node."""
    free, victims = state.reclaimable.free(node), []
    ahead = []
    for name in state.on_node[node]:
        replica = state.replicas[name]
        work = state.models[replica.model]
        if (
            replica.ready_at is not None
            and replica.assigned
            and len(replica.places) == 1
            and work.time_left < left
        ):
            ahead.append((work.time_left, name))
    for _, name in sorted(ahead):
        if free.holds(need):
            break
        free = free.plus(state.replicas[name].places[0].takes)
        victims.append(name)
    return victims if free.holds(need) else []
