"""Units: slices of requests that are committed as one shard each, and the tasks of stages."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from culture_ray.engines.interface import Request, Response
from culture_ray.sweep.plan.cluster import Cluster


@dataclass(frozen=True)
class Unit:
    """Slice of requests for one engine."""

    path: Path
    """Path of its shard; this is its identity."""
    engine: str
    """Name of the model that answers it."""
    model: str
    """The model whose responses these are, or are judged; as `engine` unless it is a judge's."""
    language: str
    size: int
    """Number of requests."""
    tokens: float
    """Output tokens expected, for scheduling; only ratios matter."""
    rows: pa.Table | None = None
    """The requests (REQUESTS schema), unless they are read from a shard."""
    source: Path | None = None
    """Shard with the responses to judge (for a judge's unit)."""
    judged: bool = True
    """True if its responses are to be judged."""
    adapter: str = ""
    """LoRA adapter of the engine that answers it; empty for the model itself."""
    needs: tuple[Path, ...] = ()
    """Shards that its requests are rendered from: it waits until they are committed."""


def following_lost(units: Sequence[Unit], done: Set[Path], there: Set[Path]) -> list[Path]:
    """Return the shards in `done` that were rendered from others which are not `there`."""
    return [
        unit.path
        for unit in units
        if unit.path in done and any(path not in there for path in unit.needs)
    ]


@dataclass(frozen=True)
class Loaded:
    """Unit with its rows read and its requests rendered."""

    rows: pa.Table
    requests: Sequence[Request | None]
    """In the order of the rows: one per row, or as many as in `counts`; None where no engine is
    needed."""
    counts: Sequence[int] | None = None
    """Number of requests of each row; None means one each."""

    def by_row(self) -> list[Sequence[Request | None]]:
        """Return the requests of each row."""
        counts = [1] * self.rows.num_rows if self.counts is None else self.counts
        ends = list(accumulate(counts, initial=0))
        if len(counts) != self.rows.num_rows or ends[-1] != len(self.requests):
            raise ValueError(f"{len(self.requests)} requests do not belong to {len(counts)} rows")
        return [self.requests[start:end] for start, end in pairwise(ends)]

    def through(self, adapter: str) -> Loaded:
        """Return the same unit with requests that an adapter answers."""
        if not adapter:
            return self
        return replace(
            self,
            requests=[
                None if request is None else replace(request, adapter=adapter)
                for request in self.requests
            ],
        )

    def subset(self, rows: Sequence[int]) -> Loaded:
        """Return the subset with some of the rows, given by their positions."""
        if list(rows) == list(range(self.rows.num_rows)):
            return self
        by_row = self.by_row()
        requests = [by_row[row] for row in rows]
        taken = self.rows.take(pa.array(rows, pa.int64()))
        return Loaded(taken, [r for of in requests for r in of], [len(of) for of in requests])


class Task(Protocol):
    """Work of a stage on its units; it is sent to replicas, so it must pickle."""

    @property
    def stage(self) -> str:
        """Return the stage's name, as shown to the user."""
        ...

    @property
    def schema(self) -> pa.Schema:
        """Return the schema of its shards."""
        ...

    def load(self, unit: Unit) -> Loaded:
        """Return the unit's rows and requests."""
        ...

    def table(
        self, loaded: Loaded, responses: Sequence[Response | None], replica: str, attempts: int
    ) -> pa.Table:
        """Return the shard: one row per row of `loaded`, in order."""
        ...


@dataclass(frozen=True)
class StageWork:
    """Units of one stage, and the task that runs them."""

    task: Task
    units: Sequence[Unit]


LARGEST_UNIT = 1024
"""Requests of the largest unit that grows with its run: a replica answers them in minutes."""


def unit_size(cluster: Cluster, requests: int) -> int:
    """Return the number of requests of a unit in a run of so many requests of the stage elicit."""
    if cluster.most_units is None:
        return cluster.unit_size
    return max(cluster.unit_size, min(LARGEST_UNIT, -(-requests // cluster.most_units)))


def slices(total: int, size: int) -> list[tuple[int, int]]:
    """Return (start, length) of even slices of `total` rows, of at most `size` rows each."""
    if total == 0:
        return []
    count = -(-total // size)
    base, longer = divmod(total, count)
    start, result = 0, []
    for index in range(count):
        length = base + (index < longer)
        result.append((start, length))
        start += length
    return result
