import numpy as np
import pytest

from culture_ray.measures.alignment import Level, Measure
from culture_ray.measures.cells import tabulate
from culture_ray.measures.resampling.bootstrap import BootstrapOptions, StudyCell, bootstrap
from culture_ray.measures.resampling.resample import Resampling
from culture_ray.measures.result import InvalidMeasureInput
from tests.measures.resampling.influence import topic_influences
from tests.measures.resampling.test_spread import covariance

RNG = np.random.default_rng(4)
TOPICS = 150
TRUTH = RNG.random((3, TOPICS))
LEVELS = [Level.RESPONSES, Level.TOPICS]


def cell(key, covered):
    topic = np.repeat(np.flatnonzero(covered), 6)
    share = np.clip(TRUTH[0, topic] + np.repeat(RNG.normal(0, 0.25, covered.sum()), 6), 0, 1)
    return StudyCell(key, tabulate(topic, RNG.binomial(6, share) / 6))


CELLS = [cell("a", np.ones(TOPICS, bool)), cell("b", RNG.random(TOPICS) < 0.8)]


@pytest.mark.parametrize("level", LEVELS)
def test_with_many_topics_the_covariance_is_that_of_the_joint_topic_bootstrap(level):
    wanted = BootstrapOptions(level=level)
    topics = np.arange(TOPICS)
    scores = [topic_influences(one, TRUTH, topics, wanted) for one in CELLS]
    drawn = list(bootstrap(CELLS, TRUTH, Resampling(rounds=6000), wanted))
    side_by_side = np.column_stack([s for i in scores for s in (i.alignment, i.consistency)])
    rounds = np.column_stack([r for d in drawn for r in (d.alignment_rounds, d.consistency_rounds)])
    expected = covariance(rounds, np.repeat([d.clusters for d in drawn], 4))
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    found = side_by_side.T @ side_by_side
    np.testing.assert_allclose(found / scale, expected / scale, atol=0.08)
    assert np.abs(expected / scale)[0, 4] > 0.2


def test_influences_on_a_mean_are_its_exact_linear_form():
    one = CELLS[0]
    found = topic_influences(
        one, TRUTH, np.arange(TOPICS), BootstrapOptions(measure=Measure.CLOSENESS)
    )
    gap = np.abs(one.cell.values - TRUTH[0][:, None])
    excess = (one.cell.counts * (gap - (one.cell.counts * gap).sum() / one.cell.responses)).sum(1)
    expected = -excess / one.cell.responses * np.sqrt(TOPICS / (TOPICS - 1))
    np.testing.assert_allclose(found.alignment[:, 0], expected, atol=1e-9)


@pytest.mark.parametrize("level", LEVELS)
def test_influences_sum_to_0_and_topics_a_cell_lacks_have_none(level):
    found = topic_influences(CELLS[1], TRUTH, np.arange(TOPICS), BootstrapOptions(level=level))
    lacking = np.setdiff1d(np.arange(TOPICS), CELLS[1].cell.topics)
    assert lacking.size
    assert not found.alignment[lacking].any()
    assert found.alignment[CELLS[1].cell.topics].any()
    np.testing.assert_allclose(found.alignment.sum(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(found.consistency.sum(), 0, atol=1e-6)


def test_contrasts_have_the_contrasts_of_influences():
    weights = np.array([[1.0, -0.5, -0.5]])
    topics = np.arange(TOPICS)
    plain = topic_influences(CELLS[0], TRUTH, topics)
    found = topic_influences(StudyCell("a", CELLS[0].cell, weights), TRUTH, topics)
    np.testing.assert_allclose(found.alignment, plain.alignment @ weights.T, atol=1e-9)


def test_undefined_figures_have_no_influences():
    constant = StudyCell("c", tabulate([0, 0, 1, 1], [0.5, 0.5, 0.5, 0.5]))
    single = StudyCell("s", tabulate([0, 0], [0.5, 0.9]))
    for one in (constant, single, StudyCell("e", tabulate([], []))):
        found = topic_influences(one, TRUTH, np.arange(TOPICS))
        assert np.isnan(found.alignment).all()
        assert np.isnan(found.consistency).all()


def test_topics_outside_the_study_are_refused():
    with pytest.raises(InvalidMeasureInput, match=r"cell s has topics \[7\]"):
        topic_influences(StudyCell("s", tabulate([0, 7], [0.5, 0.9])), TRUTH, np.arange(3))
