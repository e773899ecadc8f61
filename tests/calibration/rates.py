"""Counts of tests that reject what is true, and of intervals that cover it, over studies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from culture_ray.measures.cells import Cell
from culture_ray.measures.resampling.jackknife import self_consistency_interval
from culture_ray.measures.resampling.spread import t_half_width
from culture_ray.measures.result import BoolArray, FloatArray
from culture_ray.regression.valid import Options
from culture_ray.simulation.truths import STATEMENTS
from culture_ray.stages.regress.same_model import ALIKE
from tests.calibration.regressions import (
    DESIGNS,
    SlopeInference,
    infer_slopes,
    named_as_alike,
    published,
    slope_terms,
    without_twins,
)
from tests.calibration.simulate import Studies

REJECTS, COVERS = 5.0, 95.0
"""Percentages that a test of a true null hypothesis and an interval should have."""


@dataclass(frozen=True)
class Count:
    """Number of hits of a kind of test or interval in some studies."""

    figure: str
    """`within: capability_within`, `US bias of cells` and the like."""
    what: str
    """`rejects` (5 % where the null hypothesis holds), `covers` (95 %), `finds` or `named`."""
    hits: int
    of: int
    nominal: float | None
    """Percentage that it should be; None where nothing is promised."""


def slope_counts(design: str, drawn: Studies) -> Iterator[Count]:
    """Yield the counts of a design's slopes, and of its levels (`within`) or `consistency`."""
    slopes = infer_slopes(drawn, DESIGNS[design])
    truth = drawn.world.slope
    within, between = (slopes.of(f"capability_{part}") for part in ("within", "between"))
    if truth:
        yield _count(f"{design}: slope", "covers", within.covers(truth), COVERS)
        yield _count(f"{design}: slope", "finds", within.rejects(), None)
        return
    # With two names of one model counted as two, nothing is promised.
    promised = None if drawn.world.twins else REJECTS
    yield _count(f"{design}: slope", "rejects", within.rejects(), promised)
    if between.known.size:
        yield _count(f"{design}: between families", "rejects", between.rejects(), promised)
    if drawn.world.judge_error or drawn.world.judge_lean:
        return
    if design == "within":
        yield _level_count(slopes, drawn)
    if "consistency" in slopes.terms:
        # Nothing is promised: self-consistency is measured with error.
        covers = slopes.of("consistency").covers(drawn.world.consistency_effect)
        yield _count(f"{design}: consistency", "covers", covers, None)


def permutation_count(drawn: Studies) -> Count:
    """Return the count of permutation tests of the slope of `within_pooled`, 400 arrangements."""
    options = Options(without_models=0, permutations=400)
    found = [t.p_permutation for terms in slope_terms(drawn, options) for t in terms]
    rejects = np.array([p <= 0.05 for p in found if p is not None], np.bool_)
    promised = None if drawn.world.twins else REJECTS
    return _count("within_pooled: slope, by permutation", "rejects", rejects, promised)


def known_count(drawn: Studies) -> Count:
    """Return the count of tests of that slope that take V for exact."""
    options = Options(without_models=0, permutations=0, sampling="known")
    found = [term.p_value for terms in slope_terms(drawn, options) for term in terms]
    rejects = np.array([p < 0.05 for p in found if np.isfinite(p)], np.bool_)
    return _count("within_pooled: slope, sampling=known", "rejects", rejects, None)


def twin_counts(drawn: Studies) -> Iterator[Count]:
    """Yield how often the two names are noticed, others are, and the slope of the one model."""
    named = named_as_alike(drawn, ALIKE)
    yield _count("two names of a model", "named", named[:, 0], None)
    yield _count("other models as one", "named", named[:, 1], None)
    for design in ("within", "within_pooled"):
        of_one = next(slope_counts(design, without_twins(drawn)))
        yield replace(of_one, figure=f"{of_one.figure}, declared as one")


def paper_count(drawn: Studies) -> Count:
    """Return the count of the capability coefficients of the published analysis."""
    found = [term for study in published(drawn) for term in study]
    truth = drawn.world.slope
    figure = "paper: capability by family and language"
    if truth:
        covers = np.array([low <= truth <= high for _, low, high in found], np.bool_)
        return _count(figure, "covers", covers, None)
    return _count(figure, "rejects", np.array([p < 0.05 for p, *_ in found], np.bool_), None)


def cell_counts(drawn: Studies) -> Iterator[Count]:
    """Yield the counts of the intervals of cells.csv and us_bias.csv.

    A leaning judge has no truth to cover: its figures are biased.
    """
    if drawn.world.judge_lean:
        return
    n = drawn.alignment.shape[1]
    cells = drawn.cells
    by_language = 1.0 * (cells.language == np.arange(drawn.world.languages)[:, None])
    us = drawn.us_minus_native - drawn.of_each("us_minus_native"), drawn.V_us, drawn.usable_us
    yield _mean_count("US bias of cells", np.eye(n), *us, drawn.topics)
    yield _mean_count("US bias by language", by_language, *us, drawn.topics)
    yield _mean_count("US bias over all", np.ones((1, n)), *us, drawn.topics)
    aligned = drawn.alignment - drawn.of_each("alignment"), drawn.V, drawn.usable
    yield _mean_count("alignment of cells", np.eye(n), *aligned, drawn.topics)
    yield _consistency_count(drawn)


def _level_count(slopes: SlopeInference, drawn: Studies) -> Count:
    levels = slopes.of("language[")
    return _count("language levels", "covers", levels.covers(drawn.of_each("language_level")), 95)


def _mean_count(
    figure: str,
    cells: FloatArray,
    errors: FloatArray,
    V: FloatArray,
    usable: BoolArray,
    topics: int,
) -> Count:
    """Return the count of t intervals over topics of means of cells, as far as these are usable.

    `cells` (means, n) is 1 for the cells of each mean, `errors` (B, n) are estimates less the truth
    and `V` their covariances. A mean without any usable cell has no interval.
    """
    number = np.einsum("wn,bn->bw", cells, usable)
    weights = cells * usable[:, None] / np.maximum(number, 1)[..., None]
    off = np.einsum("bwn,bn->bw", weights, np.nan_to_num(errors))
    variance = (weights @ np.nan_to_num(V) * weights).sum(axis=-1)
    covers = np.abs(off) <= t_half_width(np.sqrt(variance), topics)
    return _count(figure, "covers", covers[number > 0], COVERS)


def _consistency_count(drawn: Studies) -> Count:
    """Return the count of the intervals of self-consistency, of those that are shown."""
    values = np.arange(STATEMENTS + 1) / STATEMENTS
    covered = []
    for study in drawn.drawn:
        for counts, truth in zip(study.counts, study.consistency, strict=True):
            asked = np.flatnonzero(counts.sum(axis=1))
            low, high = self_consistency_interval(Cell(asked, values, counts[asked]))
            if np.isfinite(low):
                covered.append(low <= truth <= high)
    return _count("self-consistency of cells", "covers", np.array(covered, np.bool_), COVERS)


def _count(figure: str, what: str, hits: BoolArray, nominal: float | None) -> Count:
    return Count(figure, what, int(hits.sum()), int(hits.size), nominal)
