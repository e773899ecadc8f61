"""Making room on one machine for a model that needs several of its GPUs at once.

GPUs become free one by one, and small models would take each of them at once: a model that needs
four of a machine would wait until nothing else has work, and then end the sweep alone. So where it
is behind, and only as far as it is behind, a machine is cleared for it: the replicas of models that
are ahead get no more work there, and go when they have none left.
"""

from __future__ import annotations

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.records import ModelWork
from culture_ray.sweep.schedule.state import State

BEHIND = 1.03
"""How many times the time that the whole sweep has left makes a model one that is behind."""

PAYS = 2.0
"""A machine is not cleared for less work than takes this many times as long as clearing it."""


def clear_for(state: State, work: ModelWork, sweep_left: float) -> None:
    """Begin to clear one machine for a model that is behind and fits nowhere, if that pays.

    `sweep_left` are the seconds that everything would take if no GPU ever idled.
    """
    need, name = work.spec.need, work.spec.name
    if need.gpus < 2 or need.gpus > state.nodes.largest.gpus:
        return
    behind = max(BEHIND * sweep_left, PAYS * (work.load_s + (work.piece_s or 0.0)))
    if work.time_left < behind:
        return
    coming = sum(
        int(state.nodes.total(node).gpus // need.gpus)
        for node, model in state.clearing.items()
        if model == name
    )
    left = work.work_s / max(1, work.working + coming)
    if left < behind:
        return
    for node in state.clearable.nearly(need):
        if node in work.avoid or node in state.clearing:
            continue
        victims = _victims(state, node, need, left)
        if victims:
            state.clear(node, name, victims)
            return


def _victims(state: State, node: str, need: Resources, left: float) -> list[str]:
    """Return replicas of models with less time left that have to go from a machine."""
    free, victims = state.clearable.free(node), []
    ahead = []
    for replica in state.on_node[node]:
        one = state.replicas[replica]
        model = state.models[one.model]
        if (
            one.ready_at is not None
            and one.hand
            and len(one.places) == 1
            and model.time_left < left
        ):
            ahead.append((model.time_left, replica))
    for _, replica in sorted(ahead):
        if free.holds(need):
            break
        free = free.plus(state.replicas[replica].places[0].takes)
        victims.append(replica)
    return victims if free.holds(need) else []
