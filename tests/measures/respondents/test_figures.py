"""Figures over topics: the bias of sampling comes off, and ratios have Fieller's interval."""

from __future__ import annotations

import numpy as np
import pytest

from culture_ray.measures.respondents.figures import (
    RespondentFigure,
    correlation_figure,
    distance_figure,
    fall_figure,
    mean_figure,
    ratio_figure,
)

RANDOM = np.random.default_rng


def noisy(values: list[float], error: float, rounds: int = 4000, bias: float = 0.0) -> np.ndarray:
    """Figures (B + 1, T) whose rounds lie `bias` above the estimate."""
    estimate = np.array(values)
    drawn = estimate + bias + RANDOM(1).normal(0, error, (rounds, len(values)))
    return np.vstack([estimate, drawn])


def test_a_mean_is_less_what_the_rounds_add_to_it() -> None:
    figure = mean_figure(noisy([0.3, 0.5], 0.02, bias=0.1), df=10_000)
    assert figure.value == pytest.approx(0.3, abs=0.002)
    assert figure.std_error == pytest.approx(0.02 / np.sqrt(2), rel=0.05)
    assert figure.high - figure.value == pytest.approx(1.96 * figure.std_error, rel=0.01)
    assert figure.value - figure.low == pytest.approx(figure.high - figure.value)
    assert figure.topic_std_error == pytest.approx(0.1, abs=0.005)  # sd / sqrt(2) of the topics


ALIKE = np.sqrt(2 / np.pi)
"""Mean size of a standard normal number: what sampling adds to a distance of 0, in its own s."""
FAR_OR_ALIKE = np.where(np.arange(40) % 2, 6.0, 0.0)


def sampled(
    apart: float | np.ndarray, s: float, random: np.random.Generator, rounds: int = 60
) -> np.ndarray:
    """Distances (B + 1, T) between samples that are `apart`, with sampling errors `s`."""
    found = apart + s * random.normal(size=40)
    return np.abs(np.vstack([found, found + s * random.normal(size=(rounds, 40))]))


def covered(figures: list[RespondentFigure], truth: float) -> float:
    return float(np.mean([each.low <= truth <= each.high for each in figures]))


@pytest.mark.parametrize("apart", [0.0, 0.25, 0.5, 1.0, 2.0, 4.0, FAR_OR_ALIKE])
def test_a_distance_is_less_what_sampling_adds_however_large_it_is(
    apart: float | np.ndarray,
) -> None:
    random, truth = RANDOM(1), float(np.mean(apart))
    found = [distance_figure(sampled(apart, 1.0, random), ALIKE, 10_000) for _ in range(100)]
    values = np.array([each.value for each in found])
    # Means of 100 studies err by .02. Sampling adds .80 to a distance of 0; rounds alone, .33.
    assert abs(values.mean() - truth) < 0.28
    assert covered(found, truth) >= 0.92
    assert min(each.low for each in found) >= 0.0
    assert np.mean([each.std_error for each in found]) > 0.8 * values.std()


@pytest.mark.parametrize(("before", "after"), [(0.0, 0.0), (1.0, 1.0), (2.0, 0.5), (0.0, 1.0)])
def test_few_answers_before_make_a_fall_no_larger(before: float, after: float) -> None:
    random, truth = RANDOM(2), before - after
    pairs = [(sampled(before, 1.0, random), sampled(after, 0.3, random)) for _ in range(100)]
    found = [fall_figure(*each, (ALIKE, 0.3 * ALIKE), 10_000) for each in pairs]
    bias = np.mean([each.value for each in found]) - truth
    linear = np.mean([mean_figure(p - q, 10_000).value for p, q in pairs]) - truth
    assert abs(bias) < (0.5 * linear if before == 0.0 else 0.2)
    assert covered(found, truth) >= 0.92


def test_the_errors_of_a_fall_over_topics_are_those_of_the_jackknife() -> None:
    before, after = sampled(2.0, 0.3, RANDOM(3)), sampled(1.0, 0.3, RANDOM(4))
    whole = fall_figure(before, after, (0.2, 0.2), 100)
    without = [
        fall_figure(np.delete(before, at, 1), np.delete(after, at, 1), (0.2, 0.2), 100).value
        for at in range(40)
    ]
    expected = np.sqrt(39 / 40 * ((without - np.mean(without)) ** 2).sum())
    assert whole.topic_std_error == pytest.approx(expected)


def test_a_ratio_has_the_interval_that_contains_what_cannot_be_told_from_it() -> None:
    above, below = noisy([1.0, 2.0], 0.1), noisy([2.0, 4.0], 0.1)[:, ::-1]
    figure = ratio_figure(above, below, 10_000, "no difference")
    assert figure.value == pytest.approx(0.5, abs=0.01)
    sums = np.stack([above[1:].sum(axis=1), below[1:].sum(axis=1)])
    for end in (figure.low, figure.high):
        gap = above[0].sum() - end * below[0].sum()
        error = np.std(sums[0] - end * sums[1], ddof=1)
        assert abs(gap) / error == pytest.approx(1.96, abs=0.15)


def test_a_ratio_to_what_may_be_nothing_is_undefined() -> None:
    figure = ratio_figure(noisy([1.0, 1.0], 0.1), noisy([0.1, 0.1], 0.5), 100, "no difference")
    assert np.isnan(figure.value) and figure.reason == "no difference"


def test_a_correlation_stays_between_its_ends() -> None:
    rounds = np.concatenate([[0.97], np.tanh(RANDOM(1).normal(np.arctanh(0.95), 0.3, 400))])
    figure = correlation_figure(rounds, 50)
    assert -1 < figure.low < figure.value < figure.high < 1
