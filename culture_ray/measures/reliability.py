"""How much of a figure is the judge's and the responses' noise, and what it would be without."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from culture_ray.measures.cells import Cell
from culture_ray.measures.result import Measured, Reason, measured, require

PUBLISHED_JUDGE_RELIABILITY = 0.955
"""What the paper divides self-consistency by. Prefer `judge_reliability` with a measured error."""


def judge_reliability(
    polarity: npt.ArrayLike, statements: npt.ArrayLike, error: npt.ArrayLike
) -> Measured:
    """Share of the variance of value polarity that is not the judge's noise: 1 - e(1-e)/(n Var y).

    `polarity` (m,) is the value polarity of each response (NaN left out), `statements` the
    opinions with a stance it rests on, (m,) or one number; `error` the probability that the judge
    takes one for its opposite, in 0..0.5; any shape, which the result has. With unequal n the
    noise is averaged over responses, which is n's harmonic mean in the formula. Errors are taken
    as independent and symmetric: see `leaning_judge_reliability` for a judge that leans one way.
    Source: DESIGN.md section 6.
    """
    value = np.asarray(polarity, dtype=np.float64)
    number = np.broadcast_to(np.asarray(statements, dtype=np.float64), value.shape)
    rate = np.asarray(error, dtype=np.float64)
    require(bool(np.all((rate >= 0) & (rate <= 0.5))), "a judge error outside 0..0.5, or missing")
    known = ~np.isnan(value)
    require(bool(np.all(number[known] > 0)), "a response with a polarity but no statements")
    if not known.any():
        return measured(np.zeros_like(rate), [(True, Reason.NO_RESPONSES)])
    spread = float(np.var(value[known]))
    noise = rate * (1.0 - rate) * float(np.mean(1.0 / number[known]))
    share = 1.0 - noise / (spread if spread > 0 else 1.0)
    return measured(
        share, [(spread == 0, Reason.CONSTANT_RESPONSES), (share <= 0, Reason.NOISE_EXCEEDS_SPREAD)]
    )


def leaning_judge_reliability(
    polarity: npt.ArrayLike, statements: npt.ArrayLike, pro_as_con: float, con_as_pro: float
) -> Measured:
    """The same for a judge that takes pro for con with probability a, con for pro with b; shape ().

    A response whose true polarity is p is read as y with E[y] = b + (1 - a - b) p and variance
    [p a(1-a) + (1-p) b(1-b)]/n; p is put in as (y - b)/(1 - a - b), which is right on average, so
    that a = b = e is 1 - e(1-e)/(n Var y). The lean itself shrinks and shifts y by the same line
    in every response, which no correlation feels. Assumes that errors are independent of each other
    and of the topic, and that none is between a side and neutral. Undefined where a + b is 1 or
    more: such a judge carries no information. Raises `InvalidMeasureInput` outside 0..1.
    """
    value = np.asarray(polarity, dtype=np.float64)
    number = np.broadcast_to(np.asarray(statements, dtype=np.float64), value.shape)
    require(0 <= pro_as_con <= 1 and 0 <= con_as_pro <= 1, "a judge error outside 0..1")
    known = ~np.isnan(value)
    require(bool(np.all(number[known] > 0)), "a response with a polarity but no statements")
    slope = 1.0 - pro_as_con - con_as_pro
    if not known.any():
        return measured(np.zeros(()), [(True, Reason.NO_RESPONSES)])
    if slope <= 0:
        return measured(np.zeros(()), [(True, Reason.NO_INFORMATION)])
    spread = float(np.var(value[known]))
    true = (value[known] - con_as_pro) / slope
    pro, con = pro_as_con * (1.0 - pro_as_con), con_as_pro * (1.0 - con_as_pro)
    noise = max(0.0, float(np.mean((true * pro + (1.0 - true) * con) / number[known])))
    share = np.asarray(1.0 - noise / (spread if spread > 0 else 1.0))
    return measured(
        share, [(spread == 0, Reason.CONSTANT_RESPONSES), (share <= 0, Reason.NOISE_EXCEEDS_SPREAD)]
    )


def disattenuated(
    figure: Measured, reliability: npt.ArrayLike, other_reliability: npt.ArrayLike = 1.0
) -> Measured:
    """A correlation free of the noise in its two sides: r / sqrt(reliability x other).

    All of one shape, or broadcasting to that of `figure`. Response-level alignment: reliability =
    self-consistency, which covers response and judge noise, so do not also put in the judge's.
    Topic-level: `topic_mean_reliability` and the population's own. Approximate for ranks, and
    not held within -1..1: beyond it says that a reliability is underestimated. Undefined where
    the figure is, or a reliability is missing or 0 or less. Source: Spearman's correction for
    attenuation; DESIGN.md section 6.
    """
    own = np.broadcast_to(np.asarray(reliability, dtype=np.float64), figure.value.shape)
    other = np.broadcast_to(np.asarray(other_reliability, dtype=np.float64), figure.value.shape)
    usable = (own > 0) & (other > 0)
    corrected = figure.value / np.sqrt(np.where(usable, own * other, 1.0))
    result = measured(corrected, [(~usable, Reason.NOT_RELIABLE)])
    reason = np.where(figure.defined, result.reason, figure.reason).astype(np.int8)
    return Measured(result.value, reason)


def topic_mean_reliability(consistency: npt.ArrayLike, responses: npt.ArrayLike) -> Measured:
    """Reliability of topic means of k responses: R = k rho / (1 + (k - 1) rho).

    `consistency` is rho, self-consistency without self-pairs; `responses` is k, above 0; they
    broadcast. Undefined where rho is missing or not above 0. Source: Spearman-Brown; DESIGN.md
    section 6.
    """
    rho, k = np.broadcast_arrays(
        np.asarray(consistency, dtype=np.float64), np.asarray(responses, dtype=np.float64)
    )
    require(bool(np.all(k > 0)), "topic means of no responses")
    usable = rho > 0
    safe = np.where(usable, rho, 1.0)
    return measured(k * safe / (1.0 + (k - 1.0) * safe), [(~usable, Reason.NOT_RELIABLE)])


def population_reliability(polarity: npt.ArrayLike, std_error: npt.ArrayLike) -> float:
    """Reliability of a population's figures over topics: 1 - mean(se^2) / Var p.

    `polarity` (T,) and its standard errors (T,); topics without a figure are left out, and a
    figure without a standard error counts as exact, so that it is 1 where none is known. 0 where
    sampling error exceeds the spread. Divide a correlation by its square root.
    """
    p, error = np.asarray(polarity, dtype=np.float64), np.asarray(std_error, dtype=np.float64)
    asked = ~np.isnan(p)
    if asked.sum() < 2:
        return 1.0
    noise = float(np.mean(np.nan_to_num(error[asked]) ** 2))
    # The noise is in the spread that is seen, so it is measured with the same divisor T - 1.
    spread = float(np.var(p[asked], ddof=1))
    return 1.0 if noise == 0 else max(0.0, 1.0 - noise / spread) if spread > 0 else 0.0


def effective_responses(cell: Cell) -> float:
    """Harmonic mean of responses per topic: the k for `topic_mean_reliability` when they differ.

    The noise in a topic's mean goes with 1/k, so it is 1/k that is averaged. NaN for no topics.
    """
    if cell.topics.size == 0:
        return float("nan")
    return float(1.0 / np.mean(1.0 / cell.responses_per_topic))
