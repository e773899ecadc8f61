"""Paired differences: exact for equal studies, antisymmetric, and with intervals that hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.measures.alignment import alignment
from culture_ray.measures.cells import Cell, tabulate
from culture_ray.measures.resampling.bootstrap import BootstrapOptions, StudyCell, bootstrap_cell
from culture_ray.measures.resampling.paired import Difference, MeanDifference
from culture_ray.measures.resampling.resample import DrawLevel, Resampling
from culture_ray.measures.result import FloatArray

TOPICS, RESPONSES, OPINIONS, ROUNDS, STUDIES = 32, 8, 10, 200, 300


def opinions(rng: np.random.Generator, topics: int, agreement: tuple[float, float]) -> FloatArray:
    """Latent opinions of people, of the first and of the second study; (3, topics).

    Both studies agree with the people to a degree, and share half of what is odd about a topic.
    """
    people, odd, one, other = rng.normal(size=(4, topics))
    return np.array(
        [people]
        + [
            a * people + np.sqrt(1 - a**2) * (np.sqrt(0.5) * odd + np.sqrt(0.5) * own)
            for a, own in zip(agreement, (one, other), strict=True)
        ]
    )


def studies(
    rng: np.random.Generator, topics: int, agreement: tuple[float, float], responses: int
) -> tuple[FloatArray, list[Cell]]:
    """Ground truth (1, topics), and a cell of each study."""
    people, *models = 1 / (1 + np.exp(-1.5 * opinions(rng, topics, agreement)))
    topic = np.repeat(np.arange(topics), responses)
    cells = [tabulate(topic, rng.binomial(OPINIONS, m[topic]) / OPINIONS) for m in models]
    return people[None, :], cells


def difference(truth: FloatArray, cells: list[Cell], rounds: int, seed: int = 1) -> Difference:
    drawing = Resampling(DrawLevel.JOINT_TOPICS, rounds, seed)
    sides = []
    for cell in cells:
        every = np.arange(truth.shape[1])
        wanted = BootstrapOptions(consistency=False)
        found = bootstrap_cell(StudyCell("x", cell), truth, drawing, every, wanted)
        sides.append(np.vstack([found.alignment.value, found.alignment_rounds]))
    return Difference.of(*sides)


def test_equal_studies_differ_by_exactly_nothing() -> None:
    truth, (cell, _) = studies(np.random.default_rng(3), TOPICS, (0.5, 0.5), RESPONSES)
    same = difference(truth, [cell, cell], ROUNDS)
    assert same.value == 0
    assert all(end == 0 for end in same.interval(np.array([TOPICS])))


@given(st.integers(0, 50))
def test_the_other_order_turns_the_sign_and_nothing_else(seed: int) -> None:
    truth, cells = studies(np.random.default_rng(seed), 12, (0.2, 0.7), 3)
    clusters = np.array([12])
    one, other = difference(truth, cells, 40), difference(truth, cells[::-1], 40)
    assert one.value == -other.value
    error, low, high = one.interval(clusters)
    turned = other.interval(clusters)
    assert (error, low, high) == (turned[0], -turned[2], -turned[1])


@pytest.mark.slow
def test_a_known_difference_is_recovered_and_its_interval_holds() -> None:
    agreement = (0.35, 0.65)
    large = [studies(np.random.default_rng([11, n]), 1500, agreement, RESPONSES) for n in range(10)]
    sides = [[alignment(cell, truth).value[0] for cell in cells] for truth, cells in large]
    known = float(np.diff(np.mean(sides, axis=0))[0])
    assert known > 0.1
    found, covered, widths = [], 0, []
    for study in range(STUDIES):
        truth, cells = studies(np.random.default_rng([7, study]), TOPICS, agreement, RESPONSES)
        one = difference(truth, cells, ROUNDS, seed=study)
        error, low, high = one.interval(np.array([TOPICS]))
        found.append(one.value[0])
        covered += int(low[0] <= known <= high[0])
        widths.append(error[0])
    assert np.mean(found) == pytest.approx(known, abs=3 * np.std(found) / np.sqrt(STUDIES))
    assert 0.90 <= covered / STUDIES <= 0.985
    assert np.mean(widths) == pytest.approx(np.std(found), rel=0.2)


def test_what_topics_do_to_both_studies_cancels() -> None:
    truth, cells = studies(np.random.default_rng(5), TOPICS, (0.6, 0.6), RESPONSES)
    drawing = Resampling(DrawLevel.JOINT_TOPICS, ROUNDS, 1)
    alone = [
        bootstrap_cell(StudyCell("x", cell), truth, drawing, np.arange(TOPICS)).alignment_rounds
        for cell in cells
    ]
    unpaired = np.sqrt(sum(side.var(ddof=1) for side in alone))
    error, _, _ = difference(truth, cells, ROUNDS).interval(np.array([TOPICS]))
    assert error[0] < unpaired


def as_difference(values: list[float], rounds: FloatArray) -> Difference:
    return Difference(np.zeros(len(values)), np.array(values), rounds)


def test_a_mean_takes_the_differences_that_are_defined_and_counts_them() -> None:
    rounds = np.array([[0.1, 0.2], [0.3, np.nan]])
    mean = MeanDifference()
    mean.add(as_difference([0.2, 0.1], rounds), [np.arange(5), np.arange(4)])
    mean.add(as_difference([0.4, np.nan], 2 * rounds), [np.arange(3, 8), np.arange(9)])
    found = mean.mean()
    assert found.value == pytest.approx([0.3, 0.1])
    assert found.rounds[:, 0] == pytest.approx([0.15, 0.45])
    assert mean.count.tolist() == [2, 1]
    assert mean.topics.tolist() == [8, 4]


def test_a_mean_of_nothing_defined_is_undefined() -> None:
    mean = MeanDifference()
    mean.add(as_difference([np.nan], np.full((3, 1), np.nan)), [np.arange(3)])
    assert np.isnan(mean.mean().value).all()
    assert np.isnan(np.array(mean.mean().interval(np.array([3])))).all()


def test_the_mean_of_differences_is_the_mean_of_both_sides_and_of_every_round() -> None:
    sides = np.array([[0.25, 0.125], [0.5, 0.0], [0.75, np.nan]])
    mean = MeanDifference()
    for scale in (1.0, 3.0):
        mean.add(Difference.of(scale * sides, 0.5 * sides), [np.array([0]), np.array([1])])
    found = mean.mean()
    np.testing.assert_allclose(found.first, 2 * sides[0])
    np.testing.assert_allclose(found.second, 0.5 * sides[0])
    np.testing.assert_allclose(found.value, -1.5 * sides[0])
    np.testing.assert_allclose(found.rounds, -1.5 * sides[1:])
