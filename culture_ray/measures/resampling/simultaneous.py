"""Intervals of several figures that hold at once, and p values adjusted for their number."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from culture_ray.measures.result import FloatArray, require

_DRAWS, _AT_ONCE = 8000, 1000


def simultaneous_level(scores: FloatArray, level: float = 0.95) -> float:
    """Return the level of single intervals at which all of C intervals hold together at `level`.

    `scores` (B, C) are those of `spread.error_scores`, whose products are the covariance V of the
    figures. The largest |error / standard error| of errors drawn from N(0, V) is below some c in a
    share `level` of draws (max-t; Hothorn, Bretz & Westfall 2008); the result is the level of a
    normal interval of c standard errors, for use with any t. It is between `level` (figures that
    move together) and 1 - (1 - level)/C (Bonferroni). Figures without an error are left out.
    """
    require(scores.ndim == 2, f"scores of shape {scores.shape}, not (rounds, figures)")
    size = np.sqrt(np.einsum("bc,bc->c", scores, scores))
    known = size > 0
    if not known.any():
        return level
    root = np.linalg.qr(scores[:, known] / size[known], mode="r")
    # A fixed seed: the same scores give the same level.
    generator = np.random.default_rng(0)
    largest = np.concatenate(
        [
            np.abs(generator.normal(size=(_AT_ONCE, len(root))) @ root).max(axis=1)
            for _ in range(_DRAWS // _AT_ONCE)
        ]
    )
    together = 2 * special.ndtr(np.quantile(largest, level)) - 1
    return float(np.clip(together, level, 1 - (1 - level) / known.sum()))


def holm(p_values: npt.ArrayLike) -> FloatArray:
    """Return p values adjusted by Holm (1979) for their number; NaN stays NaN and does not count.

    Rejecting those below 5 % makes one false rejection or more in at most 5 % of studies.
    """
    p = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    factors = np.arange(order.size, 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * factors), 1.0)
    return adjusted
