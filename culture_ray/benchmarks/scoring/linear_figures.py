"""Weighted sums of figures: means over languages, and paired contrasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from culture_ray.benchmarks.scoring.item_figures import ItemFigure
from culture_ray.measures.result import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class GroupFigure:
    """A figure over the rows of one group."""

    figure: ItemFigure
    rows: BoolArray
    """True for the rows of the group; (rows,)."""
    stratum: str = ""
    """Name of the group if it is a stratum of the draws, else empty."""


@dataclass(frozen=True)
class FigureTerm:
    """Figure of one group in one cell, with its coefficient in a sum."""

    figure: int
    cell: int
    weight: float = 1.0


@dataclass(frozen=True)
class LinearFigure:
    """Weighted sum of figures: one figure, a mean over languages, or a paired contrast."""

    terms: tuple[FigureTerm, ...]
    lowest: float = 0.0
    highest: float = 1.0


@dataclass(frozen=True, eq=False)
class LinearMap:
    """F linear figures over the values of all group figures, which stand one after the other."""

    at: IntArray
    """Position of each term's value; (F, longest)."""
    weight: FloatArray
    """Coefficient of each term, 0 beyond the terms of a figure; (F, longest)."""
    part: IntArray
    """Stratum of each term, 0 for none; (F, longest)."""
    parts: int
    """Number of strata, with "none" among them."""

    @classmethod
    def of(cls, wanted: Sequence[LinearFigure], figures: Sequence[GroupFigure]) -> LinearMap:
        """Return the map of the wanted figures; their terms index `figures`."""
        sizes = [one.figure.columns.shape[2] for one in figures]
        offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        names = sorted({one.stratum for one in figures} - {""})
        codes = {name: place + 1 for place, name in enumerate(names)} | {"": 0}
        longest = max((len(one.terms) for one in wanted), default=0)
        at = np.zeros((len(wanted), longest), np.int64)
        weight, part = np.zeros(at.shape), np.zeros(at.shape, np.int64)
        for row, one in enumerate(wanted):
            for place, term in enumerate(one.terms):
                at[row, place] = offsets[term.figure] + term.cell
                weight[row, place] = term.weight
                part[row, place] = codes[figures[term.figure].stratum]
        return cls(at, weight, part, len(names) + 1)

    def values(self, values: FloatArray) -> FloatArray:
        """Return the linear figures in each round: (B, all cells) to (B, F)."""
        return self._sum(values, self.weight)

    def part_values(self, values: FloatArray) -> FloatArray:
        """Return the part that each stratum has in them: (B, F, parts); none without strata."""
        if self.parts == 1:
            return np.zeros((len(values), len(self.at), 0))
        weights = (np.where(self.part == p, self.weight, 0) for p in range(self.parts))
        return np.stack([self._sum(values, own) for own in weights], axis=2)

    def fewest(self, counts: IntArray) -> IntArray:
        """Return the smallest count among each figure's terms; `counts` is (all cells,)."""
        most = np.iinfo(np.int64).max
        found = np.where(self.weight != 0, counts[self.at], most)
        return np.asarray(found.min(axis=1, initial=most))

    def fewest_by_part(self, counts: IntArray) -> IntArray:
        """Return the same for the terms of each stratum, 2 for a stratum without terms."""
        most = np.iinfo(np.int64).max
        of_part = [
            np.where((self.part == p) & (self.weight != 0), counts[self.at], most).min(
                axis=1, initial=most
            )
            for p in range(self.parts)
        ]
        found = np.stack(of_part, axis=1)
        return np.where(found == most, 2, found)

    def _sum(self, values: FloatArray, weight: FloatArray) -> FloatArray:
        total = np.zeros((len(values), len(self.at)))
        for place in range(self.at.shape[1]):
            used = weight[:, place] != 0
            total[:, used] += values[:, self.at[used, place]] * weight[used, place]
        return total
