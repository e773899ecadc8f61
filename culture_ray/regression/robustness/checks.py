"""Result of a robustness check: a figure with its interval, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from culture_ray.measures.resampling.spread import (
    percentile_intervals,
    standard_errors,
    t_half_width,
)
from culture_ray.measures.result import FloatArray

NO_INTERVAL = "No interval: too few topics, or the figure is undefined in the draws of topics."


@dataclass(frozen=True)
class Check:
    """Figure of a robustness check; the methods return it with its estimate or reason filled in."""

    check: str
    what: str
    """Description of the figure."""
    unit: str
    model: str | None = None
    """Model; None for all models."""
    language: str | None = None
    """Language; None for all languages together."""
    estimate: float | None = None
    std_error: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    reason: str = ""
    """Reason why the estimate or its interval is missing, one sentence; empty if neither is."""

    def failed(self, reason: str) -> Check:
        """Return the check without an estimate, with the reason."""
        return replace(self, reason=reason)

    def without_interval(self, estimate: float, no_interval: str) -> Check:
        """Return the check with an estimate but no interval, with the reason."""
        return replace(self, estimate=estimate, reason=no_interval)

    def with_estimate(
        self,
        rounds: FloatArray,
        topics: int,
        undefined: str,
        within: tuple[float, float] = (-np.inf, np.inf),
    ) -> Check:
        """Return the check with a t interval from a topic bootstrap.

        `rounds` is (1 + B,): the estimate, then the figure in each round, NaN where undefined.
        `topics` is the number of topics that it is computed from (degrees of freedom + 1),
        `undefined` the reason to give if the estimate is NaN, `within` the range of the figure.
        """
        if np.isnan(rounds[0]):
            return self.failed(undefined)
        estimate, error = float(rounds[0]), float(standard_errors(rounds[1:, None], [topics])[0])
        if not np.isfinite(error):
            return self.without_interval(estimate, NO_INTERVAL)
        reach = float(t_half_width(error, topics))
        low, high = max(within[0], estimate - reach), min(within[1], estimate + reach)
        return replace(self, estimate=estimate, std_error=error, ci_low=low, ci_high=high)

    def with_root(self, squares: FloatArray, topics: int, undefined: str) -> Check:
        """Return the check of a standard deviation, from variances as in `with_estimate`.

        `squares` (1 + B,) are variances corrected for chance, which may be negative; the root is
        then 0. They are skewed, so the interval is their percentile interval, widened about the
        estimate by the ratio of t to normal quantiles for few topics.
        """
        found = self.with_estimate(_root(squares), topics, undefined)
        if found.std_error is None:
            return found
        ends = percentile_intervals(squares[1:, None])[:, 0]
        t_over_normal = t_half_width(1.0, topics) / t_half_width(1.0, np.inf)
        stretch = t_over_normal * np.sqrt(topics / (topics - 1))
        low, high = _root(squares[0] + stretch * (ends - squares[0]))
        estimate = float(_root(squares[0]))
        return replace(found, ci_low=min(float(low), estimate), ci_high=max(float(high), estimate))


def merge_equal_failures(checks: Sequence[Check]) -> list[Check]:
    """Return the checks, with those of a figure as one row if all lack it for the same reason."""
    by_figure: dict[tuple[str, str], list[Check]] = {}
    for check in checks:
        by_figure.setdefault((check.check, check.what), []).append(check)
    merged = []
    for rows in by_figure.values():
        distinct = {(row.estimate, row.reason) for row in rows}
        equal = len(rows) > 1 and len(distinct) == 1 and rows[0].estimate is None
        merged += [replace(rows[0], model=None, language=None)] if equal else rows
    return merged


def _root(square: npt.ArrayLike) -> FloatArray:
    return np.asarray(np.sqrt(np.maximum(np.asarray(square, dtype=np.float64), 0.0)))
