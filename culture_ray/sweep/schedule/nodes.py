"""The machines of a cluster and what is free on each.

Machines with the same resources free are grouped, so that finding a place visits one of each kind
and not every machine: the time it takes does not grow with the cluster.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import islice

from culture_ray.sweep.plan.resources import Resources

_LOOKED_AT = 8
"""Machines of a kind that are looked at when none has room."""


@dataclass(frozen=True, slots=True)
class Place:
    """A replica's share of one machine."""

    node: str
    takes: Resources


class Nodes:
    """What every machine has and what of it is free."""

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
        """Return the most of each resource that any one machine has."""
        return self._largest

    @property
    def gpus(self) -> float:
        """Return the GPUs of all machines."""
        return self._gpus

    def free(self, node: str) -> Resources:
        """Return what is free on a machine."""
        return self._free[node]

    def total(self, node: str) -> Resources:
        """Return what a machine has."""
        return self._total[node]

    def candidates(self, need: Resources) -> Iterator[str]:
        """Yield machines that could hold `need` if they were free, those with most free first."""
        for free in sorted(self._by_free, key=lambda free: -free.gpus)[:_LOOKED_AT]:
            for node in islice(self._by_free[free], _LOOKED_AT):
                if self._total[node].holds(need):
                    yield node

    def join(self, node: str, total: Resources) -> None:
        """Add a machine."""
        self._total[node] = total
        self._set(node, total)
        self._gpus += total.gpus
        self._largest = _most(self._largest, total)

    def leave(self, node: str) -> None:
        """Forget a machine."""
        self._ungroup(node)
        del self._total[node], self._free[node]
        self._gpus = sum(total.gpus for total in self._total.values())
        self._largest = reduce(_most, self._total.values(), Resources())

    def take(self, places: Collection[Place]) -> None:
        """Count places as taken, as far as their machines are still there."""
        for place in places:
            if place.node in self._free:
                self._set(place.node, self._free[place.node].minus(place.takes))

    def give_back(self, places: Collection[Place]) -> None:
        """Count places as free again, as far as their machines are still there."""
        for place in places:
            if place.node in self._free:
                self._set(place.node, self._free[place.node].plus(place.takes))

    def find(
        self, need: Resources, avoid: Container[str] = frozenset()
    ) -> tuple[Place, ...] | None:
        """Return where `need` fits, None where it does not.

        On one machine, the one it leaves least of; only what no machine could hold is spread, over
        as few machines as are free.
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
        alike = self._by_free[free]
        del alike[node]
        if not alike:
            del self._by_free[free]


def _most(one: Resources, other: Resources) -> Resources:
    return Resources(
        max(one.gpus, other.gpus),
        max(one.cpus, other.cpus),
        max(one.memory_gib, other.memory_gib),
    )
