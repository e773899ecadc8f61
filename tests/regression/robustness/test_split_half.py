from itertools import combinations

import numpy as np
from scipy.stats import kendalltau

from culture_ray.measures.cells import tabulate
from culture_ray.regression.robustness.split_half import (
    SPLITS,
    SplitHalfAlignment,
    best_match_agreement,
    random_splits,
    rank_agreement,
    thematic_splits,
)
from culture_ray.regression.robustness.study import MIN_TOPICS
from tests.regression.robustness.responding import (
    People,
)


def test_random_halves_divide_the_topics_that_are_compared_in_two():
    topics = np.array([0, 2, 3, 5, 6, 7, 8, 9, 11, 13, 14])
    halves = random_splits(topics, 16, seed=1)
    assert halves.shape == (SPLITS, 16)
    assert set(halves[:, topics].sum(axis=1)) == {5}
    assert not halves[:, [1, 4, 10, 12, 15]].any()
    assert len(np.unique(halves, axis=0)) > SPLITS / 2
    np.testing.assert_array_equal(halves, random_splits(topics, 16, seed=1))
    assert not np.array_equal(halves, random_splits(topics, 16, seed=2))


def test_thematic_halves_are_all_divisions_of_the_categories_that_are_not_lopsided():
    category = "AAAAAABBBBBCCCCCD"
    halves = thematic_splits(np.arange(17), category, seed=1)
    found = {
        frozenset((frozenset(group(half, category)), frozenset(group(~half, category))))
        for half in halves
    }
    sizes = {"A": 6, "B": 5, "C": 5, "D": 1}
    expected = {
        frozenset((frozenset(side), frozenset(set("ABCD") - set(side))))
        for count in (1, 2, 3)
        for side in combinations("ABCD", count)
        if min(total := sum(sizes[c] for c in side), 17 - total) >= MIN_TOPICS
    }
    assert found == expected
    assert len(halves) == len(expected)


def group(half, category):
    inside = {c for c, chosen in zip(category, half, strict=True) if chosen}
    assert all(half[t] == (category[t] in inside) for t in range(len(category)))
    return inside


def test_many_categories_are_sampled():
    category = "ABCDEFGHIJKLMNOPQR" * 3
    halves = thematic_splits(np.arange(54), category, seed=1)
    assert halves.shape == (SPLITS, 54)
    for half in halves:
        group(half, category)
        assert min(half.sum(), (~half).sum()) >= 54 / 4


def test_topics_that_cannot_be_halved_say_why():
    assert f"{2 * MIN_TOPICS} topics" in random_splits(np.arange(9), 9, seed=1)
    assert "one category" in thematic_splits(np.arange(20), "E" * 20, seed=1)
    assert "(none 2, E 18)" in thematic_splits(np.arange(20), ["E"] * 18 + [""] * 2, seed=1)


def test_rankings_agree_as_kendalls_tau_says():
    rng = np.random.default_rng(1)
    first, second = rng.random((2, 7, 3, 5))
    found = rank_agreement([SplitHalfAlignment(a, b) for a, b in zip(first, second, strict=True)])
    expected = [
        np.mean([kendalltau(first[:, r, s], second[:, r, s])[0] for s in range(5)])
        for r in range(3)
    ]
    np.testing.assert_allclose(found, expected)


def test_models_without_an_alignment_in_a_half_are_not_ranked_there():
    first = np.array([0.1, 0.2, 0.3, np.nan])[:, None, None]
    second = np.array([0.1, 0.3, 0.2, 0.9])[:, None, None]
    ranked = [SplitHalfAlignment(a, b) for a, b in zip(first, second, strict=True)]
    np.testing.assert_allclose(rank_agreement(ranked), [1 / 3])
    assert np.isnan(rank_agreement(ranked[2:])).all()
    assert np.isnan(rank_agreement(ranked[:1])).all()


def test_best_matches_agree_where_both_halves_have_a_choice():
    nan = np.nan
    first = [[0.1, 0.5, nan], [0.9, 0.5, 0.1], [0.2, nan, nan]]
    second = [[0.2, 0.3, 0.1], [0.1, 0.5, nan], [0.3, 0.2, 0.1]]
    halved = SplitHalfAlignment(np.array([first]), np.array([second]))
    np.testing.assert_allclose(best_match_agreement(halved), [1 / 2])
    assert np.isnan(best_match_agreement(halved.with_populations(slice(0, 1)))).all()


def test_a_topic_drawn_twice_is_two_topics_of_one_half():
    rng = np.random.default_rng(2)
    people = People.drawn(rng, topics=12)
    topic = np.repeat(np.arange(12), 4)
    polarity = rng.binomial(6, people.speakers[0, topic]) / 6
    halves = random_splits(np.arange(12), 12, seed=1)
    weights = np.ones((1, 12))
    weights[0, [3, 5]] = 2, 0
    found = SplitHalfAlignment.of(tabulate(topic, polarity), people.countries, halves, weights)
    order = [0, 1, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11]
    copies = np.concatenate([np.full(4, place) for place in range(12)])
    repeated = np.concatenate([polarity[topic == t] for t in order])
    expected = SplitHalfAlignment.of(
        tabulate(copies, repeated), people.countries[:, order], halves[:, order], np.ones((1, 12))
    )
    np.testing.assert_allclose(found.first, expected.first)
    np.testing.assert_allclose(found.second, expected.second)
