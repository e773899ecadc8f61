"""The interval of self-consistency covers the truth where answers are skewed and judges err."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from culture_ray.measures.cells import Cell, tabulate
from culture_ray.measures.consistency import population_self_consistency, self_consistency
from culture_ray.measures.resampling.jackknife import (
    FEWEST_FOR_CONSISTENCY,
    self_consistency_interval,
)

STATEMENTS, RESPONSES = 6, 8


def shares(topics: int, rng: np.random.Generator, shift: float, flipped: float) -> np.ndarray:
    """Return the shares of value polarities of topics that a model sees as skewed."""
    pro = 1 / (1 + np.exp(-(shift + 1.5 * rng.normal(size=topics))))
    read = pro * (1 - flipped) + (1 - pro) * flipped
    found = stats.binom.pmf(np.arange(STATEMENTS + 1), STATEMENTS, read[:, None])
    return np.asarray(found / found.sum(1, keepdims=True))


def drawn(topics: int, rng: np.random.Generator, shift: float, flipped: float) -> Cell:
    counts = rng.multinomial(RESPONSES, shares(topics, rng, shift, flipped)).astype(float)
    values = np.arange(STATEMENTS + 1) / STATEMENTS
    used = counts.sum(0) > 0
    return Cell(np.arange(topics), values[used], counts[:, used])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("topics", "shift", "flipped"),
    [(32, 0.0, 0.0), (32, 2.0, 0.0), (32, 0.0, 0.2), (32, 2.0, 0.2), (16, 0.0, 0.2)],
)
def test_95_of_100_intervals_cover_the_truth(topics: int, shift: float, flipped: float) -> None:
    rng = np.random.default_rng(1)
    truth = population_self_consistency(shares(40_000, rng, shift, flipped)).value
    hits = []
    for _ in range(400):
        low, high = self_consistency_interval(drawn(topics, rng, shift, flipped))
        hits.append(low <= truth <= high)
    # The standard error of a share of 400 is 1.1 points.
    assert 0.92 <= np.mean(hits) <= 0.98


def test_the_interval_reaches_further_up_because_the_estimate_is_too_low() -> None:
    rng = np.random.default_rng(2)
    low, high = self_consistency_interval(drawn(20, rng, 0.0, 0.0))
    truth = population_self_consistency(shares(40_000, rng, 0.0, 0.0)).value
    assert -1 < low < truth < high < 1


def test_responses_without_a_second_one_to_their_topic_count_for_nothing() -> None:
    cell = drawn(20, np.random.default_rng(3), 0.0, 0.0)
    alone = tabulate(
        [*np.repeat(cell.topics, RESPONSES), 30],
        [*np.concatenate([np.repeat(cell.values, row.astype(int)) for row in cell.counts]), 0.5],
    )
    assert self_consistency_interval(alone) == pytest.approx(self_consistency_interval(cell))


def test_too_few_topics_have_no_interval() -> None:
    rng = np.random.default_rng(4)
    fewest = FEWEST_FOR_CONSISTENCY
    assert np.isnan(self_consistency_interval(drawn(fewest - 1, rng, 0.0, 0.0))).all()
    assert np.isfinite(self_consistency_interval(drawn(fewest, rng, 0.0, 0.0))).all()


def test_the_interval_reaches_further_up_where_self_consistency_is_low() -> None:
    cell = drawn(32, np.random.default_rng(5), 2.0, 0.2)
    estimate = self_consistency(cell).value
    low, high = self_consistency_interval(cell)
    assert high - estimate > 1.5 * (estimate - low)


def test_answers_at_chance_stay_within_the_range_of_a_correlation() -> None:
    rng = np.random.default_rng(6)
    cell = Cell(np.arange(20), np.arange(7) / 6, rng.multinomial(8, np.full(7, 1 / 7), 20) * 1.0)
    low, high = self_consistency_interval(cell)
    assert -1 / (RESPONSES - 1) <= low < 0 < high < 0.5


def test_equal_answers_to_each_topic_are_certain() -> None:
    cell = tabulate(np.repeat(np.arange(16), 3), np.repeat(np.arange(16) / 16, 3))
    assert self_consistency_interval(cell) == (1.0, 1.0)
