"""Reliability of judges and populations, and correlations corrected for unreliability."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from culture_ray.measures.result import Measured, Reason, measured, require

PUBLISHED_JUDGE_RELIABILITY = 0.955
"""Constant by which the paper divides self-consistency; used where the error is not measured."""


def leaning_judge_reliability(
    polarity: npt.ArrayLike, statements: npt.ArrayLike, pro_as_con: float, con_as_pro: float
) -> Measured:
    """Return the share of the variance of value polarity that is not judge noise; shape ().

    `polarity` (m,) is the value polarity of each response, NaN where undefined, and `statements`
    its number n of opinions that are pro or con, (m,) or one number. The judge takes pro for con
    with probability a (`pro_as_con`) and con for pro with probability b (`con_as_pro`).

    A response of true polarity p is then read as y with E[y] = b + (1 - a - b) p and variance
    [p a(1-a) + (1-p) b(1-b)]/n. For p the unbiased (y - b)/(1 - a - b) is inserted; with a = b = e
    the result is 1 - e(1-e)/(n Var y), averaged over n. The bias of the judge transforms y by the
    same linear function in every response, which leaves correlations unchanged. Assumes that errors
    are independent of each other and of the topic, and that pro or con is never confused with
    neutral. Undefined where a + b is 1 or more: the judge then carries no information. Raises
    `InvalidMeasureInput` for a probability outside 0..1. See docs/judging.md.
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
    """Return a correlation corrected for attenuation: r / sqrt(reliability x other reliability).

    The reliabilities of its two sides have the shape of `figure` or broadcast to it. For alignment
    over responses, `reliability` is self-consistency, which covers the noise of responses and of
    the judge (so the judge's own must not be applied as well), and `other_reliability` that of the
    population. Approximate for rank correlations. Not restricted to -1..1: a value beyond means
    that a reliability is underestimated. Undefined where the figure is, or where a reliability is
    missing or not above 0. Source: Spearman 1904, correction for attenuation.
    """
    own = np.broadcast_to(np.asarray(reliability, dtype=np.float64), figure.value.shape)
    other = np.broadcast_to(np.asarray(other_reliability, dtype=np.float64), figure.value.shape)
    usable = (own > 0) & (other > 0)
    corrected = figure.value / np.sqrt(np.where(usable, own * other, 1.0))
    result = measured(corrected, [(~usable, Reason.NOT_RELIABLE)])
    reason = np.where(figure.defined, result.reason, figure.reason).astype(np.int8)
    return Measured(result.value, reason)


def population_reliability(polarity: npt.ArrayLike, std_error: npt.ArrayLike) -> float:
    """Return the reliability of a population's value polarity over topics: 1 - mean(se^2) / Var p.

    `polarity` and `std_error` are (T,). Topics without a figure are left out, and a figure without
    a standard error counts as exact, so that the result is 1 where no standard error is known. 0
    where the sampling error exceeds the variance.
    """
    p, error = np.asarray(polarity, dtype=np.float64), np.asarray(std_error, dtype=np.float64)
    known = ~np.isnan(p)
    if known.sum() < 2:
        return 1.0
    noise = float(np.mean(np.nan_to_num(error[known]) ** 2))
    # The observed variance contains the noise and is its unbiased counterpart with divisor T - 1.
    spread = float(np.var(p[known], ddof=1))
    return 1.0 if noise == 0 else max(0.0, 1.0 - noise / spread) if spread > 0 else 0.0
