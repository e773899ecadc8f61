"""Slopes of capability corrected for its measurement error, beside the plain ones.

Capability that is measured on a sample of items contains an error u with a known covariance, which
draws slopes towards 0. With the covariance V of the rows and the design X = X* + U, the normal
equations A b = X'V^-1 y have in expectation A = X*'V^-1 X* + E[U'V^-1 U], so that

    b_corrected = (A - E[U'V^-1 U])^-1 A b

(Fuller 1987, Measurement Error Models, section 2.3). E[U'V^-1 U] is the mean over the joint item
draws of the benchmark, so that errors that the models of a family share, and one model's in several
languages, enter as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from culture_ray.measures.result import FloatArray
from culture_ray.regression.designs import DesignMatrices, RegressionDesign, per_unit
from culture_ray.regression.results import Term, Variance

LEAST_RELIABILITY = 0.2
"""Reliability below which a slope is not corrected: its factor would itself be mostly noise."""


@dataclass(frozen=True)
class CorrectedTerm:
    """Coefficient corrected for the error of capability."""

    term: str
    reliability: float
    """Share of the term's variance, given the other terms, that is not error of measurement."""
    estimate: float | None
    """None where the reliability is below LEAST_RELIABILITY."""
    std_error: float | None
    ci_low: float | None
    ci_high: float | None


def corrected_terms(
    design: RegressionDesign,
    matrices: DesignMatrices,
    terms: Sequence[Term],
    variances: Sequence[Variance],
    errors: FloatArray,
) -> tuple[CorrectedTerm, ...]:
    """Return the terms with capability in them, corrected for its error.

    `errors` is (k, n), a root of the covariance of the errors of capability in the rows fitted, V_u
    = errors' errors; `variances` those of the fit. Standard errors and intervals are those of the
    plain slope times the factor of correction; the uncertainty of the factor is not in them.
    """
    inverse = np.linalg.inv(_covariance(matrices, variances))
    within, between = _split_errors(errors, matrices.rows)
    columns = per_unit(design, matrices, "capability_within")
    others = per_unit(design, matrices, "capability_between")
    A = matrices.X.T @ inverse @ matrices.X
    C = np.zeros_like(A)
    for own, shared in zip(within, between, strict=True):
        U = columns * own[:, None] + others * shared[:, None]
        C += U.T @ inverse @ U
    carriers = np.flatnonzero(np.abs(columns).sum(axis=0) > 0)
    partial = 1 / np.diag(np.linalg.inv(A))
    reliability = 1 - np.diag(C) / partial
    plain = {term.term: term for term in terms}
    b = np.array([plain[name].estimate if name in plain else np.nan for name in matrices.terms])
    usable = bool((reliability[carriers] >= LEAST_RELIABILITY).all()) and not np.isnan(b).any()
    factor = np.linalg.solve(A - C, A) if usable else np.full_like(A, np.nan)
    corrected = factor @ b
    return tuple(
        _corrected(plain[name], float(reliability[j]), float(corrected[j]), float(factor[j, j]))
        for j, name in enumerate(matrices.terms)
        if j in carriers and name in plain
    )


def capability_reliability(errors: FloatArray, rows: pd.DataFrame) -> float:
    """Return the reliability of capability within family and language; NaN where it does not vary.

    1 minus the mean error variance of the deviations from the family's mean, over their mean
    square, both among cells with two models or more of a family. `errors` as in `corrected_terms`.
    """
    size = rows.groupby(["family", "language"])["capability"].transform("size").to_numpy()
    several = size > 1
    mean = rows.groupby(["family", "language"])["capability"].transform("mean")
    gaps = (rows["capability"] - mean).to_numpy(np.float64)[several]
    noise = (_split_errors(errors, rows)[0][:, several] ** 2).sum(axis=0)
    total = float((gaps**2).sum())
    return 1 - float(noise.sum()) / total if total > 0 else float("nan")


def _corrected(plain: Term, reliability: float, estimate: float, factor: float) -> CorrectedTerm:
    if np.isnan(estimate):
        return CorrectedTerm(plain.term, reliability, None, None, None, None)
    low, high = ((end - plain.estimate) * factor for end in (plain.ci_low, plain.ci_high))
    return CorrectedTerm(
        plain.term, reliability, estimate, plain.std_error * factor, estimate + low, estimate + high
    )


def _covariance(matrices: DesignMatrices, variances: Sequence[Variance]) -> FloatArray:
    """Return the covariance of the rows from the variance of each random factor and the rest."""
    by_source = {one.source: max(one.variance, 0.0) for one in variances}
    V = np.eye(len(matrices.y)) * by_source.get("residual", 0.0)
    for group, kernel in zip(matrices.groups, matrices.kernels(), strict=True):
        V += by_source.get(group, 0.0) * kernel
    # Without any variance all rows weigh the same.
    return V if np.trace(V) > 0 else np.eye(len(matrices.y))


def _split_errors(errors: FloatArray, rows: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
    """Return the errors of capability_within and of capability_between; (k, n) each."""
    code = rows.groupby(["family", "language"], sort=False).ngroup().to_numpy()
    member = np.eye(code.max(initial=-1) + 1)[code]
    means = (errors @ member / member.sum(axis=0)) @ member.T
    return errors - means, means
