"""inference=valid: one row per model and language, REML with known sampling covariance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from culture_ray.errors import BadTable
from culture_ray.regression.arrays import Positions, Real
from culture_ray.regression.designs import Design, Matrices, matrices
from culture_ray.regression.inference import Inference, Method, infer
from culture_ray.regression.reml import Fit, fit
from culture_ray.regression.results import Regression, Term


def regress(
    rows: pd.DataFrame,
    design: Design,
    V: Real | None = None,
    *,
    method: Method = "kenward_roger",
    residual: bool = True,
) -> Regression:
    """Return the regression of one row per model and language.

    Args:
        rows: the columns that the design names, in any order of rows.
        design: fixed terms and random intercepts.
        V: n x n sampling covariance of the responses, in the order of `rows`; None for none.
        method: how standard errors and degrees of freedom are had.
        residual: whether a residual variance is estimated beside V.

    Raises:
        BadTable: columns, families or capabilities are missing, V does not fit the rows, or the
            random factors cannot be told from each other.
        WrongValue: the design's formula cannot be read.
    """
    made = matrices(design, rows)
    known = _sampling_covariance(V, rows, made.kept)
    _tell_apart(design, made, residual)
    fitted = fit(made.y, made.X, made.kernels(), known, residual=residual)
    notes = (*made.notes, *_notes(made, fitted))
    terms = _terms(made, fitted, infer(fitted, method)) if fitted.converged else ()
    return Regression(
        design=design.name,
        formula=design.formula,
        mode="valid",
        terms=terms,
        aliased=made.aliased,
        diagnostics=None,
        notes=notes,
    )


def _sampling_covariance(V: Real | None, rows: pd.DataFrame, kept: Positions) -> Real | None:
    """Return V for the rows kept, checked."""
    if V is None:
        return None
    if V.shape != (len(rows), len(rows)):
        raise BadTable(f"V is {' x '.join(map(str, V.shape))} for {len(rows)} rows: give n x n")
    part = V[np.ix_(kept, kept)]
    if not np.isfinite(part).all() or not np.allclose(part, part.T):
        raise BadTable("V holds undefined values or is not symmetric: give a covariance matrix")
    smallest, size = np.linalg.eigvalsh(part)[0], np.abs(part).max()
    if smallest < -1e-8 * size:
        raise BadTable(f"V has the eigenvalue {smallest:.3g}: give a positive semidefinite matrix")
    return (part + part.T) / 2


def _tell_apart(design: Design, made: Matrices, residual: bool) -> None:
    """Refuse random factors that the fixed terms or each other explain away."""
    n = len(made.y)
    project = np.eye(n) - made.X @ np.linalg.pinv(made.X)
    kernels = [*made.kernels(), *([np.eye(n)] if residual else [])]
    names = [*made.groups, *(["the residual"] if residual else [])]
    flat = np.array([(project @ G @ project).ravel() for G in kernels])
    if len(flat) and np.linalg.matrix_rank(flat, tol=1e-9 * n) < len(flat):
        raise BadTable(
            f"the design '{design.name}' cannot tell {' and '.join(names)} apart in these rows: "
            "give every model more than one language, or drop a random intercept"
        )


def _terms(made: Matrices, fitted: Fit, known: Inference) -> tuple[Term, ...]:
    columns = (
        fitted.estimates,
        known.std_error,
        known.df,
        known.ci_low,
        known.ci_high,
        known.p_value,
    )
    return tuple(
        Term(name, *map(float, values)) for name, *values in zip(made.terms, *columns, strict=True)
    )


def _notes(made: Matrices, fitted: Fit) -> tuple[str, ...]:
    """Return what is unusual about a fit, a sentence each."""
    if not fitted.converged:
        return ("no optimum of the likelihood was found, so no figures are given",)
    notes = [f"left out {a.term}: {a.reason}" for a in made.aliased]
    for name, zero in zip(made.groups, fitted.at_zero, strict=False):
        if zero:
            notes.append(
                f"singular fit: the variance between levels of {name} is estimated at zero, which "
                f"with few levels does not mean that they are alike"
            )
    if len(fitted.at_zero) > len(made.groups) and fitted.at_zero[-1]:
        notes.append(
            "the residual variance is estimated at zero: sampling error explains what is left"
        )
    return tuple(notes)
