"""Units: slices of requests, each committed as one shard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from culture_ray.engines.interface import Request, Response


@dataclass(frozen=True)
class Unit:
    """A slice of requests for one engine."""

    path: Path
    """The shard it becomes; this is its identity."""
    engine: str
    """Name of the model that answers it."""
    model: str
    """The model it is about: itself, or whose responses are judged."""
    language: str
    size: int
    """Number of requests."""
    tokens: float
    """Output tokens expected, for scheduling; only ratios matter."""
    rows: pa.Table | None = None
    """The requests themselves (REQUESTS schema), where they are not read from a shard."""
    source: Path | None = None
    """The shard whose rows it is about (a judge's unit)."""
    judged: bool = True
    """Whether a judge has to read its responses."""


@dataclass(frozen=True)
class Loaded:
    """A unit with its rows read and its requests rendered."""

    rows: pa.Table
    requests: Sequence[Request | None]
    """In the order of the rows, one per row, or `counts` of it; None for a row that needs no
    engine."""
    counts: Sequence[int] | None = None
    """How many of the requests each row has; None means one each."""

    def by_row(self) -> list[Sequence[Request | None]]:
        """Return the requests of each row."""
        counts = [1] * self.rows.num_rows if self.counts is None else self.counts
        ends = list(accumulate(counts, initial=0))
        if len(counts) != self.rows.num_rows or ends[-1] != len(self.requests):
            raise ValueError(f"{len(self.requests)} requests do not belong to {len(counts)} rows")
        return [self.requests[start:end] for start, end in pairwise(ends)]

    def some(self, rows: Sequence[int]) -> Loaded:
        """Return the same for some of the rows, by their places."""
        if list(rows) == list(range(self.rows.num_rows)):
            return self
        every = self.by_row()
        asked = [every[row] for row in rows]
        taken = self.rows.take(pa.array(rows, pa.int64()))
        return Loaded(taken, [r for mine in asked for r in mine], [len(mine) for mine in asked])


class Task(Protocol):
    """What a stage does with a unit; it travels to the replica, so it must pickle."""

    @property
    def stage(self) -> str:
        """Return the stage's name, as shown to people."""
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


def slices(total: int, size: int) -> list[tuple[int, int]]:
    """Return (start, length) of the slices of `total` rows, `size` at most, as even as possible."""
    if total == 0:
        return []
    count = -(-total // size)
    base, longer = divmod(total, count)
    starts, result = 0, []
    for index in range(count):
        length = base + (index < longer)
        result.append((starts, length))
        starts += length
    return result
