"""Units of a run: rows left, times each was sent, units that wait or that other drivers claim."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from culture_ray.store.claims import Claims
from culture_ray.sweep.plan.units import Unit
from culture_ray.sweep.schedule.chunks import Chunk

CHECK_CLAIMS_EVERY_S = 2.0


class UnitTracker:
    """Units by the path of their shard; paths are absolute, as replicas run in other folders."""

    def __init__(self, units: Sequence[Unit], claims: Claims) -> None:
        self._claims = claims
        self._claimed: dict[tuple[str, Chunk], None] = {}
        self._checked_at = 0.0
        self._progress: dict[str, _UnitProgress] = {}
        self._waits_for: dict[str, set[str]] = {}
        self._followers: dict[str, list[str]] = {}
        for unit in units:
            source = unit.source and unit.source.resolve()
            before = tuple(path.resolve() for path in unit.needs)
            resolved = replace(unit, path=unit.path.resolve(), source=source, needs=before)
            name = str(resolved.path)
            self._progress[name] = _UnitProgress(resolved, resolved.size)
            needs = {str(path) for path in before if not path.exists()}
            if needs:
                self._waits_for[name] = needs
            for needed in needs:
                self._followers.setdefault(needed, []).append(name)

    def __iter__(self) -> Iterator[Unit]:
        return (progress.unit for progress in self._progress.values())

    def __getitem__(self, chunk: Chunk) -> Unit:
        return self._progress[chunk.unit].unit

    def ready(self) -> Iterator[Unit]:
        """Yield the units that wait for no other, in order."""
        return (unit for unit in self if str(unit.path) not in self._waits_for)

    def followers(self, chunk: Chunk) -> list[Unit]:
        """Return the units that waited for the unit of a chunk and for no other any more.

        None before the whole unit is in the store. A unit that needs one which is never committed
        stays out: it is left for the next sweep.
        """
        if self._progress[chunk.unit].left > 0:
            return []
        found = []
        for name in self._followers.pop(chunk.unit, ()):
            self._waits_for[name].discard(chunk.unit)
            if not self._waits_for[name]:
                del self._waits_for[name]
                found.append(self._progress[name].unit)
        return found

    def whole(self, unit: Unit) -> Chunk:
        """Return the chunk of all rows of a unit."""
        return Chunk(str(unit.path), 0, unit.size, unit.tokens)

    def count_sent(self, chunk: Chunk) -> int:
        """Count a chunk as sent; return how often its rows were, this time included."""
        sent = self._progress[chunk.unit].sent
        key = (chunk.start, chunk.size)
        sent[key] = sent.get(key, 0) + 1
        return self.times_sent(chunk)

    def times_sent(self, chunk: Chunk) -> int:
        """Return the number of times the rows of a chunk were sent, in it or in a larger one."""
        end = chunk.start + chunk.size
        return sum(
            times
            for (start, size), times in self._progress[chunk.unit].sent.items()
            if start <= chunk.start and end <= start + size
        )

    def count_done(self, chunk: Chunk) -> Chunk | None:
        """Count a chunk as done; return its whole unit if all is done but the shard is missing.

        A file system may show the parts of a unit late to the replica that should have joined them.
        """
        progress = self._progress[chunk.unit]
        progress.left -= chunk.size
        if progress.left > 0 or progress.unit.path.exists():
            return None
        progress.left = progress.unit.size
        return self.whole(progress.unit)

    # --- units that other drivers have claimed

    @property
    def claimed(self) -> int:
        """Return the number of chunks whose units other drivers have claimed."""
        return len(self._claimed)

    def add_claimed(self, model: str, chunk: Chunk) -> None:
        """Wait for a chunk whose unit another driver has claimed; `model` answers it."""
        self._claimed[model, chunk] = None

    def check_claimed(self, now: float) -> tuple[list[tuple[str, Chunk]], list[tuple[str, Chunk]]]:
        """Return claimed chunks (model, chunk) that are committed now, and those that are free.

        A chunk is free when the driver that claimed it has released it or is gone. Both lists are
        empty until CHECK_CLAIMS_EVERY_S seconds after the last check.
        """
        committed: list[tuple[str, Chunk]] = []
        free: list[tuple[str, Chunk]] = []
        if now - self._checked_at < CHECK_CLAIMS_EVERY_S:
            return committed, free
        self._checked_at = now
        for model, chunk in list(self._claimed):
            shard = Path(chunk.unit)
            if not shard.exists() and self._claims.held_elsewhere(chunk.unit):
                continue
            # Between the two tests the other driver may have committed and released it.
            (committed if shard.exists() else free).append((model, chunk))
            del self._claimed[model, chunk]
        return committed, free


@dataclass
class _UnitProgress:
    unit: Unit
    left: int
    """Rows that are not in the store yet."""
    sent: dict[tuple[int, int], int] = field(default_factory=dict)
    """Times that each range of rows (start, size) was sent."""
