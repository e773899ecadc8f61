"""Correction by reference labels: exact where all is labelled, unbiased where a sample is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from culture_ray.measures.alignment import Measure, alignment
from culture_ray.measures.cells import tabulate
from culture_ray.measures.labelled.corrected import (
    corrected_alignment,
    response_scores,
    tuned_power,
)
from culture_ray.measures.labelled.label_error import (
    error_of_both_samples,
    label_variance,
    residual_covariance,
)
from culture_ray.measures.labelled.reference import LabelledCell, ReferenceLabels
from culture_ray.measures.result import FloatArray, IntArray

TOPICS, OPINIONS, MEASURES = 12, 5, list(Measure)
SEEDS = st.integers(0, 2**32)
POWERS = st.sampled_from([0.0, 0.3, 0.8, 1.0])


def labels_of(
    topic: IntArray,
    reference: FloatArray,
    judged: FloatArray,
    chosen: IntArray,
    *,
    weight: float = 1.0,
) -> LabelledCell:
    return LabelledCell(
        tabulate(topic, judged),
        ReferenceLabels(
            topic[chosen], reference[chosen], judged[chosen], np.full(chosen.size, weight),
            chosen.size, np.bincount(topic, minlength=TOPICS),
        ),
    )  # fmt: skip


def study(rng: np.random.Generator, responses: int) -> tuple[IntArray, FloatArray, FloatArray]:
    """Topics, value polarities by the reference, and by a judge that leans to topics' own ends."""
    topic = np.repeat(np.arange(TOPICS), responses)
    share = 1 / (1 + np.exp(-1.5 * rng.normal(size=TOPICS)))
    lean = (rng.random(TOPICS) > 0.5).astype(float)
    true = rng.binomial(OPINIONS, share[topic])
    replaced = rng.binomial(OPINIONS, 0.3, topic.size)
    lost = rng.hypergeometric(true, OPINIONS - true, replaced)
    judged = true - lost + rng.binomial(replaced, lean[topic])
    return topic, true / OPINIONS, judged / OPINIONS


def populations(rng: np.random.Generator) -> FloatArray:
    truth = rng.random((3, TOPICS))
    truth[1, :3] = np.nan
    return truth


ONES = np.ones((1, TOPICS))


@given(SEEDS, POWERS, st.sampled_from(MEASURES))
@settings(max_examples=30)
def test_labels_of_all_responses_replace_those_of_the_judge(
    seed: int, power: float, measure: Measure
) -> None:
    rng = np.random.default_rng(seed)
    topic, reference, judged = study(rng, 4)
    reference[rng.random(topic.size) < 0.1] = np.nan
    judged[rng.random(topic.size) < 0.1] = np.nan
    truth = populations(rng)
    every = labels_of(topic, reference, judged, np.arange(topic.size), weight=3.0)
    found = corrected_alignment(every, truth, ONES, power, measure)
    expected = alignment(tabulate(topic, reference), truth, measure)
    assert found.value[0] == pytest.approx(expected.value)


@given(SEEDS)
@settings(max_examples=20)
def test_without_power_the_labels_alone_count(seed: int) -> None:
    rng = np.random.default_rng(seed)
    topic, reference, judged = study(rng, 4)
    truth = populations(rng)
    chosen = rng.choice(topic.size, 30, replace=False)
    found = corrected_alignment(labels_of(topic, reference, judged, chosen), truth, ONES, 0.0)
    expected = alignment(tabulate(topic[chosen], reference[chosen]), truth)
    assert found.value[0] == pytest.approx(expected.value)


@given(SEEDS, POWERS, st.sampled_from(MEASURES))
@settings(max_examples=30)
def test_a_topic_that_is_drawn_twice_counts_twice_with_its_labels(
    seed: int, power: float, measure: Measure
) -> None:
    rng = np.random.default_rng(seed)
    topic, reference, judged = study(rng, 4)
    truth = populations(rng)
    chosen = rng.choice(topic.size, 30, replace=False)
    times = rng.integers(0, 3, TOPICS)
    found = corrected_alignment(
        labels_of(topic, reference, judged, chosen),
        truth,
        times[None].astype(float),
        power,
        measure,
    )
    copies = np.repeat(np.arange(topic.size), times[topic])
    again = np.repeat(chosen, times[topic[chosen]])
    table = LabelledCell(
        tabulate(topic[copies], judged[copies]),
        ReferenceLabels(
            topic[again], reference[again], judged[again], np.ones(again.size), again.size,
            np.bincount(topic[copies], minlength=TOPICS),
        ),
    )  # fmt: skip
    assert found.value == pytest.approx(
        corrected_alignment(table, truth, ONES, power, measure).value, nan_ok=True
    )


def means(seed: int) -> tuple[FloatArray, FloatArray, IntArray, FloatArray, LabelledCell]:
    """A mean estimand: distances to the truth by the reference and by the judge, and the labels."""
    rng = np.random.default_rng(seed)
    topic, reference, judged = study(rng, 6)
    truth = rng.random((1, TOPICS))
    chosen = rng.choice(topic.size, 25, replace=False)
    distances = (np.abs(x - truth[0, topic]) for x in (reference, judged))
    return *distances, chosen, truth, labels_of(topic, reference, judged, chosen)


@given(SEEDS, POWERS)
@settings(max_examples=20)
def test_a_mean_is_that_of_prediction_powered_inference(seed: int, power: float) -> None:
    reference, judged, chosen, truth, labelled = means(seed)
    found = corrected_alignment(labelled, truth, ONES, power, Measure.CLOSENESS)
    expected = power * judged.mean() + (reference - power * judged)[chosen].mean()
    assert 1 - found.value[0, 0] == pytest.approx(expected)


def test_a_mean_is_that_of_ppi_python() -> None:
    ppi = pytest.importorskip("ppi_py", reason="ppi-python is not installed")
    reference, judged, chosen, truth, labelled = means(4)
    found = corrected_alignment(labelled, truth, ONES, 0.7, Measure.CLOSENESS)
    expected = ppi.ppi_mean_pointestimate(reference[chosen], judged[chosen], judged, lam=0.7)
    assert 1 - found.value[0, 0] == pytest.approx(float(np.ravel(expected)[0]))


def test_a_lean_is_removed_on_average_and_not_only_shrunk() -> None:
    rng = np.random.default_rng(1)
    topic, reference, judged = study(rng, 20)
    truth = populations(rng)
    true = alignment(tabulate(topic, reference), truth).value
    biased = alignment(tabulate(topic, judged), truth).value
    found = np.array(
        [
            corrected_alignment(
                labels_of(topic, reference, judged, rng.choice(topic.size, 60, replace=False)),
                truth,
                ONES,
                0.9,
            ).value[0]
            for _ in range(300)
        ]
    )
    assert np.abs(biased - true).max() > 0.1
    # The standard error of these means is about .006.
    assert np.abs(found.mean(axis=0) - true).max() < 0.02


def test_the_power_is_that_of_a_regression_of_the_reference_on_the_judge() -> None:
    rng = np.random.default_rng(2)
    topic, reference, judged = study(rng, 20)
    truth, weights = populations(rng), [np.eye(3)]
    chosen = rng.choice(topic.size, 80, replace=False)
    assert tuned_power([labels_of(topic, judged, judged, chosen)], truth, weights) == pytest.approx(
        1 / (1 + 80 / topic.size)
    )
    noise = rng.permutation(judged)
    assert tuned_power([labels_of(topic, reference, noise, chosen)], truth, weights) < 0.3
    nothing = labels_of(topic, reference, judged, chosen[:1])
    assert tuned_power([nothing], truth, weights) == 1.0


def test_a_figure_is_the_mean_of_the_parts_of_its_responses() -> None:
    rng = np.random.default_rng(3)
    topic, reference, judged = study(rng, 20)
    truth = rng.random((2, TOPICS))
    every = labels_of(topic, reference, judged, np.arange(topic.size))
    _, by_judge, _ = response_scores(every, truth, np.eye(2))
    assert by_judge.mean(axis=0) == pytest.approx(alignment(every.cell, truth).value)


def test_the_error_of_labels_is_that_over_samples_of_labels() -> None:
    rng = np.random.default_rng(5)
    topic, reference, judged = study(rng, 40)
    truth = rng.random((2, TOPICS))
    weights = np.array([[1.0, 0.0], [1.0, -1.0]])
    found, errors = [], []
    for _ in range(300):
        labelled = labels_of(topic, reference, judged, rng.choice(topic.size, 60, replace=False))
        found.append(weights @ corrected_alignment(labelled, truth, ONES, 0.9).value[0])
        one = residual_covariance(labelled, truth, weights, 0.9)
        errors.append(label_variance(one, 60, topic.size))
    spread = np.var(found, axis=0, ddof=1)
    # Ranks are those by the judge, so the errors are approximate.
    assert np.mean(errors, axis=0) == pytest.approx(spread, rel=0.35)
    assert label_variance(np.eye(2), 60, 60).tolist() == [0, 0]
    assert np.isinf(label_variance(np.eye(2), 0, 60)).all()


def test_each_part_of_an_error_has_the_degrees_of_freedom_of_its_topics() -> None:
    assert error_of_both_samples(0.31, 0.0, 32, 8) == pytest.approx((np.sqrt(0.32), 31))
    assert error_of_both_samples(0.07, 0.07, 32, 8) == pytest.approx((np.sqrt(0.08), 7))
    # A closed form above the variance over draws is no more than all of it.
    assert error_of_both_samples(0.07, 0.09, 32, 8) == pytest.approx((np.sqrt(0.08), 7))
    error, df = error_of_both_samples(0.02, 0.01, 32, 11)
    topics, labels = 0.01 * 32 / 31, 0.01 * 11 / 10
    assert error == pytest.approx(np.sqrt(topics + labels))
    assert df == pytest.approx((topics + labels) ** 2 / (topics**2 / 31 + labels**2 / 10))
    assert error_of_both_samples(0.0, 0.0, 32, 8) == (0.0, 31)
