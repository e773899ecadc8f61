"""Self-consistency: correlation between responses to the same topic in one language."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from culture_ray.measures.cells import Cell
from culture_ray.measures.ranks import centred_midranks
from culture_ray.measures.result import FloatArray, Measured, Reason, measured, require
from culture_ray.measures.rounds import ConsistencyRounds, Pairs, as_observed


def self_consistency(cell: Cell, pairs: Pairs = Pairs.OTHER_RESPONSES) -> Measured:
    """Return the Spearman correlation over all pairs of responses to the same topic; shape ().

    By default a response is paired with every *other* response to its topic; the figure then
    estimates the correlation of two independent responses, whatever their number. `Pairs.ALL`
    gives the expectation of the published version (see `published.py`), which is larger by about
    1/m for a topic of m responses. Undefined if no topic has two responses or all responses of such
    topics are equal. Time is proportional to topics x unique values. Source:
    Rystrøm et al. 2025, section 3.
    """
    result = self_consistency_rounds(as_observed(cell), pairs)
    return Measured(result.value[0], result.reason[0])


def self_consistency_rounds(
    rounds: ConsistencyRounds, pairs: Pairs = Pairs.OTHER_RESPONSES
) -> Measured:
    """Return self-consistency in each of B rounds, shape (B,).

    A response of weight w to a topic of total weight S is the first (or, by symmetry, second)
    member of pairs of total weight w (S - w); r are the centred midranks under these weights. rho
    is the weighted sum of r_i r_j over pairs, divided by the weighted sum of r squared.
    """
    weights = rounds.pair_weights(pairs)
    ranks, squares = centred_midranks(weights)
    products = rounds.pair_products(ranks, pairs)
    total = weights.sum(axis=1)
    constant = squares <= 0
    return measured(
        products / np.where(constant, 1.0, squares),
        [(total <= 0, Reason.NO_PAIRS), (constant, Reason.CONSTANT_RESPONSES)],
    )


def population_self_consistency(
    shares: npt.ArrayLike, topic_weights: npt.ArrayLike | None = None
) -> Measured:
    """Return the self-consistency of a population: of two people drawn for each topic; shape ().

    `shares` (T, V) are the shares of the population that give each answer, ascending in value
    polarity; each row sums to 1. Topics have equal weights unless `topic_weights` (T,) are given,
    for example m (m - 1) for comparison with a model with m responses. This is the limit of
    `self_consistency` for infinitely many responses, in which self-pairs have no weight. Raises
    `InvalidMeasureInput` if a row does not sum to 1.
    """
    table = np.asarray(shares, dtype=np.float64)
    require(table.ndim == 2, f"shares of shape {table.shape}, not (T, V)")
    require(bool(np.all(table >= 0)), "a negative or missing share")
    require(bool(np.allclose(table.sum(axis=1), 1.0)), "a topic whose shares do not sum to 1")
    weight = np.ones(len(table)) if topic_weights is None else np.asarray(topic_weights, np.float64)
    require(weight.shape == (len(table),), f"{weight.size} weights for {len(table)} topics")
    require(bool(np.all(weight >= 0)), "a negative or missing topic weight")
    ranks, squares = centred_midranks(weight @ table)
    products = weight @ (table @ ranks) ** 2
    total = weight.sum()
    constant = squares <= 0
    return measured(
        products / np.where(constant, 1.0, squares),
        [(total <= 0, Reason.NO_PAIRS), (constant, Reason.CONSTANT_RESPONSES)],
    )


def shares_of_groups(pro_share: npt.ArrayLike, people: int) -> FloatArray:
    """Return the shares (T, people + 1) of the value polarities 0, 1/people, .. 1 in random groups.

    A response describes several people, so it is comparable with a group of as many people drawn
    from the population. `pro_share` (T,) is the population's ground truth, in 0..1.
    """
    require(people >= 1, f"groups of {people} people")
    share = np.asarray(pro_share, dtype=np.float64)
    require(bool(np.all((share >= 0) & (share <= 1))), "a share outside 0..1, or missing")
    table = np.ones((share.size, 1))
    for _ in range(people):
        grown = np.zeros((share.size, table.shape[1] + 1))
        grown[:, 1:] += table * share[:, None]
        grown[:, :-1] += table * (1.0 - share[:, None])
        table = grown
    return table
