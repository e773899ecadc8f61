"""Figures over topics: the bias of sampling comes off, and ratios have Fieller's interval."""

from __future__ import annotations

import numpy as np
import pytest

from culture_ray.measures.respondents.figures import correlation_figure, mean_figure, ratio_figure

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
