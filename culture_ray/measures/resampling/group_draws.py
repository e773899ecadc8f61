"""Draws with replacement from groups of equal rows, as the number of draws from each group.

A group of c rows gets a Poisson number of draws with a mean slightly below c, and the remaining
draws are made row by row. Poisson counts given their sum are multinomial, so the distribution is
exactly that of drawing all rows one by one, at a fifth of the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from culture_ray.measures.result import FloatArray, IntArray

Counts = npt.NDArray[np.float32]
"""Whole numbers, exact up to 2**24; half the bytes of doubles."""

LARGE = 8
"""Rows of a group above which its Poisson number is computed rather than looked up."""

_STEPS = 1 << 16
_UNDECIDED = 255
_RATES = 64


@dataclass(frozen=True, eq=False)
class GroupDraws:
    """K groups of rows, of which as many rows are drawn as there are."""

    sizes: IntArray
    """Rows of each group; (K,)."""

    def draw(self, rounds: int, generator: np.random.Generator) -> Counts:
        """Return the number of draws from each group in each round; (K, rounds)."""
        drawn = self._poisson(rounds, generator)
        total = drawn.sum(axis=0).astype(np.int64)
        # A round with too many draws is redone from 0. This depends on its sum alone, which keeps
        # the conditional distribution multinomial.
        over = np.flatnonzero(total > self._rows)
        drawn[:, over] = 0.0
        total[over] = 0
        short = self._rows - total
        row = generator.integers(0, max(self._rows, 1), int(short.sum()))
        at = self._group_of_row[row] * rounds + np.repeat(np.arange(rounds), short)
        np.add.at(drawn.reshape(-1), at, np.float32(1.0))
        return drawn

    def _poisson(self, rounds: int, generator: np.random.Generator) -> Counts:
        """Return Poisson numbers, looked up by 16 random bits; in the rare cases in which these do
        not determine the number, 53 more bits are drawn."""
        count = self.sizes.size * rounds
        bits = generator.integers(0, 1 << 64, -(-count // 4), dtype=np.uint64).view(np.uint16)
        bits = bits[:count]
        at = bits.reshape(-1, rounds) + self._table_start[:, None]
        found = _tables(self._rate).reshape(-1).take(at).reshape(-1)
        undecided = np.flatnonzero(found == _UNDECIDED)
        uniform = (bits[undecided] + generator.random(undecided.size)) / _STEPS
        found[undecided] = _numbers(self._means[undecided // rounds], uniform)
        drawn = found.reshape(-1, rounds).astype(np.float32)
        large = np.flatnonzero(self.sizes > LARGE)
        if large.size:
            drawn[large] = generator.poisson(self._means[large, None], (large.size, rounds))
        return drawn

    @cached_property
    def _rows(self) -> int:
        return int(self.sizes.sum())

    @cached_property
    def _group_of_row(self) -> IntArray:
        return np.repeat(np.arange(self.sizes.size), self.sizes)

    @cached_property
    def _rate(self) -> float:
        """Expected draws per row: three standard deviations of the sum below 1, so that few rounds
        have too many draws; rounded to a grid, so that cells share tables."""
        return max(0, int(_RATES * (1.0 - 3.0 / np.sqrt(max(self._rows, 1))))) / _RATES

    @cached_property
    def _means(self) -> FloatArray:
        return np.asarray(self._rate * self.sizes, dtype=np.float64)

    @cached_property
    def _table_start(self) -> npt.NDArray[np.int32]:
        """Offset of the table for each group's size; for a large group that of size 0."""
        return (np.where(self.sizes > LARGE, 0, self.sizes) * _STEPS).astype(np.int32)


@lru_cache(maxsize=_RATES)
def _tables(rate: float) -> npt.NDArray[np.uint8]:
    """Return the Poisson number by size 0 .. LARGE of a group and 16 bits; (LARGE + 1, 65536)."""
    rows = np.arange(LARGE + 1)
    found = np.zeros((rows.size, _STEPS), dtype=np.uint8)
    for size in rows[1:] if rate > 0 else []:
        edge = np.minimum((_cumulated(rate * size) * _STEPS).astype(np.int64), _STEPS - 1)
        found[size] = np.searchsorted(edge, np.arange(_STEPS), side="right")
        found[size, edge] = _UNDECIDED
    return found


def _numbers(mean: FloatArray, uniform: FloatArray) -> IntArray:
    """Return the `uniform` quantiles of Poisson distributions with these means; (n,)."""
    found = np.zeros(mean.size, dtype=np.int64)
    for value in np.unique(mean):
        at = mean == value
        found[at] = np.searchsorted(_cumulated(float(value)), uniform[at], side="right")
    return found


@lru_cache(maxsize=_RATES * LARGE)
def _cumulated(mean: float) -> FloatArray:
    """Return the Poisson probabilities of at most 0, 1, .. 99."""
    ratios = mean / np.arange(1, 100)
    return np.asarray(np.cumsum(np.exp(-mean) * np.cumprod(np.concatenate([[1.0], ratios]))))
