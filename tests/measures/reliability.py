"""Reliabilities that the package does not need, as checks of those in `measures.reliability`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from culture_ray.measures.cells import Cell
from culture_ray.measures.result import Measured, Reason, measured, require


def judge_reliability(
    polarity: npt.ArrayLike, statements: npt.ArrayLike, error: npt.ArrayLike
) -> Measured:
    """Return the share of the variance of value polarity that is not judge noise.

    1 - e(1-e)/(n Var y), for a judge with the same error e both ways.

    `polarity` (m,) is the value polarity of each response (NaN left out), `statements` its
    number of opinions that are pro or con, (m,) or one number; `error` the probability that the
    judge takes one for its opposite, in 0..0.5, of any shape, which is that of the result. With
    unequal n the noise is averaged over responses, which puts the harmonic mean of n into the
    formula. Errors are independent; see `leaning_judge_reliability` for unequal error rates.
    See docs/judging.md.
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


def topic_mean_reliability(consistency: npt.ArrayLike, responses: npt.ArrayLike) -> Measured:
    """Return the reliability of topic means of k responses: R = k rho / (1 + (k - 1) rho).

    `consistency` is rho, self-consistency without self-pairs; `responses` is k, above 0; they
    broadcast. Undefined where rho is missing or not above 0. Source: Spearman-Brown.
    """
    rho, k = np.broadcast_arrays(
        np.asarray(consistency, dtype=np.float64), np.asarray(responses, dtype=np.float64)
    )
    require(bool(np.all(k > 0)), "topic means of no responses")
    usable = rho > 0
    safe = np.where(usable, rho, 1.0)
    return measured(k * safe / (1.0 + (k - 1.0) * safe), [(~usable, Reason.NOT_RELIABLE)])


def effective_responses(cell: Cell) -> float:
    """Return the harmonic mean of responses per topic, the k of `topic_mean_reliability`.

    The noise in a topic's mean is proportional to 1/k, so 1/k is averaged. NaN without topics.
    """
    if cell.topics.size == 0:
        return float("nan")
    return float(1.0 / np.mean(1.0 / cell.responses_per_topic))
