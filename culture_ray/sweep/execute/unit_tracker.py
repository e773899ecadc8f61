"""The units of a stage: what is left of each, and how often each part of one was sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from culture_ray.sweep.plan.units import Unit
from culture_ray.sweep.schedule.chunks import Chunk


@dataclass
class _Page:
    unit: Unit
    left: int
    """Rows that do not stand in the store yet."""
    sent: dict[tuple[int, int], int] = field(default_factory=dict)
    """How often rows (start, size) were sent."""


class UnitTracker:
    """Units by the path of their shard; paths are absolute, since replicas work elsewhere."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._pages: dict[str, _Page] = {}
        for unit in units:
            source = unit.source and unit.source.resolve()
            whole = replace(unit, path=unit.path.resolve(), source=source)
            self._pages[str(whole.path)] = _Page(whole, whole.size)

    def __iter__(self) -> Iterator[Unit]:
        return (page.unit for page in self._pages.values())

    def __getitem__(self, piece: Chunk) -> Unit:
        return self._pages[piece.unit].unit

    def whole(self, unit: Unit) -> Chunk:
        """Return all of a unit."""
        return Chunk(str(unit.path), 0, unit.size, unit.tokens)

    def send(self, piece: Chunk) -> int:
        """Count a piece as sent; return how often its rows were, this time included."""
        sent = self._pages[piece.unit].sent
        key = (piece.start, piece.size)
        sent[key] = sent.get(key, 0) + 1
        return self.sent(piece)

    def sent(self, piece: Chunk) -> int:
        """Return how often the rows of a piece were sent, alone or among more."""
        end = piece.start + piece.size
        return sum(
            times
            for (start, size), times in self._pages[piece.unit].sent.items()
            if start <= piece.start and end <= start + size
        )

    def done(self, piece: Chunk) -> Chunk | None:
        """Count a piece as done; return its whole unit where that lacks a shard although it ends.

        A file system may show the parts of a unit late to whoever should have joined them.
        """
        page = self._pages[piece.unit]
        page.left -= piece.size
        if page.left > 0 or page.unit.path.exists():
            return None
        page.left = page.unit.size
        return self.whole(page.unit)
