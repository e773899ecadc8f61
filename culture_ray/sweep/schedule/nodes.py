"""Nodes of a cluster and the free resources of each.

Nodes with the same free resources are grouped, so that finding a place visits one of each group
and not every node: its time does not grow with the cluster.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import islice

from culture_ray.sweep.plan.resources import Resources

_CANDIDATES = 8
"""Most groups, and nodes of a group, that `candidates` yields."""


@dataclass(frozen=True, slots=True)
class Place:
    """Share of one node that a replica takes."""

    node: str
    takes: Resources


class Nodes:
    """Nodes of the cluster with their total and free resources."""

    def __init__(self) -> None:
        self._total: dict[str, Resources] = {}
        self._free: dict[str, Resources] = {}
        self._by_free: dict[Resources, dict[str, None]] = {}
        self._largest, self._gpus = Resources(), 0.0

    def __iter__(self) -> Iterator[str]:
        return iter(self._total)

    def __contains__(self, node: str) -> bool:
        return node in self._total

    def __len__(self) -> int:
        return len(self._total)

    @property
    def largest(self) -> Resources:
        """Return the maximum of each resource over all nodes."""
        return self._largest

    @property
    def gpus(self) -> float:
        """Return the number of GPUs of all nodes."""
        return self._gpus

    def free(self, node: str) -> Resources:
        """Return the free resources of a node."""
        return self._free[node]

    def total(self, node: str) -> Resources:
        """Return the total resources of a node."""
        return self._total[node]

    def candidates(self, need: Resources) -> Iterator[str]:
        """Yield nodes that could hold `need` if they were idle, those with most free GPUs first."""
        for free in sorted(self._by_free, key=lambda free: -free.gpus)[:_CANDIDATES]:
            for node in islice(self._by_free[free], _CANDIDATES):
                if self._total[node].holds(need):
                    yield node

    def join(self, node: str, total: Resources) -> None:
        """Add a node."""
        self._total[node] = total
        self._set(node, total)
        self._gpus += total.gpus
        self._largest = _maximum(self._largest, total)

    def leave(self, node: str) -> None:
        """Remove a node."""
        self._ungroup(node)
        del self._total[node], self._free[node]
        self._gpus = sum(total.gpus for total in self._total.values())
        self._largest = reduce(_maximum, self._total.values(), Resources())

    def take(self, places: Collection[Place]) -> None:
        """Count places as taken, as far as their nodes are still there."""
        for place in places:
            if place.node in self._free:
                self._set(place.node, self._free[place.node].minus(place.takes))

    def give_back(self, places: Collection[Place]) -> None:
        """Count places as free again, as far as their nodes are still there."""
        for place in places:
            if place.node in self._free:
                self._set(place.node, self._free[place.node].plus(place.takes))

    def find(
        self, need: Resources, avoid: Container[str] = frozenset()
    ) -> tuple[Place, ...] | None:
        """Return the places in which `need` fits; None if it does not fit.

        That is the node with the least left afterwards. A need that no node could hold even when
        idle is spread, over the nodes with most free GPUs.
        """
        best: tuple[tuple[float, float, float], str] | None = None
        for free, nodes in self._by_free.items():
            if not free.holds(need):
                continue
            node = next((n for n in nodes if n not in avoid), None)
            left = (free.gpus, free.cpus, free.memory_gib)
            if node is not None and (best is None or left < best[0]):
                best = (left, node)
        if best is not None:
            return (Place(best[1], need),)
        if need.gpus > self._largest.gpus:
            return self._spread(need, avoid)
        return None

    def _spread(self, need: Resources, avoid: Container[str]) -> tuple[Place, ...] | None:
        per_gpu, left = need.times(1 / need.gpus), need.gpus
        places: list[Place] = []
        for free in sorted(self._by_free, key=lambda free: -free.gpus):
            room = min(
                free.gpus,
                free.cpus / per_gpu.cpus if per_gpu.cpus else free.gpus,
                free.memory_gib / per_gpu.memory_gib if per_gpu.memory_gib else free.gpus,
            )
            for node in self._by_free[free]:
                count = min(left, float(int(room)))
                if count < 1:
                    break
                if node not in avoid:
                    places.append(Place(node, per_gpu.times(count)))
                    left -= count
                if not left:
                    return tuple(places)
        return None

    def _set(self, node: str, free: Resources) -> None:
        self._ungroup(node)
        self._free[node] = free
        self._by_free.setdefault(free, {})[node] = None

    def _ungroup(self, node: str) -> None:
        free = self._free.get(node)
        if free is None:
            return
        group = self._by_free[free]
        del group[node]
        if not group:
            del self._by_free[free]


def _maximum(a: Resources, b: Resources) -> Resources:
    return Resources(
        max(a.gpus, b.gpus),
        max(a.cpus, b.cpus),
        max(a.memory_gib, b.memory_gib),
    )
