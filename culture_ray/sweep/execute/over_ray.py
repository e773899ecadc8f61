"""A function over many parts of a work on Ray, its results in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from culture_ray.sweep.execute.ray_session import connected
from culture_ray.sweep.plan.cluster import Cluster

Shared = TypeVar("Shared")
Part = TypeVar("Part")
Result = TypeVar("Result")

_AHEAD = 3
"""Parts under way per core: enough to keep it busy, few enough to keep memory bounded."""


def mapped(
    act: Callable[[Shared, Part], Result], shared: Shared, parts: Iterable[Part], cluster: Cluster
) -> Iterator[Result]:
    """Yield act(shared, part) of every part, in their order, each on one core.

    `act` has to be a function of a module. Parts are read, and results held, only a few per core
    ahead of the reader. An error of `act` is raised as it is. A Ray that was not connected
    before is left at the end.
    """
    with connected(cluster) as ray:
        task = ray.remote(num_cpus=1)(act)
        kept = ray.put(shared)
        most = _AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))
        under_way: deque[Any] = deque()
        for part in parts:
            under_way.append(task.remote(kept, part))
            if len(under_way) >= most:
                yield ray.get(under_way.popleft())
        while under_way:
            yield ray.get(under_way.popleft())
