"""inference=valid: one row per model and language, REML, small-sample inference."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from culture_ray.errors import BadTable, UserError, WrongValue
from culture_ray.regression import fit_quality
from culture_ray.regression.arrays import Real
from culture_ray.regression.designs import Matrices, RegressionDesign, matrices, per_unit
from culture_ray.regression.inference import CoefficientInference, Method, infer
from culture_ray.regression.permutation import PermutationTest, permute
from culture_ray.regression.reml.compress import Compressed, compress, uncompressed
from culture_ray.regression.reml.fit import Fit, fit
from culture_ray.regression.results import Diagnostics, Regression, Term, WithoutModel
from culture_ray.regression.sampling import (
    Sampling,
    root_of_covariance,
    root_of_draws,
    shared_between_models,
)


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

    without_models: int = 40
    """Up to how many models to fit again without each."""

    seed: int = 0


def regress(
    rows: pd.DataFrame,
    design: RegressionDesign,
    V: Real | None = None,
    options: Options | None = None,
    *,
    draws: Real | None = None,
) -> Regression:
    """Return the regression of one row per model and language.

    Args:
        rows: model, language and the columns that the design names, in any order of rows.
        design: fixed terms and random intercepts.
        V: n x n sampling covariance of the responses over joint topic draws, in the order of
            `rows`; None for none.
        options: how inference is made.
        draws: rounds x n responses over joint topic draws, in place of V.

    Raises:
        BadTable: columns, families or capabilities are missing, V does not fit the rows, or the
            random factors cannot be told from each other.
        WrongValue: the design's formula cannot be read.
    """
    root = None
    if V is not None:
        root = root_of_covariance(V, len(rows))
    elif draws is not None:
        root = root_of_draws(draws, len(rows))
    return _regress(rows, design, root, options or Options())


def _regress(
    rows: pd.DataFrame, design: RegressionDesign, root: Real | None, options: Options
) -> Regression:
    if not options.residual and (root is None or options.sampling != "known"):
        raise WrongValue("residual", False, "True, or sampling='known' with a V that is definite")
    made = matrices(design, rows)
    _once_each(made)
    root = None if root is None else root[:, made.kept]
    data = _data(made, made.X, root, options)
    _tell_apart(design, made, data, options)
    if _exact(data):
        return _without_figures(
            design, made, "the terms give the response exactly, which leaves no error to judge by"
        )
    fitted = _fit(data, options)
    if not fitted.converged:
        return _without_figures(design, made, "no optimum of the likelihood was found")
    tests = _permutation_tests(design, made, root, options)
    without, unlooked = _without_models(rows, design, root, made, options)
    marginal, conditional = fit_quality.r_squared(made, fitted)
    return Regression(
        design=design.name,
        formula=design.formula,
        mode="valid",
        terms=_with_permutation(_terms(made, fitted, infer(fitted, options.method)), tests),
        aliased=made.aliased,
        notes=(*made.notes, *_notes(made, fitted), *_about(tests), *unlooked),
        diagnostics=Diagnostics(
            rows=len(made.y),
            r2_marginal=marginal,
            r2_conditional=conditional,
            variances=fit_quality.variances(made, fitted, root),
            cells=fit_quality.cells(made, data, fitted),
            without=without,
        ),
    )


def _without_figures(design: RegressionDesign, made: Matrices, why: str) -> Regression:
    notes = (*made.notes, f"{why}, so no figures are given")
    return Regression(design.name, design.formula, "valid", (), made.aliased, None, notes)


def _once_each(made: Matrices) -> None:
    """Refuse rows that are not one per model and language."""
    twice = made.rows[made.rows.duplicated(["model", "language"])]
    if len(twice):
        row = twice.iloc[0]
        raise BadTable(
            f"{row['model']} in {row['language']} has more than one row: give one per model and "
            "language (bootstrap rounds as rows are for inference=paper)"
        )


def _exact(data: Compressed) -> bool:
    """Return whether the fixed terms leave nothing but rounding."""
    left = data.y - data.X @ np.linalg.lstsq(data.X, data.y, rcond=None)[0]
    total = data.y @ data.y + data.spare.squares
    return bool(left @ left + data.spare.squares <= 1e-20 * total)


def _data(made: Matrices, X: Real, root: Real | None, options: Options) -> Compressed:
    """Return what is fitted, in as few dimensions as there are effects."""
    if root is not None and options.sampling == "known":
        return uncompressed(made.y, X, made.levels(), root.T @ root)
    shared = None if root is None else shared_between_models(root, made.rows)
    return compress(made.y, X, made.levels(), shared)


def _fit(data: Compressed, options: Options) -> Fit:
    # with all of V in the fit nothing says how far below zero a variance may go
    bounded = options.bounded or options.sampling == "known"
    return fit(
        data.y,
        data.X,
        data.kernels,
        data.V,
        spare=data.spare,
        residual=options.residual,
        bounded=bounded,
    )


def _tell_apart(
    design: RegressionDesign, made: Matrices, data: Compressed, options: Options
) -> None:
    """Refuse random factors that the fixed terms or each other explain away."""
    basis = np.linalg.qr(data.X)[0]
    project = np.eye(len(data.y)) - basis @ basis.T
    kernels, names = [*data.kernels], [*made.groups]
    if options.residual and not data.spare.count:
        kernels, names = [*kernels, np.eye(len(data.y))], [*names, "the residual"]
    flat = np.array([(project @ G @ project).ravel() for G in kernels])
    if len(flat) and np.linalg.matrix_rank(flat, tol=1e-9 * len(made.y)) < len(flat):
        raise BadTable(
            f"the design '{design.name}' cannot tell {' and '.join(names)} apart in these rows: "
            "give every model more than one language, or drop a random intercept"
        )


def _terms(made: Matrices, fitted: Fit, known: CoefficientInference) -> tuple[Term, ...]:
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
    design: RegressionDesign, made: Matrices, root: Real | None, options: Options
) -> tuple[PermutationTest, ...]:
    if not options.permutations or "capability_within" not in made.rows.columns:
        return ()
    each = per_unit(design, made, "capability_within")
    null = _data(made, made.X[:, np.abs(each).sum(0) == 0], root, options)
    fitted = _fit(null, options)
    if not fitted.converged:
        return ()
    return permute(made, each, null, fitted, most=options.permutations, seed=options.seed)


def _with_permutation(
    terms: tuple[Term, ...], tests: tuple[PermutationTest, ...]
) -> tuple[Term, ...]:
    found = {t.term: t.p_value for t in tests}
    return tuple(replace(t, p_permutation=found.get(t.term)) for t in terms)


def _about(tests: tuple[PermutationTest, ...]) -> tuple[str, ...]:
    """Return how low a permutation p value could get where that is not low."""
    return tuple(
        f"p_permutation of {t.term} cannot be below {1 / t.trades:.2g}: "
        f"its models can be arranged in {t.trades} ways"
        for t in tests
        if t.exhaustive and t.trades < 100
    )


def _without_models(
    rows: pd.DataFrame,
    design: RegressionDesign,
    root: Real | None,
    made: Matrices,
    options: Options,
) -> tuple[tuple[WithoutModel, ...], tuple[str, ...]]:
    """Return the terms after leaving out each model, capability centred anew."""
    fitted_rows = rows.iloc[made.kept].reset_index(drop=True)
    models = sorted(set(fitted_rows["model"]))
    if len(models) > options.without_models:
        return (), (f"not fitted again without each of the {len(models)} models",)
    alone = replace(options, permutations=0, without_models=0)
    out = []
    for model in models:
        keep = np.flatnonzero(fitted_rows["model"] != model)
        part = None if root is None else root[:, keep]
        try:
            result = _regress(fitted_rows.iloc[keep], design, part, alone)
            out.append(WithoutModel(str(model), result.terms, result.notes))
        except UserError as error:
            out.append(WithoutModel(str(model), (), (str(error),)))
    return tuple(out), ()
