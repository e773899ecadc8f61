"""The error of labels that is expected matches the one that labels turn out to have."""

from __future__ import annotations

import numpy as np
import pytest

from culture_ray.measures.cells import tabulate
from culture_ray.measures.labelled.expected_error import error_of_reliability, expected_covariance
from culture_ray.measures.labelled.label_error import residual_covariance
from culture_ray.measures.reliability import leaning_judge_reliability
from tests.measures.labelled.test_corrected import TOPICS, labels_of

OPINIONS, ERROR = 10, 0.1


def test_the_expected_error_is_that_of_a_judge_with_this_error() -> None:
    rng = np.random.default_rng(1)
    topic = np.repeat(np.arange(TOPICS), 200)
    true = rng.binomial(OPINIONS, (1 / (1 + np.exp(-1.5 * rng.normal(size=TOPICS))))[topic])
    lost, won = rng.binomial(true, ERROR), rng.binomial(OPINIONS - true, ERROR)
    judged = (true - lost + won) / OPINIONS
    truth, weights = rng.random((2, TOPICS)), np.array([[1.0, 0.0], [1.0, -1.0]])
    labelled = labels_of(topic, true / OPINIONS, judged, np.arange(topic.size))
    found = residual_covariance(labelled, truth, weights, 0.9)
    expected = expected_covariance(
        tabulate(topic, judged), truth, weights, ERROR, OPINIONS, np.random.default_rng(2)
    )
    assert np.diagonal(expected) == pytest.approx(np.diagonal(found), rel=0.3)


def test_a_judge_without_error_leaves_no_error_of_labels() -> None:
    cell = tabulate([0, 0, 1, 1, 2, 2], [0.1, 0.2, 0.5, 0.4, 0.9, 0.8])
    found = expected_covariance(
        cell, np.array([[0.1, 0.5, 0.8]]), np.eye(1), 0.0, OPINIONS, np.random.default_rng(3)
    )
    assert found[0, 0] == pytest.approx(0, abs=1e-12)
    assert np.isnan(
        expected_covariance(
            tabulate([0], [0.5]), np.array([[0.1]]), np.eye(1), 0.1, 10, np.random.default_rng(4)
        )
    ).all()


@pytest.mark.parametrize("error", [0.0, 0.03, 0.2])
def test_a_reliability_gives_back_its_error(error: float) -> None:
    polarity = np.random.default_rng(5).random(400)
    reliability = leaning_judge_reliability(polarity, OPINIONS, error, error)
    found = error_of_reliability(float(reliability.value), float(np.var(polarity)), OPINIONS)
    assert found == pytest.approx(error, abs=1e-9)
