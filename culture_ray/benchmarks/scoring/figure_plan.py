"""Plan of a benchmark's figures: those of groups, and the sums over them that fill its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from culture_ray.benchmarks.design.scores import Contrast, Scores, ScoreSpec
from culture_ray.benchmarks.scoring.cluster_draws import ItemClusters
from culture_ray.benchmarks.scoring.figure_kinds import NamedFigure, figures_of
from culture_ray.benchmarks.scoring.inference import estimates
from culture_ray.benchmarks.scoring.linear_figures import FigureTerm, GroupFigure, LinearFigure
from culture_ray.benchmarks.scoring.score_matrix import OUTCOMES, ScoreCell, ScoreMatrix
from culture_ray.measures.result import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class FigureRow:
    """One figure of a benchmark with its interval; NaN where undefined."""

    model: str
    language: str | None
    """None for the mean over the languages."""
    condition: str
    """For a contrast of conditions, both."""
    figure: str
    category: str | None
    variant: str
    """`valid`, or `as_published` for the literature's own way."""
    grouping: str | None
    group: str | None
    """For a contrast of groups, both."""
    contrast: str | None
    value: float = np.nan
    std_error: float = np.nan
    ci_low: float = np.nan
    ci_high: float = np.nan
    clusters: int = 0
    items: int = 0
    """Items with an answer that is no failure."""
    outcomes: tuple[int, ...] = ()
    """Number of answers by OUTCOMES, over the cells and groups of the figure."""
    judge: str | None = None
    """Judge whose ratings the figure is from; None for a figure of the answers themselves."""


class FigurePlan:
    """Group figures, and the linear figures over them with the row that each one fills."""

    def __init__(self, matrix: ScoreMatrix, scores: Scores) -> None:
        self.matrix, self.scores = matrix, scores
        self.figures: list[GroupFigure] = []
        self.wanted: list[LinearFigure] = []
        self.rows: list[FigureRow] = []
        self.kept: list[int] = []

    def add(self, spec: ScoreSpec) -> None:
        """Add a figure over all items, by each grouping, and in each contrast."""
        for named in figures_of(self.matrix, spec):
            rows = self.matrix.rows_of(spec.where)
            whole = self._figure(named, rows, "")
            self._cells(named, whole, None, None)
            groupings = [*self.scores.by]
            groupings += [c.over for c in self.scores.contrasts if c.over in self.matrix.groups]
            by_group: dict[tuple[str, str], int] = {}
            for grouping in dict.fromkeys(groupings):
                contrasted = any(c.over == grouping for c in self.scores.contrasts)
                for group in self.matrix.groups_of(grouping):
                    own = rows & self.matrix.rows_of({grouping: group})
                    stratum = f"{grouping}={group}" if contrasted else ""
                    by_group[grouping, group] = self._figure(named, own, stratum)
                    if grouping in self.scores.by:
                        self._cells(named, by_group[grouping, group], grouping, group)
            for contrast in self.scores.contrasts:
                self._contrast(named, contrast, whole, by_group)

    def add_where(self, spec: ScoreSpec, where: Mapping[str, str]) -> None:
        """Add a figure over the items of some groups, and keep the rounds of its cells."""
        named = next(figures_of(self.matrix, spec))
        rows = self.matrix.rows_of({**spec.where, **where})
        group = ", ".join(where.values()) or None
        first = len(self.rows)
        self._cells(
            named, self._figure(named, rows, ""), ", ".join(where) or None, group, mean=False
        )
        self.kept += range(first, len(self.rows))

    def estimated(
        self, clusters: ItemClusters, rounds: int, seed: int
    ) -> tuple[list[FigureRow], FloatArray]:
        """Return the rows with their figures, and the rounds of those that are kept."""
        found = estimates(
            self.figures, self.wanted, clusters, rounds=rounds, seed=seed, keep=self.kept
        )
        counts = [self._counted(one) for one in self.figures]
        rows = []
        for i, (row, wanted) in enumerate(zip(self.rows, self.wanted, strict=True)):
            parts = {(term.figure, term.cell) for term in wanted.terms}
            outcomes = sum((counts[f][0][c] for f, c in parts), np.zeros(len(OUTCOMES), np.int64))
            rows.append(
                replace(
                    row,
                    value=float(found.value[i]),
                    std_error=float(found.std_error[i]),
                    ci_low=float(found.ci_low[i]),
                    ci_high=float(found.ci_high[i]),
                    clusters=int(found.clusters[i]),
                    items=max(int(counts[f][1][c]) for f, c in parts),
                    outcomes=tuple(outcomes.tolist()),
                )
            )
        return rows, found.rounds

    def _counted(self, one: GroupFigure) -> tuple[IntArray, IntArray]:
        """Return the answers by outcome (cells, outcomes), and the items (cells,), of a group."""
        items = one.figure.defined[one.rows].sum(axis=0)
        if self.matrix.outcomes is None:
            return np.zeros((len(items), len(OUTCOMES)), np.int64), items
        return self.matrix.outcomes[one.rows].sum(axis=0, dtype=np.int64), items

    def _figure(self, named: NamedFigure, rows: BoolArray, stratum: str) -> int:
        self.figures.append(GroupFigure(named.figure, rows, stratum))
        return len(self.figures) - 1

    def _cells(
        self,
        named: NamedFigure,
        figure: int,
        grouping: str | None,
        group: str | None,
        *,
        mean: bool = True,
    ) -> None:
        """Add a figure of every cell, and its mean over the languages of each model."""
        ends = named.figure.lowest, named.figure.highest
        for place, cell in enumerate(self.matrix.cells):
            self._add(_row(named, cell, grouping, group), [FigureTerm(figure, place)], ends)
        for (model, condition), places in _over_languages(self.matrix.cells) if mean else ():
            row = _row(named, ScoreCell(model, "", condition), grouping, group)
            terms = self._mean(figure, places, 1.0)
            self._add(replace(row, language=None), terms, ends)

    def _mean(self, figure: int, places: Sequence[int], sign: float) -> list[FigureTerm]:
        """Return the terms of a mean over cells that have answers."""
        group = self.figures[figure]
        answered = [p for p in places if group.figure.defined[group.rows, p].any()]
        return [FigureTerm(figure, p, sign / len(answered)) for p in answered]

    def _contrast(
        self,
        named: NamedFigure,
        contrast: Contrast,
        whole: int,
        by_group: Mapping[tuple[str, str], int],
    ) -> None:
        """Add a contrast in every cell, and its mean over languages."""
        width = named.figure.highest - named.figure.lowest
        label = f"{contrast.first} - {contrast.second}"
        for cell, pairs in self._pairs(contrast, whole, by_group):
            row = replace(_row(named, cell, None, None), contrast=contrast.name)
            if contrast.over in self.matrix.groups:
                row = replace(row, grouping=contrast.over, group=label)
            elif contrast.over == "condition":
                row = replace(row, condition=label)
            else:
                row = replace(row, language=label)
            if not cell.language:
                row = replace(row, language=None)
            known = [pair for pair in pairs if all(self._mean(f, [p], 1.0) for f, p in pair)]
            terms = [
                FigureTerm(figure, place, sign / len(known))
                for pair in known
                for (figure, place), sign in zip(pair, (1.0, -1.0), strict=True)
            ]
            self._add(row, terms, (-width, width))

    def _pairs(
        self, contrast: Contrast, whole: int, by_group: Mapping[tuple[str, str], int]
    ) -> Iterator[tuple[ScoreCell, list[tuple[tuple[int, int], tuple[int, int]]]]]:
        """Yield the pairs of (figure, cell) to compare, by row; a mean over languages has several.

        The language of the cell is empty for a mean over languages.
        """
        cells = self.matrix.cells
        at = {cell: place for place, cell in enumerate(cells)}
        over_languages: dict[tuple[str, str], list[tuple[tuple[int, int], tuple[int, int]]]] = {}
        for place, cell in enumerate(cells):
            if contrast.over in self.matrix.groups:
                first, second = (by_group.get((contrast.over, g)) for g in
                                 (contrast.first, contrast.second))  # fmt: skip
                if first is None or second is None:
                    return
                pair = (first, place), (second, place)
            else:
                key = "condition" if contrast.over == "condition" else "language"
                if getattr(cell, key) != contrast.first:
                    continue
                other = at.get(replace(cell, **{key: contrast.second}))
                if other is None:
                    continue
                pair = (whole, place), (whole, other)
            yield cell, [pair]
            over_languages.setdefault((cell.model, cell.condition), []).append(pair)
        if contrast.over == "language":
            return
        for (model, condition), pairs in over_languages.items():
            if len(pairs) > 1:
                yield ScoreCell(model, "", condition), pairs

    def _add(self, row: FigureRow, terms: Sequence[FigureTerm], ends: tuple[float, float]) -> None:
        if terms:
            self.rows.append(row)
            self.wanted.append(LinearFigure(tuple(terms), *ends))


def _row(named: NamedFigure, cell: ScoreCell, grouping: str | None, group: str | None) -> FigureRow:
    return FigureRow(
        cell.model, cell.language, cell.condition, named.name, named.category, named.variant,
        grouping, group, None,
    )  # fmt: skip


def _over_languages(
    cells: Sequence[ScoreCell],
) -> Iterator[tuple[tuple[str, str], list[int]]]:
    """Yield the cells of each model and condition, where they are in two languages or more."""
    found: dict[tuple[str, str], list[int]] = {}
    for place, cell in enumerate(cells):
        found.setdefault((cell.model, cell.condition), []).append(place)
    yield from ((key, places) for key, places in found.items() if len(places) > 1)
