"""Scores of free texts from a judge's ratings: counts of categories, and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from culture_ray.benchmarks.design.rubric import Rubric, RubricField
from culture_ray.benchmarks.design.scores import Scores
from culture_ray.benchmarks.rubrics.rating import RubricRating
from culture_ray.benchmarks.scoring.score_matrix import (
    CategoryCounts,
    ScoreCell,
    ScoreMatrix,
    mean_over_answers,
)


@dataclass(frozen=True)
class RatedAnswer:
    """Rating of one answer to an item, as one judge gave it."""

    cell: ScoreCell
    item: str
    values: Mapping[str, Any]
    answer: str = ""
    """Id of the answer's request."""


def with_ratings(
    matrix: ScoreMatrix, ratings: Iterable[RatedAnswer], rubric: Rubric
) -> ScoreMatrix:
    """Return the matrix with the fields of a rubric: categories as counts, numbers as scores.

    An answer without a rating counts nowhere. A number is on the scale of the rubric, a flag is 1
    for true; both are averaged over the answers to an item. Ratings of cells and items that the
    matrix does not have are left out.
    """
    cells = {cell: place for place, cell in enumerate(matrix.cells)}
    items = {item: place for place, item in enumerate(matrix.items)}
    known = [
        (items[one.item], cells[one.cell], RubricRating(one.values))
        for one in ratings
        if one.item in items and one.cell in cells
    ]
    counts, scores = dict(matrix.counts), dict(matrix.scores)
    shape = len(matrix.items), len(matrix.cells)
    for path, field in rubric.paths().items():
        if field.categories:
            counts[path] = _counted(known, path, field, shape)
        if field.kind in ("number", "flag"):
            scores[path] = _averaged(known, path, shape)
    return replace(matrix, counts=counts, scores=scores)


def rated_scores(scores: Scores, rubric: Rubric) -> Scores:
    """Return the scores that are figures of a rubric's fields, by the same groups and contrasts."""
    fields = rubric.paths()
    kept = {name: spec for name, spec in scores.figures.items() if spec.of in fields}
    return replace(scores, figures=kept)


_Known = list[tuple[int, int, RubricRating]]


def _counted(
    known: _Known, path: str, field: RubricField, shape: tuple[int, int]
) -> CategoryCounts:
    place = {name: index for index, name in enumerate(field.categories)}
    counts = np.zeros((*shape, len(place)), np.float32)
    for item, cell, rating in known:
        for value in rating.at(path):
            counts[item, cell, place[field.category(value)]] += 1
    return CategoryCounts(field.categories, counts)


def _averaged(known: _Known, path: str, shape: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Return the mean over the answers to each item; entries of a list are averaged first."""
    found = np.full(shape, np.nan, np.float32)
    for cell in range(shape[1]):
        own = [(item, rating.at(path)) for item, at, rating in known if at == cell]
        rated = [(item, _mean(values)) for item, values in own if values]
        if rated:
            at, values = zip(*rated, strict=True)
            found[:, cell] = mean_over_answers(np.array(at), np.array(values), shape[0])
    return found


def _mean(values: tuple[str | int | bool, ...]) -> float:
    return float(sum(float(value) for value in values) / len(values))
