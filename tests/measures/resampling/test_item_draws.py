"""Errors of alignments are those of the assumption about the items."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest

from culture_ray.measures.alignment import alignment
from culture_ray.measures.cells import Cell, tabulate
from culture_ray.measures.resampling.bootstrap import StudyCell, bootstrap_cell
from culture_ray.measures.resampling.item_draws import SURVEY_N, ItemAssumption, ItemDraws
from culture_ray.measures.resampling.resample import DrawLevel, Resampling
from culture_ray.measures.resampling.spread import standard_errors

TOPICS, PER_TOPIC = 24, 8
TRUTH = np.random.default_rng(0).uniform(0.1, 0.9, size=(2, TOPICS))
CONTRASTS = np.array([[1.0, 0.0], [-1.0, 1.0]])
UNKNOWN = np.full(TRUTH.shape, np.nan)


def _cell(seed: int, per_topic: int = PER_TOPIC) -> Cell:
    """Responses whose chance of pro follows the first population."""
    rng = np.random.default_rng(seed)
    topic = np.repeat(np.arange(TOPICS), per_topic)
    return tabulate(topic, rng.binomial(6, 0.2 + 0.6 * TRUTH[0][topic]) / 6)


def _draws(**changes: object) -> ItemDraws:
    draws = ItemDraws(TRUTH, UNKNOWN, np.arange(TOPICS), np.arange(TOPICS), rounds=600, seed=1)
    return replace(draws, **changes)  # type: ignore[arg-type]


STUDY = StudyCell("a", _cell(1), CONTRASTS)


def test_random_topics_are_the_joint_draws_of_the_cells() -> None:
    expected = bootstrap_cell(
        STUDY, TRUTH, Resampling(DrawLevel.JOINT_TOPICS, 600, 1), np.arange(TOPICS)
    ).alignment_rounds
    assert _draws().contrasts(STUDY, ItemAssumption.RANDOM_TOPICS) == pytest.approx(expected)


def test_the_error_with_fixed_topics_is_that_of_asking_the_same_topics_again() -> None:
    again = np.array([alignment(_cell(seed), TRUTH).value @ CONTRASTS.T for seed in range(400)])
    draws = _draws(rounds=200)
    cells = [StudyCell(f"cell {seed}", _cell(seed), CONTRASTS) for seed in range(20)]
    fixed, random = (
        np.sqrt(np.mean([draws.contrasts(cell, items).var(axis=0) for cell in cells], axis=0))
        for items in (ItemAssumption.FIXED_TOPICS, ItemAssumption.RANDOM_TOPICS)
    )
    assert fixed == pytest.approx(again.std(axis=0), rel=0.15)
    assert (fixed < random).all()


def test_batteries_of_one_topic_each_are_topics() -> None:
    alone, topics = (
        standard_errors(_draws().contrasts(STUDY, items), [TOPICS] * 2)
        for items in (ItemAssumption.RANDOM_BATTERIES, ItemAssumption.RANDOM_TOPICS)
    )
    assert alone == pytest.approx(topics, rel=0.15)


def test_batteries_whose_topics_are_answered_alike_make_errors_larger() -> None:
    rng = np.random.default_rng(3)
    battery = np.arange(TOPICS) // 4
    shift = np.repeat(rng.normal(size=TOPICS // 4), 4)
    truth = np.array([1 / (1 + np.exp(-shift)), TRUTH[1]])
    topic = np.repeat(np.arange(TOPICS), 30)
    odd = np.repeat(rng.normal(size=TOPICS // 4), 4)
    pro = 1 / (1 + np.exp(-(shift + 1.5 * odd)))
    cell = StudyCell("b", tabulate(topic, rng.binomial(6, pro[topic]) / 6), CONTRASTS)
    draws = _draws(ground_truth=truth, battery=battery)
    errors = {
        items: standard_errors(draws.contrasts(cell, items)[:, :1], [units])[0]
        for items, units in (
            (ItemAssumption.RANDOM_TOPICS, TOPICS),
            (ItemAssumption.RANDOM_BATTERIES, 6),
        )
    }
    assert errors[ItemAssumption.RANDOM_BATTERIES] > 1.3 * errors[ItemAssumption.RANDOM_TOPICS]
    assert draws.batteries(np.arange(8)) == 2


def test_surveys_add_the_error_of_their_respondents() -> None:
    def variance(**changes: object) -> float:
        draws = _draws(**changes)
        return float(draws.contrasts(STUDY, ItemAssumption.FIXED_TOPICS_SURVEYED)[:, 0].var())

    fixed = float(_draws().contrasts(STUDY, ItemAssumption.FIXED_TOPICS)[:, 0].var())
    assert variance(std_error=np.zeros(TRUTH.shape)) == pytest.approx(fixed)
    rng = np.random.default_rng(5)
    surveys = rng.binomial(SURVEY_N, TRUTH[0], size=(600, TOPICS)) / SURVEY_N
    added = alignment(STUDY.cell, surveys).value.var()
    assert variance() - fixed == pytest.approx(added, rel=0.5)
    assert variance(std_error=np.full(TRUTH.shape, 0.1)) > variance()


def test_a_topic_of_one_response_has_no_error_when_topics_are_fixed() -> None:
    cell = StudyCell("c", _cell(2, per_topic=1), CONTRASTS)
    assert _draws().contrasts(cell, ItemAssumption.FIXED_TOPICS).std(axis=0) == pytest.approx(
        [0, 0]
    )


def test_an_alignment_that_is_undefined_has_no_error_under_any_assumption() -> None:
    """Returns NaN quietly: there is no mean of draws without a value."""
    alike = tabulate(np.repeat(np.arange(TOPICS), 2), np.full(2 * TOPICS, 0.5))
    for items in ItemAssumption:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            drawn = _draws(rounds=20).contrasts(StudyCell("c", alike, CONTRASTS), items)
        assert drawn.shape == (20, 2)
        assert np.isnan(drawn).all()
