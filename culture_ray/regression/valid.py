"""Valid inference (the default): one row per model and language, REML, small-sample tests."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from culture_ray.errors import BadTable, WrongValue
from culture_ray.measures.result import FloatArray
from culture_ray.regression import fit_quality
from culture_ray.regression.capability_tests import (
    capability_tests,
    smallest_p_values,
    with_p_values,
)
from culture_ray.regression.designs import DesignMatrices, RegressionDesign
from culture_ray.regression.estimable import estimable_design, identifiable
from culture_ray.regression.fitted_terms import fit_notes, terms_of
from culture_ray.regression.inference import AddedVariance, Method, infer
from culture_ray.regression.reml.compress import Compressed
from culture_ray.regression.results import Diagnostics, Regression
from culture_ray.regression.row_fits import RowFits, fits_exactly, topic_errors_of
from culture_ray.regression.sampling import (
    Draws,
    Sampling,
    SamplingError,
    root_of_covariance,
    root_of_draws,
)
from culture_ray.regression.topic_error import TopicErrors
from culture_ray.regression.without_models import regressions_without_models


@dataclass(frozen=True)
class Options:
    """Options of the valid inference; the defaults are those that pass the calibration."""

    method: Method = "kenward_roger"

    sampling: Sampling = "shared"
    """Part of V that enters the fit: what models share, or all of V (as in metafor's `rma.mv`)."""

    bounded: bool = False
    """Constrain the variances of random intercepts to zero or above, as lme4 does."""

    residual: bool = True
    """Estimate a residual variance in addition to V."""

    permutations: int = 1999
    """Largest number of arrangements in a permutation test; 0 for no test."""

    without_models: int = 40
    """Largest number of models for which the regression is refitted without each of them."""

    seed: int = 0


def regress(
    rows: pd.DataFrame,
    design: RegressionDesign,
    V: FloatArray | None = None,
    options: Options | None = None,
    *,
    draws: Draws | None = None,
    topics: float = np.inf,
) -> Regression:
    """Return the regression of one row per model and language.

    Args:
        rows: model, language and the columns that the design names, in any order.
        design: fixed terms and random intercepts.
        V: n x n sampling covariance of the responses over joint topic draws, in the order of
            `rows`; None if it is not known.
        options: options of the inference.
        draws: rounds x n responses in joint topic draws, instead of V.
        topics: number of topics behind V or the draws; infinite for a V that is not an estimate.

    Raises:
        BadTable: columns, families or capabilities are missing, V does not fit the rows, or the
            random factors cannot be distinguished from each other.
        WrongValue: the formula of the design cannot be parsed.
    """
    errors = None
    if V is not None:
        errors = SamplingError(root_of_covariance(V, len(rows)), topics - 1)
    elif draws is not None:
        errors = SamplingError(root_of_draws(draws, len(rows)), topics - 1)
    return _regress(rows, design, errors, options or Options())


def _regress(
    rows: pd.DataFrame, design: RegressionDesign, errors: SamplingError | None, options: Options
) -> Regression:
    if not options.residual and (errors is None or options.sampling != "known"):
        raise WrongValue("residual", False, "True, or sampling='known' with a positive definite V")
    _require_unique_cells(rows)
    design, matrices, changes = estimable_design(design, rows)
    fits = RowFits(
        matrices,
        topic_errors_of(matrices, errors, options.sampling),
        options.sampling,
        options.residual,
        options.bounded,
    )
    data = fits.data(matrices.X)
    if not identifiable(data, residual=options.residual):
        raise BadTable(_inseparable(design, matrices, data, options))
    if fits_exactly(data):
        return _without_figures(
            design, matrices, "the terms fit the response exactly, which leaves no residual error"
        )
    fitted = fits.fit(data)
    if not fitted.converged:
        return _without_figures(design, matrices, "no optimum of the likelihood was found")
    weights = fitted.covariance @ data.X.T @ fitted.precision @ data.basis.T
    inference = infer(fitted, options.method, _added(weights, fits.errors))
    tests = capability_tests(design, fits, data, most=options.permutations, seed=options.seed)
    refit = replace(options, permutations=0, without_models=0)
    without, skipped = regressions_without_models(
        rows,
        matrices,
        errors,
        lambda part, its_errors: _regress(part, design, its_errors, refit),
        most=options.without_models,
    )
    marginal, conditional = fit_quality.r_squared(matrices, fitted)
    return Regression(
        design=design.name,
        formula=design.formula,
        mode="valid",
        terms=with_p_values(terms_of(matrices, fitted, inference), tests),
        aliased=matrices.aliased,
        notes=(
            *matrices.notes,
            *changes,
            *_taken_for_exact(errors, options),
            *fit_notes(matrices, fitted, inference),
            *smallest_p_values(tests),
            *skipped,
        ),
        diagnostics=Diagnostics(
            rows=len(matrices.y),
            r2_marginal=marginal,
            r2_conditional=conditional,
            variances=fit_quality.variances(
                matrices, fitted, None if fits.errors is None else fits.errors.root
            ),
            cells=fit_quality.cells(matrices, data, fitted),
            without=without,
        ),
        weights=_of_all_rows(weights, matrices, len(rows)),
    )


def _taken_for_exact(errors: SamplingError | None, options: Options) -> tuple[str, ...]:
    """Return a sentence if all of an estimated V enters the fit as if it were exact."""
    if options.sampling != "known" or errors is None or not np.isfinite(errors.df):
        return ()
    return (
        f"sampling='known' takes V for exact, but it is estimated from {errors.df + 1:.0f} topics: "
        f"its tests reject more than they should (9 to 16 % instead of 5 % in simulated studies of "
        f"models that resemble each other); sampling='shared' allows for it",
    )


def _of_all_rows(weights: FloatArray, matrices: DesignMatrices, rows: int) -> FloatArray:
    """Return the weights of all rows, 0 for those left out."""
    out = np.zeros((len(weights), rows))
    out[:, matrices.kept] = weights
    return out


def _without_figures(design: RegressionDesign, matrices: DesignMatrices, why: str) -> Regression:
    notes = (*matrices.notes, f"{why}, so no figures are given")
    return Regression(design.name, design.formula, "valid", (), matrices.aliased, None, notes)


def _require_unique_cells(rows: pd.DataFrame) -> None:
    """Raise BadTable if a model has more than one row in a language."""
    if not {"model", "language"} <= set(rows.columns):
        return  # design_matrices names the missing columns
    twice = rows[rows.duplicated(["model", "language"])]
    if len(twice):
        row = twice.iloc[0]
        raise BadTable(
            f"{row['model']} in {row['language']} has more than one row: give one per model and "
            "language (bootstrap rounds as rows are for inference=paper)"
        )


def _added(weights: FloatArray, errors: TopicErrors | None) -> AddedVariance | None:
    """Return the variance from topic errors that models have in common; None without V."""
    if errors is None:
        return None
    return AddedVariance(errors.between_models(weights), errors.df)


def _inseparable(
    design: RegressionDesign, matrices: DesignMatrices, data: Compressed, options: Options
) -> str:
    """Return the sentence on random factors whose variances are not identifiable."""
    last = ["the residual"] if options.residual and not data.spare.count else []
    return (
        f"the design '{design.name}' cannot tell {' and '.join([*matrices.groups, *last])} apart "
        "in these rows: give each model more than one language, or drop a random intercept"
    )
