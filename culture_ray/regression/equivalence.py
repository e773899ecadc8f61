"""Two one-sided t tests that an effect is smaller than the smallest effect of interest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from culture_ray.measures.result import FloatArray

LEVEL = 0.05
"""Level of each one-sided test; their interval has 1 - 2 LEVEL."""


@dataclass(frozen=True, eq=False)
class Equivalence:
    """Tests of n effects against a smallest effect of interest; (n,) each, NaN where undefined."""

    p_value: FloatArray
    """Larger of the two one-sided p values."""
    ci_low: FloatArray
    """Lower end of the 90 % interval, which is within the bounds if and only if p is below 5 %."""
    ci_high: FloatArray


def two_one_sided_tests(
    estimates: npt.ArrayLike, std_errors: npt.ArrayLike, df: npt.ArrayLike, smallest: float
) -> Equivalence:
    """Return the tests of the hypothesis that an effect is `smallest` or more in size.

    `estimates`, `std_errors` and `df` (n,) are those of the t test of the effect itself. Source:
    Schuirmann 1987, two one-sided tests. An effect without a standard error has no test.
    """
    estimate, error, freedom = (
        np.asarray(values, dtype=np.float64) for values in (estimates, std_errors, df)
    )
    usable = np.isfinite(estimate) & (error > 0) & (freedom > 0)
    error, freedom = np.where(usable, error, np.nan), np.where(usable, freedom, np.nan)
    # The probability of an estimate as small as this one if the effect were at the nearer bound.
    p_value = special.stdtr(freedom, (np.abs(estimate) - smallest) / error)
    reach = special.stdtrit(freedom, 1.0 - LEVEL) * error
    return Equivalence(np.asarray(p_value), estimate - reach, estimate + reach)
