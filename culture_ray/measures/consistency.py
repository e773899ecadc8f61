"""Self-consistency: do two responses to one topic in one language agree?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from culture_ray.measures.cells import Cell
from culture_ray.measures.ranks import centred_midranks
from culture_ray.measures.result import FloatArray, Measured, Reason, measured, require
from culture_ray.measures.rounds import ConsistencyRounds, Pairs, as_observed


def self_consistency(cell: Cell, pairs: Pairs = Pairs.OTHER_RESPONSES) -> Measured:
    """Spearman correlation over all pairs of responses to the same topic; shape ().

    By default a response is paired with every *other* response to its topic, and the figure
    estimates the correlation of two independent responses, whatever their number.
    `Pairs.ALL` is what the published version comes to (see `published.py`): larger by about 1/m
    for a topic of m responses. Undefined if no topic has two responses or all responses of such
    topics are equal. Takes time in proportion to topics x unique values. Source: DESIGN.md
    section 6; Rystrøm et al. 2025, section 3.
    """
    result = self_consistency_rounds(as_observed(cell), pairs)
    return Measured(result.value[0], result.reason[0])


def self_consistency_rounds(
    rounds: ConsistencyRounds, pairs: Pairs = Pairs.OTHER_RESPONSES
) -> Measured:
    """Self-consistency in each of B rounds, shape (B,).

    With response weights w, a topic's total S and midranks r of the pairs' first (or, by
    symmetry, second) members, whose weights are w (S - w): rho = sum over pairs of centred
    r_i r_j, over the sum of weight times centred r squared.
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
    """Self-consistency of a population: two different people drawn for each topic; shape ().

    `shares` is (T, V): which share of the population gives each answer, ascending in value
    polarity; every row sums to 1. Topics weigh the same unless `topic_weights` (T,) says how
    much, for instance m (m - 1) to stand beside a model with m responses. The closed form is that
    of `self_consistency` with infinitely many responses, where self-pairs have no weight.
    Raises `InvalidMeasureInput` if a row does not sum to 1.
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
    """Shares (T, people + 1) of the value polarities 0, 1/people, .. 1 in random groups.

    A response describes several people, so a population is like it when its people are drawn in
    groups as large. `pro_share` (T,) is the population's ground truth, in 0..1.
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
