import numpy as np
import pytest

from culture_ray.measures.cells import tabulate
from culture_ray.measures.resampling.resample import (
    DrawLevel,
    Resampling,
    drawn_rounds,
    topic_draws,
)
from culture_ray.measures.resampling.streams import BLOCK, stream
from culture_ray.measures.result import InvalidMeasureInput

RNG = np.random.default_rng(11)
TOPIC, POLARITY = RNG.integers(2, 9, 70), RNG.integers(0, 5, 70) / 4
CELL = tabulate(TOPIC, POLARITY)
STUDY = np.arange(12)


def weights(drawn, rounds=300, seed=1, chunk=1000, key="a", cell=CELL):
    parts = drawn_rounds(cell, key, Resampling(drawn, rounds, seed), STUDY, chunk)
    return np.concatenate([part.weight for part in parts])


@pytest.mark.parametrize("drawn", list(DrawLevel))
def test_a_seed_gives_the_same_rounds_whatever_the_chunk_and_however_many_follow(drawn):
    whole = weights(drawn, rounds=600)
    assert whole.shape == (600, CELL.topics.size)
    for chunk in (1, 7, 256, 257):
        np.testing.assert_array_equal(weights(drawn, rounds=600, chunk=chunk), whole)
    np.testing.assert_array_equal(weights(drawn, rounds=300), whole[:300])
    if drawn is not DrawLevel.RESPONSES_IN_TOPICS:  # its topics have the same weight in all rounds
        assert not np.array_equal(weights(drawn, rounds=600, seed=2), whole)


@pytest.mark.parametrize("drawn", list(DrawLevel))
def test_permuting_responses_gives_the_same_rounds(drawn):
    order = RNG.permutation(TOPIC.size)
    shuffled = weights(drawn, cell=tabulate(TOPIC[order], POLARITY[order]))
    np.testing.assert_array_equal(shuffled, weights(drawn))


@pytest.mark.parametrize("drawn", [DrawLevel.RESPONSES, DrawLevel.TOPICS])
def test_cells_have_draws_of_their_own(drawn):
    assert not np.array_equal(weights(drawn, key="b"), weights(drawn, key="a"))


def test_a_joint_draw_is_the_same_in_every_cell_that_has_the_topic():
    other = tabulate([3, 3, 5, 8, 11], [0.1, 0.2, 0.3, 0.4, 0.5])
    mine, others = (
        np.concatenate([part.draws for part in drawn_rounds(cell, key, joint, STUDY, 64)])
        for joint in [Resampling(DrawLevel.JOINT_TOPICS, 300, 5)]
        for cell, key in ((CELL, "a"), (other, "b"))
    )
    np.testing.assert_array_equal(
        mine[:, np.isin(CELL.topics, other.topics)], others[:, np.isin(other.topics, CELL.topics)]
    )


def test_every_round_draws_as_many_as_there_are():
    assert set(weights(DrawLevel.RESPONSES).sum(axis=1)) == {TOPIC.size}
    drawn = topic_draws(9, 700, 3, "topics a")
    assert set(drawn.sum(axis=1)) == {9.0}
    assert drawn.shape == (700, 9)


def test_each_copy_of_a_topic_draws_as_many_responses_as_the_topic_has():
    joint = np.concatenate(
        [p.draws for p in drawn_rounds(CELL, "a", Resampling(rounds=300, seed=1), STUDY, 50)]
    )
    expected = joint * CELL.responses_per_topic
    np.testing.assert_array_equal(weights(DrawLevel.TOPICS_THEN_RESPONSES), expected)


@pytest.mark.parametrize("drawn", [DrawLevel.RESPONSES, DrawLevel.TOPICS_THEN_RESPONSES])
def test_weights_and_their_squares_belong_to_one_draw_of_single_responses(drawn):
    single = tabulate([2, 2, 3, 5], [0.0, 0.25, 0.5, 1.0])
    for part in drawn_rounds(single, "a", Resampling(drawn, 200, 4), STUDY, 64):
        # One response per value, so its weight in a place is what stands there.
        np.testing.assert_array_equal((part.drawn**2).sum(axis=1), part.squares)


@pytest.mark.parametrize("drawn", [DrawLevel.RESPONSES, DrawLevel.TOPICS_THEN_RESPONSES])
def test_a_topic_draws_its_own_responses_each_with_equal_chance(drawn):
    totals = np.zeros_like(CELL.counts)
    for part in drawn_rounds(CELL, "a", Resampling(drawn, 4000, 6), STUDY, 500):
        totals += part.counts.sum(axis=0)
    np.testing.assert_array_equal(totals[CELL.counts == 0], 0)
    occurring = CELL.counts > 0
    np.testing.assert_allclose(totals[occurring] / 4000, CELL.counts[occurring], rtol=0.12)


@pytest.mark.parametrize("drawn", [d for d in DrawLevel if d != DrawLevel.RESPONSES_IN_TOPICS])
def test_topics_are_drawn_with_the_mean_and_spread_of_the_bootstrap(drawn):
    found = weights(drawn, rounds=6000)
    share = CELL.responses_per_topic
    n = {DrawLevel.RESPONSES: TOPIC.size, DrawLevel.TOPICS: CELL.topics.size}.get(drawn, STUDY.size)
    chance, size = (share / n, 1.0) if drawn is DrawLevel.RESPONSES else (1 / n, share)
    np.testing.assert_allclose(found.mean(axis=0), n * chance * size, rtol=0.08)
    np.testing.assert_allclose(found.var(axis=0), n * chance * (1 - chance) * size**2, rtol=0.12)


def test_streams_of_different_purposes_blocks_and_seeds_differ():
    drawn = [
        stream(seed, purpose, block).integers(1 << 62)
        for seed in (0, 1)
        for purpose in ("topics a", "topics b")
        for block in (0, 1)
    ]
    assert len(set(drawn)) == len(drawn)
    assert stream(3, "topics a", 2).integers(1 << 62) == stream(3, "topics a", 2).integers(1 << 62)


def test_joint_draws_are_not_changed_by_who_asked_first():
    drawn = topic_draws(4, BLOCK, 0, "joint topics")
    with pytest.raises(ValueError, match="read-only"):
        drawn[0, 0] = 7


def test_topics_outside_the_study_and_impossible_numbers_are_refused():
    with pytest.raises(InvalidMeasureInput, match=r"cell a has topics \[8\]"):
        list(drawn_rounds(CELL, "a", Resampling(), np.arange(8), 10))
    with pytest.raises(InvalidMeasureInput, match="0 rounds"):
        Resampling(rounds=0)
    with pytest.raises(InvalidMeasureInput, match="negative seed"):
        Resampling(seed=-1)


def test_fixed_topics_have_all_but_one_of_their_responses_drawn_in_every_round():
    (rounds,) = drawn_rounds(
        CELL, "a", Resampling(DrawLevel.RESPONSES_IN_TOPICS, 200, 1), STUDY, 1000
    )
    expected = np.maximum(CELL.responses_per_topic - 1, 1)
    np.testing.assert_array_equal(rounds.weight, np.broadcast_to(expected, rounds.weight.shape))
    mean = rounds.counts.mean(axis=0) / expected[:, None]
    shares = CELL.counts / CELL.responses_per_topic[:, None]
    assert mean == pytest.approx(shares, abs=0.1)
    assert (rounds.counts.std(axis=0).sum(axis=1) > 0).all()
