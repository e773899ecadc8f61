"""inference=valid: one row per model and language, REML, small-sample inference."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from culture_ray.errors import BadTable, UserError
from culture_ray.regression import fit_quality
from culture_ray.regression.arrays import Real
from culture_ray.regression.designs import Design, Matrices, matrices, per_unit
from culture_ray.regression.inference import Inference, Method, infer
from culture_ray.regression.permutation import Permuted, permute
from culture_ray.regression.reml import Fit, fit
from culture_ray.regression.results import Diagnostics, Regression, Term, WithoutModel
from culture_ray.regression.sampling import Sampling, checked, shared_between_models


@dataclass(frozen=True)
class Options:
    """How the default inference is made; the defaults are what the calibration passes."""

    method: Method = "kenward_roger"

    sampling: Sampling = "shared"
    """What of V enters the fit: what models share, or all of it (as in metafor's `rma.mv`)."""

    bounded: bool = False
    """Whether variances of random intercepts are held at zero or above, as in lme4."""

    residual: bool = True
    """Whether a residual variance is estimated beside V."""

    permutations: int = 1999
    """Arrangements at most in a permutation test; 0 for none."""

    without_models: bool = True
    """Whether to fit again without each model."""

    seed: int = 0


def regress(
    rows: pd.DataFrame, design: Design, V: Real | None = None, options: Options | None = None
) -> Regression:
    """Return the regression of one row per model and language.

    Args:
        rows: model, language and the columns that the design names, in any order of rows.
        design: fixed terms and random intercepts.
        V: n x n sampling covariance of the responses over joint topic draws, in the order of
            `rows`; None for none.
        options: how inference is made.

    Raises:
        BadTable: columns, families or capabilities are missing, V does not fit the rows, or the
            random factors cannot be told from each other.
        WrongValue: the design's formula cannot be read.
    """
    chosen = options or Options()
    made = matrices(design, rows)
    V = None if V is None else checked(V, len(rows))[np.ix_(made.kept, made.kept)]
    known = V
    if V is not None and chosen.sampling == "shared":
        known = shared_between_models(V, made.rows)
    fitted, result = _answer(design, made, known, chosen)
    if not result.terms:
        return result
    tests = _permutation_tests(design, made, known, chosen)
    marginal, conditional = fit_quality.r_squared(made, fitted)
    return replace(
        result,
        terms=_with_permutation(result.terms, tests),
        notes=(*result.notes, *_about(tests)),
        diagnostics=Diagnostics(
            rows=len(made.y),
            r2_marginal=marginal,
            r2_conditional=conditional,
            variances=fit_quality.variances(made, fitted, V),
            cells=fit_quality.cells(made, fitted),
            without=_without_models(rows, design, V, made, chosen),
        ),
    )


def _answer(
    design: Design, made: Matrices, known: Real | None, options: Options
) -> tuple[Fit, Regression]:
    """Return the fit, and its terms and notes without diagnostics."""
    _tell_apart(design, made, options.residual)
    # V says how far a variance may go below zero only when it is trusted in full
    bounded = options.bounded or options.sampling == "known"
    fitted = fit(made.y, made.X, made.kernels(), known, residual=options.residual, bounded=bounded)
    terms = _terms(made, fitted, infer(fitted, options.method)) if fitted.converged else ()
    notes = (*made.notes, *_notes(made, fitted))
    return fitted, Regression(
        design.name, design.formula, "valid", terms, made.aliased, None, notes
    )


def _fit(made: Matrices, X: Real, known: Real | None, options: Options) -> Fit:
    # with all of V in the fit nothing says how far below zero a variance may go
    bounded = options.bounded or options.sampling == "known"
    return fit(made.y, X, made.kernels(), known, residual=options.residual, bounded=bounded)


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
    for name, zero, s in zip(made.groups, fitted.at_zero, fitted.variances, strict=False):
        if zero:
            notes.append(
                f"singular fit: the variance between levels of {name} is estimated at zero, which "
                "with few levels does not mean that they are alike"
            )
        elif s < 0:
            notes.append(
                f"the variance between levels of {name} is estimated below zero ({s:.2g}): they "
                "differ less than the residuals alone would make them; it is kept there because "
                "a cut at zero would make the tests too cautious"
            )
    if len(fitted.at_zero) > len(made.groups) and fitted.at_zero[-1]:
        notes.append(
            "the residual variance is estimated at zero: sampling error explains what is left"
        )
    return tuple(notes)


def _permutation_tests(
    design: Design, made: Matrices, known: Real | None, options: Options
) -> tuple[Permuted, ...]:
    if not options.permutations or "capability_within" not in made.rows.columns:
        return ()

    def sizes_of_t(X: Real) -> Real:
        fits = _fit(made, X, known, options)
        return np.abs(fits.estimates) / infer(fits, options.method).std_error

    each = per_unit(design, made, "capability_within")
    return permute(made, each, sizes_of_t, most=options.permutations, seed=options.seed)


def _with_permutation(terms: tuple[Term, ...], tests: tuple[Permuted, ...]) -> tuple[Term, ...]:
    found = {t.term: t.p_value for t in tests}
    return tuple(replace(t, p_permutation=found.get(t.term)) for t in terms)


def _about(tests: tuple[Permuted, ...]) -> tuple[str, ...]:
    """Return how low a permutation p value could get where that is not low."""
    return tuple(
        f"p_permutation of {t.term} cannot be below {1 / t.trades:.2g}: "
        f"its models can be arranged in {t.trades} ways"
        for t in tests
        if t.exhaustive and t.trades < 100
    )


def _without_models(
    rows: pd.DataFrame, design: Design, V: Real | None, made: Matrices, options: Options
) -> tuple[WithoutModel, ...]:
    """Return the terms after leaving out each model, capability centred anew."""
    if not options.without_models:
        return ()
    out = []
    fitted_rows = rows.iloc[made.kept].reset_index(drop=True)
    for model in sorted(set(fitted_rows["model"])):
        keep = np.flatnonzero(fitted_rows["model"] != model)
        part = None if V is None else V[np.ix_(keep, keep)]
        alone = replace(options, permutations=0, without_models=False)
        try:
            result = regress(fitted_rows.iloc[keep], design, part, alone)
            out.append(WithoutModel(str(model), result.terms, result.notes))
        except UserError as error:
            out.append(WithoutModel(str(model), (), (str(error),)))
    return tuple(out)
