"""Published analysis (inference=paper), which uses bootstrap rounds as rows.

Bootstrap rounds are not independent observations, so the standard errors shrink with the number of
rounds; `valid.py` is the default. Source: Rystrøm, Kirk & Hale 2025, arXiv 2502.16534.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

from culture_ray.regression.designs import PAPER, RegressionDesign, design_matrices
from culture_ray.regression.results import Aliased, Diagnostics, Regression, Term, Variance

US_BIAS = RegressionDesign("us_bias", "alignment ~ us * model : language")

_OPTIMISERS = ("bfgs", "lbfgs", "cg", "powell", "nm")
_CAUTION = "bootstrap rounds are counted as observations: the standard errors are too small"


def multilingual(rounds: pd.DataFrame, design: RegressionDesign = PAPER) -> Regression:
    """Return the published multilingual regression.

    Args:
        rounds: one row per model, language and bootstrap round, with the columns of the design
            (model, family, language, alignment, consistency, capability).
        design: fixed terms and one random intercept.

    Raises:
        BadTable: columns, families or capabilities are missing.
    """
    matrices = design_matrices(design, rounds)
    labels = matrices.labels(matrices.groups[0]).to_numpy()
    # Imported here because statsmodels takes seconds to import and only this mode needs it.
    from statsmodels.regression.mixed_linear_model import MixedLM

    fit, failed = _mixed(MixedLM(matrices.y, matrices.X, groups=labels))
    notes = (_CAUTION, *matrices.notes, *_left_out(matrices.aliased), *failed)
    if fit is None:
        return Regression(design.name, design.formula, "paper", (), matrices.aliased, None, notes)
    p = len(matrices.terms)
    intercepts, residual = float(fit.cov_re[0, 0]), float(fit.scale)
    if intercepts < 1e-8 * residual:
        notes += (f"singular fit: the variance between levels of {matrices.groups[0]} is zero",)
    fixed = float(np.var(matrices.X @ fit.fe_params))
    total = fixed + intercepts + residual
    return Regression(
        design=design.name,
        formula=design.formula,
        mode="paper",
        terms=_terms(matrices.terms, fit, p),
        aliased=matrices.aliased,
        diagnostics=Diagnostics(
            rows=len(matrices.y),
            r2_marginal=fixed / total,
            r2_conditional=(fixed + intercepts) / total,
            variances=(Variance(matrices.groups[0], intercepts), Variance("residual", residual)),
            cells=(),
            without=(),
        ),
        notes=notes,
    )


def us_bias(
    rounds: pd.DataFrame, *, baseline: str, design: RegressionDesign = US_BIAS
) -> Regression:
    """Return the published regression on US bias.

    Args:
        rounds: one row per model, language, population and bootstrap round, with alignment and
            `us`: 1 where the population is the US, 0 where it speaks the language.
        baseline: the reference level, a model that answers at random.
        design: fixed terms; the coefficients `us:model[...]:language[...]` are the US bias in
            excess of the baseline's.

    Raises:
        BadTable: columns are missing, or the baseline has no rows.
    """
    matrices = design_matrices(design, rounds, reference={"model": baseline})
    from statsmodels.regression.linear_model import OLS

    fit = OLS(matrices.y, matrices.X).fit()
    residual = float(fit.scale)
    notes = (
        _CAUTION,
        f"measured against the noisy baseline {baseline}",
        *matrices.notes,
        *_left_out(matrices.aliased),
    )
    return Regression(
        design=design.name,
        formula=design.formula,
        mode="paper",
        terms=_terms(matrices.terms, fit, len(matrices.terms)),
        aliased=matrices.aliased,
        diagnostics=Diagnostics(
            rows=len(matrices.y),
            r2_marginal=float(fit.rsquared),
            r2_conditional=float(fit.rsquared),
            variances=(Variance("residual", residual),),
            cells=(),
            without=(),
        ),
        notes=notes,
    )


def _mixed(model: Any) -> tuple[Any, tuple[str, ...]]:
    """Return the first valid fit, None if there is none, and a note on the optimisers that failed.

    statsmodels can report `converged=True` at an infinite likelihood, so both are checked.
    """
    failures = []
    for method in _OPTIMISERS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                fit = model.fit(reml=True, method=method)
            except (np.linalg.LinAlgError, ValueError, ZeroDivisionError) as error:
                failures.append(f"{method} failed: {error}")
                continue
        finite = np.isfinite([fit.llf, *fit.fe_params, *fit.bse_fe]).all()
        if fit.converged and finite:
            return fit, (f"fitted by {method}; before it {'; '.join(failures)}",) * bool(failures)
        what = "did not converge" if finite else f"ended at a likelihood of {fit.llf}"
        failures.append(f"{method} {what}")
    return None, ("no optimum of the likelihood was found: " + "; ".join(failures),)


def _terms(names: tuple[str, ...], fit: Any, p: int) -> tuple[Term, ...]:
    """Return the coefficients with the intervals and p values of statsmodels."""
    interval = np.asarray(fit.conf_int())[:p]
    df = float(fit.df_resid) if fit.use_t else np.inf
    columns = (fit.params[:p], fit.bse[:p], np.full(p, df), *interval.T, fit.pvalues[:p])
    return tuple(
        Term(name, *map(float, values)) for name, *values in zip(names, *columns, strict=True)
    )


def _left_out(aliased: tuple[Aliased, ...]) -> tuple[str, ...]:
    return tuple(f"left out {a.term}: {a.reason}" for a in aliased)
