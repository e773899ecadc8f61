"""Places of labels beside points: none on another label or point."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_WIDTH, _HEIGHT = 0.58, 1.1
"""Width of a letter and height of a line, per point of font size."""
_GAP = 4.4
"""Distance of a label from the centre of its point, in typographic points."""


@dataclass(frozen=True)
class _Box:
    left: float
    bottom: float
    right: float
    top: float

    def overlap(self, other: _Box) -> float:
        """Return the area that two boxes share."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.top, other.top) - max(self.bottom, other.bottom)
        return max(wide, 0.0) * max(high, 0.0)


def placed_labels(
    points: np.ndarray,
    texts: Sequence[tuple[str, float]],
    tolerated: float = 0.12,
    ends: tuple[float, float] = (-math.inf, math.inf),
) -> list[tuple[float, float] | None]:
    """Return the offset of each label's lower left corner from its point, None where none is free.

    `points` is (N, 2) in typographic points, and the first of them have the labels `texts`, each a
    text and its font size. A label may cover up to the share `tolerated` of others' area, and lies
    between the horizontal `ends`.
    """
    taken = [_Box(x - 2.2, y - 2.2, x + 2.2, y + 2.2) for x, y in points]
    found: list[tuple[float, float] | None] = []
    for (text, size), (x, y) in zip(texts, points, strict=False):
        wide, high = _WIDTH * size * len(text), _HEIGHT * size
        best, least = None, tolerated * wide * high
        for dx, dy in _offsets(wide, high):
            box = _Box(x + dx, y + dy, x + dx + wide, y + dy + high)
            if box.left < ends[0] or box.right > ends[1]:
                continue
            covered = sum(box.overlap(other) for other in taken)
            if covered < least:
                best, least = (dx, dy), covered
            if covered == 0:
                break
        if best is not None:
            box = _Box(x + best[0], y + best[1], x + best[0] + wide, y + best[1] + high)
            taken.append(box)
        found.append(best)
    return found


def _offsets(wide: float, high: float) -> list[tuple[float, float]]:
    """Return the places around a point, the preferred ones first."""
    right, left, middle = _GAP, -_GAP - wide, -wide / 2
    level, above, below = -high / 2, _GAP * 0.8, -_GAP * 0.8 - high
    return [
        (right, level), (left, level), (middle, above), (middle, below),
        (right * 0.7, above * 0.6), (left * 0.9, above * 0.6),
        (right * 0.7, below * 0.8), (left * 0.9, below * 0.8),
    ]  # fmt: skip
