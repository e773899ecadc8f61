import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import rankdata

from culture_ray.measures.ranks import (
    ADJACENT,
    centred_midranks,
    fill_doubled_midranks,
    groups_of_equals,
    precedence,
    rounds_adjacent,
)

counts = hnp.arrays(np.float64, st.integers(1, 8), elements=st.integers(0, 9).map(float))


@given(counts)
def test_midranks_equal_scipys_average_ranks_of_heavily_tied_values(weights):
    repeated = np.repeat(np.arange(weights.size), weights.astype(int))
    midranks = centred_midranks(weights)[0] + (weights.sum() + 1) / 2
    for value, rank in enumerate(midranks):
        np.testing.assert_array_equal(rankdata(repeated)[repeated == value], rank, strict=False)


@given(counts)
def test_centred_midranks_and_their_squares_are_those_of_scipys_ranks(weights):
    repeated = np.repeat(np.arange(weights.size), weights.astype(int))
    ranks, squares = centred_midranks(weights)
    if repeated.size:
        expected = rankdata(repeated) - rankdata(repeated).mean()
        np.testing.assert_array_equal(ranks[repeated], expected)
        np.testing.assert_allclose(squares, np.sum(expected**2), rtol=1e-14)
    else:
        assert squares == 0


@given(
    hnp.arrays(np.float64, 7, elements=st.sampled_from([0.1, 0.1, 0.4, 0.8])),
    hnp.arrays(np.float64, 7, elements=st.integers(0, 4).map(float)),
)
def test_weights_times_precedence_are_centred_midranks(values, weights):
    repeated = np.repeat(values, weights.astype(int))
    expected = rankdata(repeated) - (repeated.size + 1) / 2 if repeated.size else repeated
    found = np.repeat(weights @ precedence(values), weights.astype(int))
    np.testing.assert_array_equal(found, expected)


@given(
    hnp.arrays(np.float64, 7, elements=st.sampled_from([0.1, 0.1, 0.4, 0.8, np.nan])),
    hnp.arrays(np.float64, (7, 3), elements=st.integers(0, 4).map(float)),
)
def test_ranks_of_all_rounds_at_once_are_twice_those_by_precedence(values, weights):
    ranks = np.full((7, 3), np.nan)
    fill_doubled_midranks(weights, groups_of_equals(values), ranks)
    np.testing.assert_array_equal(ranks, 2 * (precedence(values).T @ weights))


@given(hnp.arrays(np.float64, (5, 2, ADJACENT), elements=st.integers(0, 9).map(float)))
def test_ranks_of_adjacent_rounds_are_those_of_the_same_rounds_elsewhere(by_value):
    adjacent = by_value.transpose(2, 1, 0)
    assert rounds_adjacent(adjacent)
    assert not rounds_adjacent(np.ascontiguousarray(adjacent))
    for found, expected in zip(
        centred_midranks(adjacent), centred_midranks(np.ascontiguousarray(adjacent)), strict=True
    ):
        np.testing.assert_array_equal(found, expected)


def test_a_missing_item_has_no_rank_and_moves_no_other():
    with_gap = np.ones(4) @ precedence(np.array([0.3, np.nan, 0.1, 0.2]))
    np.testing.assert_array_equal(with_gap, [1.0, 0.0, -1.0, 0.0])
