"""A robustness check: one figure with its interval, or the sentence that says why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import special

from culture_ray.measures.resampling.spread import percentile_intervals, standard_errors
from culture_ray.measures.result import FloatArray

NO_INTERVAL = "No interval: it takes two topics, and a figure that none of them decides alone."


@dataclass(frozen=True)
class Check:
    """One figure of one check: a head that one of the methods fills in."""

    check: str
    what: str
    """Which figure, in words."""
    unit: str
    model: str | None = None
    """None: all models."""
    language: str | None = None
    """None: all languages together."""
    estimate: float | None = None
    std_error: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    reason: str = ""
    """Why the estimate, or its interval, is missing; a sentence."""

    def because(self, reason: str) -> Check:
        """Return the check that could not be made, with the reason."""
        return replace(self, reason=reason)

    def plain(self, estimate: float, no_interval: str) -> Check:
        """Return the check with an estimate for which an interval would say nothing, and why."""
        return replace(self, estimate=estimate, reason=no_interval)

    def estimated(
        self,
        rounds: FloatArray,
        topics: int,
        undefined: str,
        within: tuple[float, float] = (-np.inf, np.inf),
    ) -> Check:
        """Return the check with a t interval from a topic bootstrap.

        `rounds` is (1 + B,): the estimate, then the same in each round, NaN where undefined.
        `topics` is the number of topics it rests on, which gives the degrees of freedom;
        `undefined` the reason if the estimate is NaN; `within` the range that the figure has.
        """
        if np.isnan(rounds[0]):
            return self.because(undefined)
        estimate, error = float(rounds[0]), float(standard_errors(rounds[1:, None], [topics])[0])
        if not np.isfinite(error):
            return self.plain(estimate, NO_INTERVAL)
        reach = _t(topics) * error
        low, high = max(within[0], estimate - reach), min(within[1], estimate + reach)
        return replace(self, estimate=estimate, std_error=error, ci_low=low, ci_high=high)

    def root_of(self, squares: FloatArray, topics: int, undefined: str) -> Check:
        """Return the check of a root, from its square, as `estimated`.

        `squares` (1 + B,) are variances freed of chance, which may be below 0 and then have a root
        of 0. They are skewed, so the interval is that of their percentiles, stretched about the
        estimate as a t interval is for few topics.
        """
        found = self.estimated(_root(squares), topics, undefined)
        if found.std_error is None:
            return found
        ends = percentile_intervals(squares[1:, None])[:, 0]
        stretch = _t(topics) / _t(np.inf) * np.sqrt(topics / (topics - 1))
        low, high = _root(squares[0] + stretch * (ends - squares[0]))
        estimate = float(_root(squares[0]))
        return replace(found, ci_low=min(float(low), estimate), ci_high=max(float(high), estimate))


def gathered(checks: Sequence[Check]) -> list[Check]:
    """Return the checks, those of one figure as a single row where none could be made and all say
    the same reason."""
    by_figure: dict[tuple[str, str], list[Check]] = {}
    for one in checks:
        by_figure.setdefault((one.check, one.what), []).append(one)
    found = []
    for rows in by_figure.values():
        same = {(row.estimate, row.reason) for row in rows}
        alike = len(rows) > 1 and len(same) == 1 and rows[0].estimate is None
        found += [replace(rows[0], model=None, language=None)] if alike else rows
    return found


def _t(topics: float) -> float:
    return float(special.stdtrit(topics - 1, 0.975))


def _root(square: npt.ArrayLike) -> FloatArray:
    return np.asarray(np.sqrt(np.maximum(np.asarray(square, dtype=np.float64), 0.0)))
