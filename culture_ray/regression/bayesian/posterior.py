"""Posterior of a mixed model, drawn by bambi with PyMC's sampler (NUTS)."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from culture_ray.measures.result import FloatArray
from culture_ray.regression.bayesian.centred import centred
from culture_ray.regression.bayesian.model import bambi_model, coefficient
from culture_ray.regression.designs import DesignMatrices

CHAINS = 4

_ACCEPTED = 0.99
"""Target acceptance of steps: short ones, as few levels leave variances near 0, where the posterior
narrows and longer steps diverge."""

_INIT = "jitter+adapt_full"
"""Start of the chains, which then adapt to the correlations between parameters."""


@dataclass(frozen=True, eq=False)
class Posterior:
    """Draws of p coefficients from all chains, with the agreement of the chains."""

    coefficients: FloatArray
    """(chains x draws, p)."""

    rhat: FloatArray
    """Potential scale reduction of each coefficient, 1 if the chains agree; (p,)."""

    ess: FloatArray
    """Effective sample size of each coefficient, of its middle or its tails if smaller; (p,)."""

    worst_rhat: float
    """Largest over all parameters, standard deviations among them; NaN if unknown."""

    fewest_ess: float
    """Smallest over all parameters."""

    divergences: int
    """Transitions of the sampler that left the posterior, after tuning."""


def draw_posterior(
    matrices: DesignMatrices, shared: FloatArray | None, draws: int, seed: int
) -> Posterior:
    """Return the posterior of y = Xb + sum_k Z_k u_k + F z + e, with the priors of `priors_of`.

    Args:
        matrices: n responses, their columns and factors.
        shared: F, n x l, z ~ N(0, I): errors of known covariance F F'; None if there are none.
        draws: draws of each of the CHAINS chains, after as many to tune them.
        seed: seed of the chains.

    Raises:
        MissingExtra: bambi, or a package that it needs, cannot be imported.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        columns = centred(matrices.X)
        model = bambi_model(matrices, columns, shared)
        # One process: drivers hold threads and connections that a fork would copy.
        found = model.fit(
            draws=draws, tune=draws, chains=CHAINS, cores=1, random_seed=seed, progressbar=False,
            compute_convergence_checks=False, target_accept=_ACCEPTED, init=_INIT,
        )  # fmt: skip
        names = [coefficient(j) for j in range(len(matrices.terms))]
        drawn = np.stack([found.posterior[name].to_numpy() for name in names], axis=-1)
        return _posterior(found, columns.original(drawn.astype(np.float64)))


def _posterior(found: Any, coefficients: FloatArray) -> Posterior:
    """Return the posterior from draws as bambi returns them; coefficients are (chain, draw, p)."""
    import arviz

    every = found.posterior.assign(original=(("chain", "draw", "original_term"), coefficients))
    rhat = arviz.rhat(every)
    ess = [arviz.ess(every, method=method) for method in ("bulk", "tail")]
    return Posterior(
        coefficients.reshape(-1, coefficients.shape[-1]),
        rhat["original"].to_numpy(),
        np.minimum(*(of["original"].to_numpy() for of in ess)),
        _worst(rhat, np.max),
        min(_worst(of, np.min) for of in ess),
        int(found.sample_stats["diverging"].sum()),
    )


def _worst(figures: Any, of: Callable[[FloatArray], Any]) -> float:
    """Return the largest or smallest figure of all parameters, NaN if one is unknown."""
    return float(of(np.concatenate([np.ravel(figures[name]) for name in figures.data_vars])))
