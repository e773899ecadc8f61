"""Figures of the best language per group: what a choice gains, cross-fitted and as published."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from culture_ray.benchmarks.design.scores import ScoreSpec
from culture_ray.benchmarks.scoring.best.best_choice import choice_gain
from culture_ray.benchmarks.scoring.figure_kinds import PUBLISHED
from culture_ray.benchmarks.scoring.score_matrix import ScoreCell, ScoreMatrix
from culture_ray.errors import WrongValue

BEST = "best language"
"""Language of the cells that hold a gain."""


def gain_matrix(matrix: ScoreMatrix, spec: ScoreSpec, seed: int) -> ScoreMatrix:
    """Return a matrix with one cell per model and condition: the gain in accuracy of each item.

    The language is chosen per group of the grouping `spec.of`. Raises WrongValue if there is no
    such grouping.
    """
    if spec.of not in matrix.groups:
        expected = "a grouping of the items: " + (", ".join(matrix.groups) or "there is none")
        raise WrongValue(f"scores.{spec.name}.of", spec.of or None, expected)
    group = np.unique(np.asarray(matrix.groups[spec.of]), return_inverse=True)[1]
    cluster = np.unique(np.asarray(matrix.clusters), return_inverse=True)[1]
    cells, fitted, published = [], [], []
    for cell, places in _by_model(matrix):
        scores = matrix.scores["accuracy"][:, places].astype(np.float64)
        gain = choice_gain(scores, group, cluster, seed)
        cells.append(cell)
        fitted.append(gain.cross_fitted)
        published.append(gain.in_sample)
    shape = len(matrix.items), len(cells)
    return ScoreMatrix(
        matrix.items,
        matrix.clusters,
        matrix.groups,
        tuple(cells),
        {
            "best_group": _columns(fitted, shape),
            f"best_group{PUBLISHED}": _columns(published, shape),
        },
    )


def _by_model(matrix: ScoreMatrix) -> Iterator[tuple[ScoreCell, list[int]]]:
    """Yield the cells of each model and condition that are in two languages or more."""
    found: dict[tuple[str, str], list[int]] = {}
    for place, cell in enumerate(matrix.cells):
        found.setdefault((cell.model, cell.condition), []).append(place)
    for (model, condition), places in found.items():
        if len(places) > 1:
            yield ScoreCell(model, BEST, condition), places


def _columns(values: list[np.ndarray], shape: tuple[int, int]) -> np.ndarray:
    return np.stack(values, axis=1).astype(np.float32) if values else np.zeros(shape, np.float32)
