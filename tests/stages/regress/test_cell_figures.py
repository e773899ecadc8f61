"""Figures of cells: their definitions, and the same results in this process and with Ray."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from culture_ray.measures.cells import tabulate
from culture_ray.measures.consistency import self_consistency
from culture_ray.measures.resampling.bootstrap import StudyCell, bootstrap
from culture_ray.measures.resampling.resample import DrawLevel, Resampling
from culture_ray.measures.resampling.spread import standard_errors
from culture_ray.stages.regress.cell_figures import FIGURES, KEPT, CellFigures, cell_figures
from culture_ray.sweep.plan.cluster import Cluster

TOPICS, ROUNDS = 12, 60
RNG = np.random.default_rng(3)
TRUTH = RNG.random((4, TOPICS))
WEIGHTS = np.array([[1.0, 0, 0, 0], [0, 1.0, 0, 0], [0, 0, 0.5, 0.5], [0, 1.0, -0.5, -0.5]])
DRAWING = Resampling(DrawLevel.JOINT_TOPICS, ROUNDS, 1)


def made(count: int) -> list[StudyCell]:
    cells = []
    for index in range(count):
        topic = RNG.integers(0, TOPICS, 60)
        polarity = RNG.binomial(6, TRUTH[0, topic]) / 6
        cells.append(StudyCell(f"cell {index}", tabulate(topic, polarity), WEIGHTS))
    return cells


def figures(cells: Sequence[StudyCell], many: int = 10**6) -> CellFigures:
    clusters = np.array([cell.cell.topics.size for cell in cells])
    return cell_figures(cells, TRUTH, clusters, np.ones((len(cells), 2)), DRAWING, Cluster(), many)


def same(one: CellFigures, other: CellFigures) -> None:
    for name in FIGURES:
        np.testing.assert_array_equal(one.estimates[name], other.estimates[name])
        np.testing.assert_array_equal(one.std_errors[name], other.std_errors[name])
    for name in KEPT:
        np.testing.assert_array_equal(one.rounds[name], other.rounds[name])


def test_figures_and_errors_are_those_of_the_joint_bootstrap() -> None:
    cells = made(20)
    found = figures(cells)
    for place, one in enumerate(bootstrap(cells, TRUTH, DRAWING)):
        assert found.estimates["us_minus_native"][place] == one.alignment.value[3]
        assert found.estimates["self_consistency"][place] == one.consistency.value
        error = standard_errors(one.alignment_rounds[:, :1], [one.clusters])[0]
        assert found.std_errors["alignment_language"][place] == pytest.approx(error)
        clean = one.alignment.value[1] / np.sqrt(one.consistency.value)
        assert found.estimates["alignment_us_disattenuated"][place] == pytest.approx(clean)
        kept = found.rounds["alignment_native_mean"][place]
        np.testing.assert_allclose(kept, one.alignment_rounds[:, 2], atol=1e-6)


def test_a_contrast_that_cannot_be_had_is_undefined_and_the_others_are_not() -> None:
    weights = WEIGHTS.copy()
    weights[[0, 3]] = 0.0
    cells = [StudyCell(cell.key, cell.cell, weights) for cell in made(2)]
    found = figures(cells)
    for name in ("alignment_language", "us_minus_native", "alignment_language_topics"):
        assert np.isnan(found.estimates[name]).all()
        assert np.isnan(found.std_errors[name]).all()
    assert np.isfinite(found.estimates["alignment_us_topics"]).all()
    assert np.isnan(found.rounds["alignment_language"]).all()


def test_alignment_is_divided_by_the_reliability_of_the_same_topics() -> None:
    cells = made(1)
    truth = TRUTH.copy()
    truth[0, [1, 4, 7]] = np.nan
    clusters, reliability = np.array([TOPICS - 3]), np.ones((1, 2))
    found = cell_figures(cells, truth, clusters, reliability, DRAWING, Cluster())
    asked = np.setdiff1d(np.arange(TOPICS), [1, 4, 7])
    own = self_consistency(cells[0].cell.restricted_to(asked)).value
    aligned = found.estimates["alignment_language"][0]
    clean = found.estimates["alignment_language_disattenuated"][0]
    assert clean == pytest.approx(aligned / np.sqrt(own))
    assert own != pytest.approx(found.estimates["self_consistency"][0])
    # The other population has figures for every topic.
    overall = found.estimates["alignment_us"][0] / np.sqrt(found.estimates["self_consistency"][0])
    assert found.estimates["alignment_us_disattenuated"][0] == pytest.approx(overall)


def test_nothing_is_divided_by_a_reliability_that_may_be_zero() -> None:
    rng = np.random.default_rng(8)
    noise = tabulate(rng.integers(0, TOPICS, 60), rng.integers(0, 7, 60) / 6)
    found = figures([StudyCell("noise", noise, WEIGHTS)])
    assert np.isfinite(found.estimates["alignment_language"][0])
    assert np.isnan(found.estimates["alignment_language_disattenuated"][0])
    assert np.isnan(found.std_errors["alignment_us_disattenuated"][0])
    assert np.isnan(found.rounds["alignment_language_disattenuated"][0]).all()


def test_a_cell_has_the_same_figures_alone_as_among_others_of_its_topics() -> None:
    cells = made(40)
    whole, alone = figures(cells), figures(cells[33:34])
    for name in FIGURES:
        assert whole.std_errors[name][33] == alone.std_errors[name][0]


@pytest.mark.cluster
@pytest.mark.timeout(300)
def test_figures_over_ray_are_those_computed_here() -> None:
    cells = made(50)
    same(figures(cells), figures(cells, many=1))


def test_closeness_is_one_minus_the_mean_distance_of_topic_means_from_the_speakers() -> None:
    cells = made(3)
    truth = TRUTH.copy()
    truth[0, 2] = np.nan
    clusters = np.full(3, TOPICS - 1)
    found = cell_figures(cells, truth, clusters, np.ones((3, 2)), DRAWING, Cluster())
    for place, cell in enumerate(cells):
        apart = np.abs(cell.cell.topic_means - truth[0, cell.cell.topics])
        apart = apart[~np.isnan(apart)]
        assert found.estimates["closeness_language"][place] == pytest.approx(1 - apart.mean())
        error = found.std_errors["closeness_language"][place]
        # Draws of topics estimate the standard error of a mean; 60 of them to about a tenth.
        assert error == pytest.approx(apart.std(ddof=1) / np.sqrt(apart.size), rel=0.4)
    nobody = [StudyCell("alone", cells[0].cell, np.zeros_like(WEIGHTS))]
    alone = cell_figures(nobody, TRUTH, clusters[:1], np.ones((1, 2)), DRAWING, Cluster())
    assert np.isnan(alone.estimates["closeness_language"]).all()
    assert np.isnan(alone.rounds["closeness_language"]).all()


def test_closeness_sees_levels_that_ranks_do_not() -> None:
    topics = np.arange(TOPICS)
    people = np.linspace(0.1, 0.9, TOPICS)
    cells = [
        StudyCell(name, tabulate(np.repeat(topics, 2), np.repeat(values, 2)), np.eye(4, 1))
        for name, values in {"same": people, "flat": 0.5 + 0.1 * (people - 0.5)}.items()
    ]
    found = cell_figures(
        cells, people[None], np.full(2, TOPICS), np.ones((2, 2)), DRAWING, Cluster()
    )
    assert found.estimates["alignment_language"] == pytest.approx([1.0, 1.0])
    assert found.estimates["closeness_language"] == pytest.approx(
        [1.0, 1 - 0.9 * np.abs(people - 0.5).mean()]
    )
