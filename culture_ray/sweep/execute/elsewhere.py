"""Work that another driver has: waited for, and taken over when that driver is gone."""

from __future__ import annotations

from pathlib import Path

from culture_ray.store.claims import Claims
from culture_ray.sweep.schedule.chunks import Chunk

LOOK_EVERY_S = 2.0


class ClaimedElsewhere:
    """Pieces of units in other drivers' hands, with the model that answers them."""

    def __init__(self, claims: Claims) -> None:
        self._claims = claims
        self._pieces: dict[tuple[str, Chunk], None] = {}
        self._looked = 0.0

    def __len__(self) -> int:
        return len(self._pieces)

    def add(self, model: str, piece: Chunk) -> None:
        """Wait for a piece."""
        self._pieces[model, piece] = None

    def look(self, now: float) -> tuple[list[tuple[str, Chunk]], list[tuple[str, Chunk]]]:
        """Return what stands in the store now, and what nobody works on any more."""
        done: list[tuple[str, Chunk]] = []
        free: list[tuple[str, Chunk]] = []
        if now - self._looked < LOOK_EVERY_S:
            return done, free
        self._looked = now
        for model, piece in list(self._pieces):
            shard = Path(piece.unit)
            if not shard.exists() and self._claims.held_elsewhere(piece.unit):
                continue
            # Between two looks the other may have committed it and given it back.
            (done if shard.exists() else free).append((model, piece))
            del self._pieces[model, piece]
        return done, free
