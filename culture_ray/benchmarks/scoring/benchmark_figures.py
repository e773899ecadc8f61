"""Figures of a benchmark's file: by cell and group, means over languages, and contrasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from culture_ray.benchmarks.design.scores import Scores
from culture_ray.benchmarks.scoring.best.best_group import gain_matrix
from culture_ray.benchmarks.scoring.cluster_draws import ItemClusters
from culture_ray.benchmarks.scoring.figure_plan import FigurePlan, FigureRow
from culture_ray.benchmarks.scoring.score_matrix import ScoreMatrix
from culture_ray.measures.result import FloatArray


@dataclass(frozen=True, eq=False)
class BenchmarkFigures:
    """All figures of a benchmark, and the joint rounds of those that measure capability."""

    rows: tuple[FigureRow, ...]
    kept: tuple[int, ...]
    """Positions of the rows whose rounds are kept."""
    rounds: FloatArray
    """(B, kept)."""


def benchmark_figures(
    matrix: ScoreMatrix,
    scores: Scores,
    *,
    rounds: int,
    seed: int,
    keep: Sequence[tuple[str, Mapping[str, str]]] = (),
) -> BenchmarkFigures:
    """Return the figures of a benchmark; `keep` names figures and groups to keep the rounds of.

    A mean over languages is taken over those in which a model has the figure. All figures share
    the draws of item clusters, within the groups that are contrasted. Without cells, such as before
    the last step of a chain is answered, there are no figures.
    """
    if not matrix.cells:
        return BenchmarkFigures((), (), np.empty((rounds, 0)))
    plan = FigurePlan(matrix, scores)
    for spec in scores.figures.values():
        if spec.figure != "best_group":
            plan.add(spec)
    for name, where in keep:
        plan.add_where(scores.figures[name], where)
    strata = [matrix.groups[c.over] for c in scores.contrasts if c.over in matrix.groups]
    clusters = ItemClusters.of(matrix.clusters, strata)
    rows, drawn = plan.estimated(clusters, rounds, seed)
    for spec in scores.figures.values():
        if spec.figure == "best_group":
            gains = FigurePlan(gain_matrix(matrix, spec, seed), replace(scores, contrasts=()))
            gains.add(replace(spec, of=""))
            rows += gains.estimated(clusters, rounds, seed)[0]
    return BenchmarkFigures(tuple(rows), tuple(plan.kept), drawn)
