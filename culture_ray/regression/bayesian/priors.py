"""Weakly informative priors of a mixed model, on the scale of its rows.

With s the standard deviation of the response over the rows:

- a coefficient is normal with mean 0 and the standard deviation 2.5 s / s_x, where s_x is that of
  its column (1 for a constant column), as in R's rstanarm and in bambi's own default;
- intercepts are those at the means of the covariates, and have the mean response as their mean, so
  that a response of .9 is not drawn towards 0;
- the standard deviation of random intercepts is half-normal with scale s, that of the residual is
  half-Student-t with 4 degrees of freedom and scale s. Neither can be negative.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.measures.result import FloatArray
from culture_ray.regression.bayesian.centred import CentredColumns

WIDTH = 2.5
"""Prior standard deviation of a coefficient, in effects of s per s_x."""

RESIDUAL_DF = 4
"""Degrees of freedom of the half-Student-t prior of the residual standard deviation."""


@dataclass(frozen=True, eq=False)
class Priors:
    """Priors of p coefficients, and of the standard deviations of a mixed model."""

    mean: FloatArray
    """p means of normal priors."""

    std_dev: FloatArray
    """p standard deviations of normal priors."""

    scale: float
    """Scale of the priors of standard deviations, in units of the response."""


def priors_of(y: FloatArray, columns: CentredColumns) -> Priors:
    """Return the priors for n responses, which have to differ, and their columns."""
    scale = float(y.std())
    spread = columns.X.std(axis=0)
    constant = spread <= 1e-12 * np.abs(columns.X).max(axis=0)
    return Priors(
        mean=columns.constant * y.mean(),
        std_dev=WIDTH * scale / np.where(constant, 1.0, spread),
        scale=scale,
    )
