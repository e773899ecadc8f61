"""Prefetching: which model's weights a node reads ahead while its replicas work.

Loading a model reads its weights from a file system that is often shared and slow. While another
model still works on a node's GPUs, the disk is idle: the next model is then read into the node's
memory, from which it loads at once. A node reads one model ahead, and none while a replica on it is
loading, whose reading it would slow down.
"""

from __future__ import annotations

from collections.abc import Iterator

from culture_ray.sweep.schedule.actions import Prefetch
from culture_ray.sweep.schedule.records import ModelWork
from culture_ray.sweep.schedule.state import State


def prefetches(state: State) -> list[Prefetch]:
    """Return the weights to read ahead; those that were once are not read again."""
    if not state.prefetches:
        return []
    ahead = {node for model, node in state.prefetched.items() if not state.models[model].ever_ready}
    found = []
    for work in _next_models(state):
        if len(ahead) >= len(state.nodes):
            break
        node = _node_for(state, work, ahead)
        if node is not None:
            ahead.add(node)
            state.prefetched[work.spec.name] = node
            found.append(Prefetch(work.spec.name, node))
    return found


def _next_models(state: State) -> Iterator[ModelWork]:
    """Yield the models on GPUs that have no replica yet: those of this stage first."""
    waiting = [state.models[name] for name in state.models_waiting]
    waiting.sort(key=lambda work: (-work.time_left, work.spec.name))
    expected = [state.models[name] for name in state.upcoming]
    expected.sort(key=lambda work: (-state.upcoming[work.spec.name], work.spec.name))
    for work in (*waiting, *expected):
        known = work.spec.name in state.prefetched or work.ever_ready
        if work.spec.need.gpus and not work.replicas and not known and work.abandoned is None:
            yield work


def _node_for(state: State, work: ModelWork, ahead: set[str]) -> str | None:
    """Return a node for a model's next replica that reads nothing now; None if there is none."""
    for node in state.reclaimable.candidates(work.spec.need):
        if node in ahead or node in work.avoid:
            continue
        here = state.on_node[node]
        if here and all(state.replicas[name].ready_at is not None for name in here):
            return node
    return None
