"""Units: slices of requests, each committed as one shard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    """In the order of the rows, one per row, or as many as the task asks about it; None for a row
    that needs no engine."""


class Task(Protocol):
    """What a stage does with a unit; it travels to the replica, so it must pickle."""

    @property
    def stage(self) -> str:
        """Return the stage's name, as shown to people."""
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
