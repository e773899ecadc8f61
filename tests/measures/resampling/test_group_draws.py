import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from culture_ray.measures.resampling.group_draws import LARGE, GroupDraws

SIZES = np.array([1, 1, 2, 3, 5, LARGE, LARGE + 1, 40, 0])


@given(st.lists(st.integers(0, 30), max_size=12), st.integers(1, 40), st.integers(0, 5))
def test_every_round_draws_as_many_rows_as_there_are(sizes, rounds, seed):
    groups = GroupDraws(np.array(sizes, dtype=np.int64))
    drawn = groups.draw(rounds, np.random.default_rng(seed))
    assert drawn.shape == (len(sizes), rounds)
    assert np.all(drawn.sum(axis=0) == sum(sizes))
    assert np.all(drawn[np.array(sizes, dtype=np.int64) == 0] == 0)


@pytest.mark.parametrize("sizes", [SIZES, np.ones(200, dtype=np.int64), np.array([1, 2, 1])])
def test_draws_are_multinomial(sizes):
    rounds, rows = 40_000, int(sizes.sum())
    drawn = GroupDraws(sizes).draw(rounds, np.random.default_rng(7)).astype(float)
    share = sizes / rows
    expected = rows * (np.diag(share) - np.outer(share, share))
    error = np.sqrt((np.outer(expected.diagonal(), expected.diagonal()) + expected**2) / rounds)
    # A Poisson-like count has a fourth moment beyond the normal one.
    error += np.sqrt(np.diag(expected.diagonal()) / rounds)
    assert np.all(np.abs(drawn.mean(axis=1) - sizes) <= 5 * np.sqrt(share * rows / rounds))
    assert np.all(np.abs(np.cov(drawn) - expected) <= 5 * error + 1e-12)


@pytest.mark.parametrize("group", range(8))
def test_a_groups_draws_are_binomial(group):
    rounds, rows = 40_000, int(SIZES.sum())
    drawn = GroupDraws(SIZES).draw(rounds, np.random.default_rng(8))[group].astype(int)
    binomial = stats.binom(rows, SIZES[group] / rows)
    low, high = binomial.ppf([0.005, 0.995]).astype(int)
    found = np.bincount(np.clip(drawn, low, high), minlength=high + 1)[low:]
    expected = rounds * np.diff([0.0, *binomial.cdf(np.arange(low, high)), 1.0])
    assert stats.chisquare(found, expected).pvalue > 1e-4


def test_a_round_with_too_many_draws_is_redone():
    """One in some thousand rounds draws more rows than there are before it is corrected."""
    sizes = np.full(20, 5, dtype=np.int64)
    drawn = GroupDraws(sizes).draw(40_000, np.random.default_rng(3))
    assert np.all(drawn.sum(axis=0) == 100)


@pytest.mark.parametrize(
    ("sizes", "digest"), [(SIZES, "01ced2bdf85b2396"), (np.full(300, 7), "42f6bbd33f7b3f40")]
)
def test_a_seed_draws_the_same_rows_in_every_release(sizes, digest):
    drawn = GroupDraws(sizes).draw(4_000, np.random.default_rng(11))
    assert hashlib.sha256(drawn.astype(np.uint8).tobytes()).hexdigest()[:16] == digest
