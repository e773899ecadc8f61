"""Bayesian check of a regression: another method on the same rows, with the same design.

The model is that of the regression, with priors instead of REML (`priors.py`):

    y = Xb + sum_k Z_k u_k + F z + e,  z ~ N(0, I),

where F F' is the known covariance of the rows' topic errors that models share. Topic errors that
models have in common beyond it (`topic_error.py`) are known for each coefficient as a variance d
with df degrees of freedom, not as a covariance of rows. A draw of sqrt(d) t_df is therefore added
to every draw of the coefficient: the response tells nothing about these errors (a cut posterior).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from culture_ray.errors import BadTable
from culture_ray.measures.result import FloatArray
from culture_ray.regression.bayesian.posterior import Posterior, draw_posterior
from culture_ray.regression.designs import DesignMatrices, RegressionDesign
from culture_ray.regression.estimable import estimable_design
from culture_ray.regression.fitted_terms import FEWEST_DF
from culture_ray.regression.results import Regression
from culture_ray.regression.sampling import Draws, root_of_draws, shared_between_models
from culture_ray.regression.topic_error import TopicErrors
from culture_ray.regression.valid import Options, regress

LARGEST_RHAT = 1.01
FEWEST_ESS = 400
"""Limits of convergence after Vehtari, Gelman, Simpson, Carpenter and Bürkner (2021)."""


@dataclass(frozen=True)
class BayesianTerm:
    """Posterior of one coefficient; figures are NaN where they are withheld."""

    term: str
    """For example `capability_within:family[gemma]`."""

    mean: float = np.nan
    std_dev: float = np.nan
    ci_low: float = np.nan
    """Lower end of the 95 % interval: 2.5 % of the posterior lie below it."""

    ci_high: float = np.nan
    p_above_zero: float = np.nan
    """Share of the posterior above 0."""

    rhat: float = np.nan
    ess: float = np.nan
    reason: str = ""
    """Reason why figures are withheld; empty where they are given."""


@dataclass(frozen=True)
class BayesianCheck:
    """Posteriors of the coefficients of a regression."""

    terms: tuple[BayesianTerm, ...]
    rows: int
    divergences: int


def bayesian_check(
    rows: pd.DataFrame,
    design: RegressionDesign,
    draws: Draws | None = None,
    *,
    topics: float = np.inf,
    chain_draws: int = 1000,
    seed: int = 0,
) -> BayesianCheck:
    """Return the posteriors of the coefficients that `regress` gives for the same arguments.

    Args:
        rows: model, language and the columns that the design names, in any order.
        design: fixed terms and random intercepts.
        draws: rounds x n responses in joint topic draws; None if the errors are not known.
        topics: number of topics behind the draws.
        chain_draws: draws of each chain, after as many to tune it.
        seed: seed of the chains.

    Raises:
        BadTable: the regression has no figures to check, or as `regress`.
        MissingExtra: bambi is not installed.
    """
    alone = Options(permutations=0, without_models=0)
    fitted = regress(rows, design, options=alone, draws=draws, topics=topics)
    if not fitted.terms or fitted.weights is None:
        raise BadTable(" ".join(fitted.notes))
    _, matrices, _ = estimable_design(design, rows)
    errors = _topic_errors(matrices, draws, len(rows), topics)
    shared = None if errors is None else errors.shared
    posterior = draw_posterior(matrices, shared, chain_draws, seed)
    coefficients = posterior.coefficients
    if errors is not None:
        added = errors.between_models(fitted.weights[:, matrices.kept])
        random = np.random.default_rng(seed)
        coefficients = coefficients + np.sqrt(added) * _t_draws(
            random, errors.df, coefficients.shape
        )
    return BayesianCheck(
        tuple(bayesian_terms(fitted, posterior, coefficients)),
        len(matrices.y),
        posterior.divergences,
    )


def bayesian_terms(
    fitted: Regression, posterior: Posterior, coefficients: FloatArray
) -> Iterator[BayesianTerm]:
    """Yield the posterior of each term of a regression, those that are not estimable last.

    `coefficients` (draws, p) are those of the posterior with all errors that are known. Figures are
    withheld from all terms if the chains have not converged.
    """
    fault = convergence_fault(posterior)
    ends = np.quantile(coefficients, [0.025, 0.975], axis=0)
    for j, term in enumerate(fitted.terms):
        rhat, ess = float(posterior.rhat[j]), float(posterior.ess[j])
        reason = fault
        if not reason and np.isnan(term.std_error):
            reason = f"fewer than {FEWEST_DF} degrees of freedom: the priors would decide"
        if reason:
            yield BayesianTerm(term.term, rhat=rhat, ess=ess, reason=reason)
            continue
        drawn = coefficients[:, j]
        yield BayesianTerm(
            term.term,
            mean=float(drawn.mean()),
            std_dev=float(drawn.std(ddof=1)),
            ci_low=float(ends[0, j]),
            ci_high=float(ends[1, j]),
            p_above_zero=float((drawn > 0).mean()),
            rhat=rhat,
            ess=ess,
        )
    for one in fitted.aliased:
        yield BayesianTerm(one.term, reason=one.reason)


def convergence_fault(posterior: Posterior) -> str:
    """Return the reason why the chains cannot be relied on; empty if they can."""
    if not np.isfinite([posterior.worst_rhat, posterior.fewest_ess]).all():
        fault = "there are too few draws to tell whether the chains agree"
    elif posterior.worst_rhat > LARGEST_RHAT:
        fault = f"the chains do not agree (R-hat {posterior.worst_rhat:.3f} > {LARGEST_RHAT})"
    elif posterior.fewest_ess < FEWEST_ESS:
        fault = f"the draws are worth {posterior.fewest_ess:.0f} independent ones < {FEWEST_ESS}"
    elif posterior.divergences:
        fault = f"the sampler left the posterior in {posterior.divergences} draws (divergences)"
    else:
        return ""
    return f"{fault}; more draws may help (inference.bayesian_draws)"


def _topic_errors(
    matrices: DesignMatrices, draws: Draws | None, n: int, topics: float
) -> TopicErrors | None:
    """Return the topic errors of the rows fitted; None if they are not known."""
    if draws is None:
        return None
    root = root_of_draws(draws, n)[:, matrices.kept]
    shared = shared_between_models(root, matrices.rows)
    return TopicErrors(root, shared, matrices.rows["model"].to_numpy(str), topics - 1)


def _t_draws(random: np.random.Generator, df: float, shape: tuple[int, ...]) -> FloatArray:
    return random.standard_t(df, shape) if np.isfinite(df) else random.standard_normal(shape)
