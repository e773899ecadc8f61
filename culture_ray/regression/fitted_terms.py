"""Coefficients of a fitted mixed model, and remarks on the fit."""

from __future__ import annotations

import numpy as np

from culture_ray.measures.result import BoolArray
from culture_ray.regression.designs import DesignMatrices
from culture_ray.regression.inference import CoefficientInference
from culture_ray.regression.reml.fit import Fit
from culture_ray.regression.results import Term

FEWEST_DF = 2
"""Degrees of freedom below which a coefficient has no standard error, interval and p value."""


def terms_of(
    matrices: DesignMatrices, fitted: Fit, inference: CoefficientInference
) -> tuple[Term, ...]:
    """Return the coefficients of a fit; without inference where there are too few rows for it."""
    columns = (
        fitted.estimates,
        inference.std_error,
        inference.df,
        inference.ci_low,
        inference.ci_high,
        inference.p_value,
    )
    # The estimate stands by itself; the rest would be figures of one degree of freedom or none.
    known = supported(matrices, inference)
    return tuple(
        Term(name, float(estimate), *(float(v) if at else np.nan for v in values))
        for name, at, estimate, *values in zip(matrices.terms, known, *columns, strict=True)
    )


def fit_notes(
    matrices: DesignMatrices, fitted: Fit, inference: CoefficientInference
) -> tuple[str, ...]:
    """Return a sentence on each unusual property of the fit."""
    notes = [f"left out {a.term}: {a.reason}" for a in matrices.aliased]
    for name, zero, s in zip(matrices.groups, fitted.at_zero, fitted.variances, strict=False):
        if zero:
            notes.append(
                f"singular fit: the variance between levels of {name} is estimated at zero, which "
                "with few levels does not mean that the levels are equal"
            )
        elif s < 0:
            notes.append(
                f"the variance between levels of {name} is estimated below zero ({s:.2g}): the "
                "levels differ less than the residuals alone would make them; the estimate is kept "
                "because setting it to zero would make the tests conservative"
            )
    if len(fitted.at_zero) > len(matrices.groups) and fitted.at_zero[-1]:
        notes.append(
            "the residual variance is estimated at zero: sampling error explains the remainder"
        )
    return (*notes, *_withheld(matrices, inference))


def supported(matrices: DesignMatrices, inference: CoefficientInference) -> BoolArray:
    """Return True for the terms with enough degrees of freedom, estimated and by their number.

    Estimated degrees of freedom vary with the data, so that slopes of capability would be shown in
    just those studies in which chance makes their error small. A slope within families needs models
    left over after the families' intercepts and the slopes, one between families needs combinations
    of family and language. So do the intercepts beside such a slope, which are levels at a
    capability of 0: their error is mostly that of the slope.
    """
    left = np.full(len(matrices.terms), np.inf)
    if "capability_within" in matrices.rows.columns:
        models, families, languages = (
            matrices.rows[name].nunique() for name in ("model", "family", "language")
        )
        groups = len(matrices.rows[["family", "language"]].drop_duplicates())
        within = np.array(["capability_within" in term for term in matrices.terms])
        between = np.array(["capability_between" in term for term in matrices.terms])
        left[within] = models - families - within.sum()
        if between.any():
            slopes = ("capability", "consistency")
            levels = np.array([not any(x in term for x in slopes) for term in matrices.terms])
            left[between | levels] = groups - families - languages + 1 - between.sum()
    return np.asarray((inference.df >= FEWEST_DF) & (left >= FEWEST_DF))


def _withheld(matrices: DesignMatrices, inference: CoefficientInference) -> tuple[str, ...]:
    """Return a sentence on the terms without standard errors, if any."""
    shown = supported(matrices, inference)
    names = [t for t, known in zip(matrices.terms, shown, strict=True) if not known]
    if not names:
        return ()
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return (
        f"no interval and no p value for {', '.join(names[:4])}{more}: fewer than {FEWEST_DF} "
        f"degrees of freedom; add models or languages",
    )
