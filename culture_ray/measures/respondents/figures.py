"""Figures over topics from rounds: less what sampling adds to them, with intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from culture_ray.measures.result import FloatArray

TOO_SMALL = 0.2
"""Part of what sampling adds to a distance of 0 by which a distance can come out too small: where
all topics are as far apart as sampling moves them."""


@dataclass(frozen=True)
class RespondentFigure:
    """A value with its errors and 95 % interval; NaN where undefined, then with a reason."""

    value: float
    std_error: float = np.nan
    low: float = np.nan
    high: float = np.nan
    topic_std_error: float = np.nan
    """Standard error over topics, by the jackknife."""
    reason: str = ""


def mean_figure(per_topic: FloatArray, df: int) -> RespondentFigure:
    """Return the mean over T topics of figures (B + 1, T), whose first row is the estimate.

    The bias of the estimate is taken to be that of the rounds, the mean over them less the
    estimate, and taken off (Efron & Tibshirani 1993, 10.3): sampling alone makes two distributions
    differ. `df` are the degrees of freedom of the t interval.
    """
    value, rounds = _unbiased(per_topic).mean(), per_topic[1:].mean(axis=1)
    error = float(np.nanstd(rounds, ddof=1))
    half = float(special.stdtrit(df, 0.975)) * error
    over = _jackknife(_unbiased(per_topic)[:, None], lambda means: means[:, 0])
    return RespondentFigure(float(value), error, float(value - half), float(value + half), over)


def distance_figure(per_topic: FloatArray, alike: float, df: int) -> RespondentFigure:
    """Return the mean over T topics of distances (B + 1, T), whose first row is the estimate.

    A distance is the size of a difference d. Sampling with the variance s2 makes it about
    sqrt(d2 + s2), and the rounds, which sample from the sample, make it sqrt(d2 + 2 s2). So what
    the rounds add is taken off the square. Taken off the distance itself, as `mean_figure` does,
    it would leave more than half of the bias where d is 0. The interval is that of the square, and
    allows for the bias that can be left. `alike` is what sampling would add if all d were 0, the
    most that it adds; `df` are the degrees of freedom of the t interval.
    """
    figure = _distance(per_topic, alike, df)
    return replace(figure, low=max(figure.low, 0.0))


def fall_figure(
    before: FloatArray, after: FloatArray, alike: tuple[float, float], df: int
) -> RespondentFigure:
    """Return the fall of the mean distance from `before` to `after`, each as `distance_figure`.

    The interval is put together of both of theirs (Zou & Donner 2008), as if their errors were
    independent, which makes it too wide where both are to the same people.
    """
    first, second = _distance(before, alike[0], df), _distance(after, alike[1], df)
    value = first.value - second.value
    over = _jackknife(
        np.hstack([_both(before), _both(after)]),
        lambda means: _root(means[:, :2]) - _root(means[:, 2:]),
    )
    return RespondentFigure(
        value,
        float(np.hypot(first.std_error, second.std_error)),
        value - float(np.hypot(first.value - first.low, second.high - second.value)),
        value + float(np.hypot(first.high - first.value, second.value - second.low)),
        over,
    )


def ratio_figure(above: FloatArray, below: FloatArray, df: int, undefined: str) -> RespondentFigure:
    """Return the ratio of the sums over topics of two figures (B + 1, T), as `mean_figure`.

    The interval is Fieller's (1954), which stays right when the sum below is uncertain; where that
    cannot be told from 0 the ratio is undefined for the reason `undefined`.
    """
    both = np.stack([_unbiased(above), _unbiased(below)], axis=1)
    num, den = both.sum(axis=0)
    rounds = np.stack([above[1:].sum(axis=1), below[1:].sum(axis=1)])
    (nn, nd), (_, dd) = np.cov(rounds)
    z2 = float(special.stdtrit(df, 0.975)) ** 2
    a, b, c = den**2 - z2 * dd, num * den - z2 * nd, num**2 - z2 * nn
    if den <= 0 or a <= 0 or b**2 < a * c:
        return RespondentFigure(np.nan, reason=undefined)
    value, half = num / den, np.sqrt(b**2 - a * c) / a
    error = float(np.sqrt(max(nn - 2 * value * nd + value**2 * dd, 0.0)) / den)
    over = _jackknife(both, lambda means: means[:, 0] / means[:, 1])
    return RespondentFigure(float(value), error, float(b / a - half), float(b / a + half), over)


def correlation_figure(rounds: FloatArray, df: int) -> RespondentFigure:
    """Return a correlation from its rounds (B + 1,), with an interval on Fisher's scale."""
    z = np.arctanh(np.clip(rounds, -0.999, 0.999))
    centre = float(np.clip(2 * z[0] - np.nanmean(z[1:]), -3.8, 3.8))
    half = float(special.stdtrit(df, 0.975)) * float(np.nanstd(z[1:], ddof=1))
    low, value, high = np.tanh([centre - half, centre, centre + half])
    return RespondentFigure(
        float(value), float(np.nanstd(rounds[1:], ddof=1)), float(low), float(high)
    )


def _distance(per_topic: FloatArray, alike: float, df: int) -> RespondentFigure:
    """Return a distance as `distance_figure`, with a low end that may lie below 0."""
    mean, both = float(per_topic[0].mean()), _both(per_topic)
    value = float(_root(both.mean(axis=0)))
    error = float(np.nanstd(per_topic[1:].mean(axis=1), ddof=1))
    half = float(special.stdtrit(df, 0.975)) * 2.0 * mean * error
    square = 2.0 * mean**2 - float(both[:, 1].mean()) ** 2
    low, high = (float(np.sqrt(max(end, 0.0))) for end in (square - half, square + half))
    taken = mean - value
    # The slope of the root has no bound near 0, but the error there has: that of the square's root.
    widened = error * mean / value if value > error else np.inf
    return RespondentFigure(
        value,
        min(widened, float(np.sqrt(mean * error))),
        low - max(alike - taken, 0.0),
        high + max(min(taken, TOO_SMALL * alike), 0.0),
        _jackknife(both, _root),
    )


def _both(per_topic: FloatArray) -> FloatArray:
    """Return the distances of T topics in the sample and their means over rounds (T, 2)."""
    return np.stack([per_topic[0], np.nanmean(per_topic[1:], axis=0)], axis=1)


def _root(both: FloatArray) -> FloatArray:
    """Return distances less what rounds add to their squares; (..., 2) of sample and rounds."""
    return np.asarray(np.sqrt(np.maximum(2 * both[..., 0] ** 2 - both[..., 1] ** 2, 0.0)))


def _unbiased(per_topic: FloatArray) -> FloatArray:
    """Return the estimates (T,) less their bias."""
    return np.asarray(2 * per_topic[0] - np.nanmean(per_topic[1:], axis=0))


def _jackknife(per_topic: FloatArray, figure: Callable[[FloatArray], FloatArray]) -> float:
    """Return the standard error of a function of the means (M, J) over topics of (T, J)."""
    topics = len(per_topic)
    if topics < 2:
        return np.nan
    without = figure((per_topic.sum(axis=0) - per_topic) / (topics - 1))
    return float(np.sqrt((topics - 1) / topics * ((without - without.mean()) ** 2).sum()))
