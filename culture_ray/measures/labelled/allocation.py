"""Allocation of a sample of responses to cells and topics, with known probabilities."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from culture_ray.measures.result import FloatArray, IntArray, require

_WHOLE = 1e-9
"""Distance from a whole number that counts as none (rounding errors)."""


def allocated(
    sizes: FloatArray, groups: IntArray, n: int, generator: np.random.Generator
) -> tuple[IntArray, FloatArray]:
    """Return the numbers to draw by cell and topic (C, T), and each cell's probability (C,).

    `sizes` (C, T) are the responses of each cell and topic, `groups` (C,) the index of a cell's
    language. Drawn at random within a cell and topic, each response of a cell has the probability
    that is returned. Numbers by cell and topic, by cell, and by language and topic are their
    expectations rounded up or down; their sum is `n`, or the number of all responses if smaller.
    """
    in_cells = sizes.sum(axis=1)
    expected = expected_in_cells(in_cells, n)
    numbers = rounded_with_total(expected, generator)
    shares = np.divide(numbers, in_cells, out=np.zeros(len(sizes)), where=in_cells > 0)
    found = np.zeros(sizes.shape, dtype=np.int64)
    for group in np.unique(groups[numbers > 0]):
        rows = np.flatnonzero((groups == group) & (numbers > 0))
        found[rows] = rounded_with_margins(sizes[rows] * shares[rows, None], generator)
    return found, np.divide(expected, in_cells, out=np.zeros(len(sizes)), where=in_cells > 0)


def expected_in_cells(sizes: FloatArray, n: int) -> FloatArray:
    """Return the expected number of drawn responses of each cell; (C,) to (C,).

    Cells have equal numbers, as far as they have as many responses (`sizes`); the sum is `n`, or
    the number of all responses if that is smaller.
    """
    require(n >= 0, f"a sample of {n}")
    found = np.zeros(sizes.shape)
    if n >= sizes.sum():
        return np.asarray(sizes, dtype=np.float64)
    open_cells = np.ones(sizes.shape, dtype=np.bool_)
    while True:
        level = (n - found[~open_cells].sum()) / max(int(open_cells.sum()), 1)
        full = open_cells & (sizes <= level)
        found[open_cells] = level
        if not full.any():
            return found
        found[full] = sizes[full]
        open_cells &= ~full


def rounded_with_total(expected: FloatArray, generator: np.random.Generator) -> IntArray:
    """Return whole numbers with these expectations, each rounded up or down; (C,) to (C,).

    Their sum is that of `expected`, which must be a whole number. Systematic sampling in random
    order.
    """
    order = generator.permutation(expected.size)
    ends = np.concatenate([[0.0], np.cumsum(expected[order])])
    require(abs(ends[-1] - round(ends[-1])) < 1e-6, f"a total of {ends[-1]}")
    ends[-1] = round(ends[-1])
    # Ends that are whole numbers but for rounding errors would gain or lose a unit.
    steps = np.floor(
        np.where(abs(ends - np.round(ends)) < _WHOLE, np.round(ends), ends) + generator.random()
    )
    found = np.zeros(expected.size, dtype=np.int64)
    found[order] = np.diff(steps)
    return found


def rounded_with_margins(expected: FloatArray, generator: np.random.Generator) -> IntArray:
    """Return whole numbers with these expectations, and margins as close; (R, K) to (R, K).

    Each entry, and each sum over a row or a column, is its expectation rounded up or down. Source:
    dependent rounding of Gandhi, Khuller, Parthasarathy & Srinivasan (2006), with the table as
    bipartite graph: along a path or cycle of entries that are not whole, every second entry is
    raised and the others are lowered by the same amount, up or down at random so that expectations
    are kept, until an entry is whole.
    """
    table = np.array(expected, dtype=np.float64)
    graph = _Fractions(table)
    while path := graph.path():
        raised, lowered = path[::2], path[1::2]
        above = {entry: table[entry] - np.floor(table[entry]) for entry in path}
        up = min([1 - above[e] for e in raised] + [above[e] for e in lowered])
        down = min([above[e] for e in raised] + [1 - above[e] for e in lowered])
        step = up if generator.random() < down / (up + down) else -down
        for sign, entries in ((1, raised), (-1, lowered)):
            for entry in entries:
                table[entry] += sign * step
                graph.update(entry)
    return np.round(table).astype(np.int64)


class _Fractions:
    """Bipartite graph of rows and columns, with an edge per entry that is not whole."""

    def __init__(self, table: FloatArray) -> None:
        self._table = table
        # Vertices: rows 0 .. R-1, then columns.
        self._rows = len(table)
        self._neighbours: dict[int, dict[int, None]] = {}
        for row, column in np.argwhere(np.abs(table - np.round(table)) > _WHOLE).tolist():
            self._neighbours.setdefault(row, {})[self._rows + column] = None
            self._neighbours.setdefault(self._rows + column, {})[row] = None

    def update(self, entry: tuple[int, int]) -> None:
        """Remove the edge of an entry if it has become whole."""
        row, column = entry[0], self._rows + entry[1]
        if abs(self._table[entry] - round(self._table[entry])) > _WHOLE:
            return
        for one, other in ((row, column), (column, row)):
            del self._neighbours[one][other]
            if not self._neighbours[one]:
                del self._neighbours[one]

    def path(self) -> list[tuple[int, int]]:
        """Return the entries of a cycle, or of a path between two ends; empty without an edge."""
        if not self._neighbours:
            return []
        ends = (v for v, others in self._neighbours.items() if len(others) == 1)
        # Without an end every walk comes back to itself.
        walk = [next(ends, next(iter(self._neighbours)))]
        place = {walk[0]: 0}
        while True:
            before = walk[-2] if len(walk) > 1 else None
            onward = next((v for v in self._neighbours[walk[-1]] if v != before), None)
            if onward is None:
                break
            walk.append(onward)
            if onward in place:
                walk = walk[place[onward] :]
                break
            place[onward] = len(walk) - 1
        return [self._entry(one, other) for one, other in pairwise(walk)]

    def _entry(self, one: int, other: int) -> tuple[int, int]:
        row, column = min(one, other), max(one, other)
        return row, column - self._rows
