"""Valid inference (the default): one row per model and language, REML, small-sample tests."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from culture_ray.errors import BadTable, UserError, WrongValue
from culture_ray.measures.result import FloatArray
from culture_ray.regression import fit_quality
from culture_ray.regression.designs import DesignMatrices, RegressionDesign, per_unit
from culture_ray.regression.estimable import estimable_design, identifiable
from culture_ray.regression.fitted_terms import fit_notes, terms_of
from culture_ray.regression.inference import AddedVariance, Method, infer
from culture_ray.regression.permutation import PermutationTest, permutation_tests
from culture_ray.regression.reml.compress import Compressed, compress, uncompressed
from culture_ray.regression.reml.fit import Fit, fit
from culture_ray.regression.results import Diagnostics, Regression, Term, WithoutModel
from culture_ray.regression.sampling import (
    Draws,
    Sampling,
    SamplingError,
    root_of_covariance,
    root_of_draws,
    shared_between_models,
)
from culture_ray.regression.topic_error import TopicErrors


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
    topic_errors = _topic_errors(matrices, errors, options)
    data = _data(matrices, matrices.X, topic_errors, options)
    if not identifiable(data, residual=options.residual):
        raise BadTable(_inseparable(design, matrices, data, options))
    if _fits_exactly(data):
        return _without_figures(
            design, matrices, "the terms fit the response exactly, which leaves no residual error"
        )
    fitted = _fit(data, options)
    if not fitted.converged:
        return _without_figures(design, matrices, "no optimum of the likelihood was found")
    weights = fitted.covariance @ data.X.T @ fitted.precision @ data.basis.T
    inference = infer(fitted, options.method, _added(weights, topic_errors))
    tests = _permutation_tests(design, matrices, topic_errors, options)
    without, skipped = _without_models(rows, design, errors, matrices, options)
    marginal, conditional = fit_quality.r_squared(matrices, fitted)
    return Regression(
        design=design.name,
        formula=design.formula,
        mode="valid",
        terms=_with_permutation(terms_of(matrices, fitted, inference), tests),
        aliased=matrices.aliased,
        notes=(
            *matrices.notes,
            *changes,
            *_taken_for_exact(errors, options),
            *fit_notes(matrices, fitted, inference),
            *_smallest_p_values(tests),
            *skipped,
        ),
        diagnostics=Diagnostics(
            rows=len(matrices.y),
            r2_marginal=marginal,
            r2_conditional=conditional,
            variances=fit_quality.variances(
                matrices, fitted, None if topic_errors is None else topic_errors.root
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


def _fits_exactly(data: Compressed) -> bool:
    """Return True if the fixed terms explain the response up to rounding."""
    left = data.y - data.X @ np.linalg.lstsq(data.X, data.y, rcond=None)[0]
    total = data.y @ data.y + data.spare.squares
    return bool(left @ left + data.spare.squares <= 1e-20 * total)


def _topic_errors(
    matrices: DesignMatrices, errors: SamplingError | None, options: Options
) -> TopicErrors | None:
    """Return the topic errors of the rows fitted, with the part of V that enters the fit."""
    if errors is None:
        return None
    root = errors.root[:, matrices.kept]
    known = options.sampling == "known"
    shared = root.T if known else shared_between_models(root, matrices.rows)
    return TopicErrors(root, shared, matrices.rows["model"].to_numpy(str), errors.df)


def _data(
    matrices: DesignMatrices, X: FloatArray, errors: TopicErrors | None, options: Options
) -> Compressed:
    """Return the data to fit, compressed to the dimensions of the effects where V allows it."""
    shared = None if errors is None else errors.shared
    if shared is not None and options.sampling == "known":
        return uncompressed(matrices.y, X, matrices.levels(), shared @ shared.T)
    return compress(matrices.y, X, matrices.levels(), shared)


def _added(weights: FloatArray, errors: TopicErrors | None) -> AddedVariance | None:
    """Return the variance from topic errors that models have in common; None without V."""
    if errors is None:
        return None
    return AddedVariance(errors.between_models(weights), errors.df)


def _fit(data: Compressed, options: Options) -> Fit:
    # With all of V in the fit there is no bound on how far below zero a variance may go.
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


def _inseparable(
    design: RegressionDesign, matrices: DesignMatrices, data: Compressed, options: Options
) -> str:
    """Return the sentence on random factors whose variances are not identifiable."""
    last = ["the residual"] if options.residual and not data.spare.count else []
    return (
        f"the design '{design.name}' cannot tell {' and '.join([*matrices.groups, *last])} apart "
        "in these rows: give each model more than one language, or drop a random intercept"
    )


def _permutation_tests(
    design: RegressionDesign,
    matrices: DesignMatrices,
    errors: TopicErrors | None,
    options: Options,
) -> tuple[PermutationTest, ...]:
    if not options.permutations or "capability_within" not in matrices.rows.columns:
        return ()
    unit = per_unit(design, matrices, "capability_within")
    null = _data(matrices, matrices.X[:, np.abs(unit).sum(0) == 0], errors, options)
    null_fit = _fit(null, options)
    if not null_fit.converged:
        return ()
    return permutation_tests(
        matrices,
        unit,
        null,
        null_fit,
        errors,
        most=options.permutations,
        seed=options.seed,
    )


def _with_permutation(
    terms: tuple[Term, ...], tests: tuple[PermutationTest, ...]
) -> tuple[Term, ...]:
    p_values = {test.term: test.p_value for test in tests}
    return tuple(replace(t, p_permutation=p_values.get(t.term)) for t in terms)


def _smallest_p_values(tests: tuple[PermutationTest, ...]) -> tuple[str, ...]:
    """Return a sentence per test with so few arrangements that its p value cannot be small."""
    return tuple(
        f"p_permutation of {t.term} cannot be below {1 / t.arrangements:.2g}: "
        f"its models can be arranged in {t.arrangements} ways"
        for t in tests
        if t.exhaustive and t.arrangements < 100
    )


def _without_models(
    rows: pd.DataFrame,
    design: RegressionDesign,
    errors: SamplingError | None,
    matrices: DesignMatrices,
    options: Options,
) -> tuple[tuple[WithoutModel, ...], tuple[str, ...]]:
    """Return the regression without each model, capability recentred, and a note if skipped."""
    fitted_rows = rows.iloc[matrices.kept].reset_index(drop=True)
    models = sorted(set(fitted_rows["model"]))
    if len(models) > options.without_models:
        return (), (f"not refitted without each of the {len(models)} models",)
    refit = replace(options, permutations=0, without_models=0)
    results = []
    for model in models:
        keep = np.flatnonzero(fitted_rows["model"] != model)
        kept = None if errors is None else errors.of_rows(matrices.kept[keep])
        try:
            result = _regress(fitted_rows.iloc[keep], design, kept, refit)
            results.append(WithoutModel(str(model), result.terms, result.notes))
        except UserError as error:
            results.append(WithoutModel(str(model), (), (str(error),)))
    return tuple(results), ()
