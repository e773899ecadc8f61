"""Figures that a benchmark's file can name, made from its score matrix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from culture_ray.benchmarks.design.scores import ScoreSpec
from culture_ray.benchmarks.scoring.item_figures import (
    ItemFigure,
    entropy,
    macro_f1,
    mean_entropy,
    mean_score,
    share,
)
from culture_ray.benchmarks.scoring.layer_scores import layer_category
from culture_ray.benchmarks.scoring.score_matrix import CategoryCounts, ScoreMatrix
from culture_ray.errors import WrongValue

AS_PUBLISHED = "as_published"


@dataclass(frozen=True, eq=False)
class NamedFigure:
    """A figure under its name in the benchmark's file."""

    name: str
    category: str | None
    """Category of a distribution; None for other figures."""
    variant: str
    figure: ItemFigure


def figures_of(matrix: ScoreMatrix, spec: ScoreSpec) -> Iterator[NamedFigure]:
    """Yield the figures of one entry of `scores`; a distribution has one per category.

    A published variant, where it differs and is asked for, follows the valid figure. Layers that no
    answer was read in are no figures. Raises WrongValue for another figure of which the benchmark
    has no scores.
    """
    key = f"scores.{spec.name}"
    match spec.figure:
        case "macro_f1":
            if matrix.given is None or matrix.right is None:
                raise WrongValue(key, "macro_f1", "answers of a closed list: label or option")
            labels = len(matrix.counts["answer"].categories)
            yield _valid(spec, macro_f1(matrix.right, matrix.given, labels))
        case "share":
            counted = _counts(matrix, spec)
            if spec.value not in counted.categories:
                expected = "one of " + ", ".join(counted.categories)
                raise WrongValue(f"{key}.is", spec.value, expected)
            yield _valid(spec, share(counted.counts, counted.categories.index(spec.value)))
        case "distribution":
            counted = _counts(matrix, spec)
            for place, category in enumerate(counted.categories):
                yield NamedFigure(spec.name, category, "valid", share(counted.counts, place))
        case "layers":
            for name, scores in matrix.scores.items():
                if (layer := layer_category(name)) is not None:
                    mean = mean_score(scores)
                    yield NamedFigure(spec.name, layer, "valid", mean)
        case "entropy":
            counted = _counts(matrix, spec)
            of = mean_entropy if spec.over == "item_then_mean" else entropy
            yield _valid(spec, of(counted.counts, normalised=spec.normalised))
        case _:
            yield from _means(matrix, spec)


def _means(matrix: ScoreMatrix, spec: ScoreSpec) -> Iterator[NamedFigure]:
    """Yield the mean of a score: accuracy, votes, lexicon, or a numeric field of a rubric."""
    name = spec.of or spec.figure
    if name not in matrix.scores:
        expected = "a score of this benchmark: " + ", ".join(sorted(matrix.scores))
        raise WrongValue(f"scores.{spec.name}", name, expected)
    values = matrix.scores[name]
    known = values[~np.isnan(values)]
    lowest, highest = (-1.0 if name == "best_group" else 0.0), 1.0
    if name not in UNIT and known.size:
        lowest, highest = min(0.0, float(known.min())), max(1.0, float(known.max()))
    yield _valid(spec, mean_score(values, lowest, highest))
    published = matrix.scores.get(f"{name}{PUBLISHED}")
    if spec.as_published and published is not None:
        yield NamedFigure(spec.name, None, AS_PUBLISHED, mean_score(published, lowest, highest))


UNIT = ("accuracy", "votes", "lexicon", "repetition", "wrong_language", "best_group")
"""Scores from 0 to 1; a gain is from -1 to 1."""
PUBLISHED = "_as_published"
"""End of the name of a score that is computed in the literature's own way."""


def _valid(spec: ScoreSpec, figure: ItemFigure) -> NamedFigure:
    return NamedFigure(spec.name, None, "valid", figure)


def _counts(matrix: ScoreMatrix, spec: ScoreSpec) -> CategoryCounts:
    name = spec.of or "answer"
    if name not in matrix.counts:
        expected = "a field of the rubric with categories: " + ", ".join(sorted(matrix.counts))
        raise WrongValue(f"scores.{spec.name}.of", name, expected)
    return matrix.counts[name]
