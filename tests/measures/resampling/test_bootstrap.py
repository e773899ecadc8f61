import numpy as np
import pytest

from culture_ray.measures.alignment import Level, Measure, alignment
from culture_ray.measures.cells import tabulate
from culture_ray.measures.consistency import self_consistency
from culture_ray.measures.resampling import bootstrap as module
from culture_ray.measures.resampling.bootstrap import (
    BootstrapOptions,
    StudyCell,
    bootstrap,
    bootstrap_cell,
    study_topics,
)
from culture_ray.measures.resampling.resample import (
    DrawLevel,
    Resampling,
    drawn_rounds,
    topic_draws,
)
from culture_ray.measures.result import InvalidMeasureInput, Reason
from culture_ray.measures.rounds import Pairs

RNG = np.random.default_rng(21)
TRUTH = RNG.random((5, 14))
TRUTH[1, 3:5] = TRUTH[2, 9] = np.nan


def cell(topics=14, responses=90):
    topic = RNG.integers(0, topics, responses)
    return tabulate(topic, RNG.binomial(6, TRUTH[0, topic]) / 6)


CELLS = [StudyCell("a", cell()), StudyCell("b", cell(9)), StudyCell("c", cell(14, 30))]
VERSIONS = [(drawn, level) for drawn in DrawLevel for level in Level]


@pytest.mark.parametrize(("drawn", "level"), VERSIONS)
def test_estimates_are_those_of_the_cell_as_observed(drawn, level):
    found = list(bootstrap(CELLS, TRUTH, Resampling(drawn, 5), BootstrapOptions(level=level)))
    for study_cell, result in zip(CELLS, found, strict=True):
        direct = alignment(study_cell.cell, TRUTH, Measure.SPEARMAN, level)
        np.testing.assert_array_equal(result.alignment.value, direct.value)
        assert result.consistency.value == self_consistency(study_cell.cell).value
        assert result.alignment_rounds.shape == (5, 5)
        assert result.consistency_rounds.shape == (5,)


@pytest.mark.parametrize(("drawn", "level"), VERSIONS)
def test_results_depend_on_neither_chunks_nor_order_nor_company(drawn, level, monkeypatch):
    resampling, wanted = Resampling(drawn, 300, 8), BootstrapOptions(level=level)
    together = list(bootstrap(CELLS, TRUTH, resampling, wanted))
    monkeypatch.setattr(module, "CHUNK_ELEMENTS", 5000)
    topics = study_topics(CELLS)
    for index in (2, 0, 1):
        alone = bootstrap_cell(CELLS[index], TRUTH, resampling, topics, wanted)
        for name in ("alignment_rounds", "consistency_rounds"):
            np.testing.assert_allclose(
                getattr(alone, name), getattr(together[index], name), rtol=0, atol=1e-12
            )


@pytest.mark.parametrize("level", list(Level))
def test_a_joint_round_is_the_cell_with_its_topics_physically_repeated(level):
    resampling = Resampling(DrawLevel.JOINT_TOPICS, 40, 3)
    found = list(bootstrap(CELLS, TRUTH, resampling, BootstrapOptions(level=level)))
    draws = topic_draws(14, 40, 3, "joint topics").astype(int)
    for study_cell, result in zip(CELLS, found, strict=True):
        topics, values = study_cell.cell.counts.shape
        bins = np.repeat(np.arange(topics * values), study_cell.cell.counts.ravel().astype(int))
        topic, value = study_cell.cell.topics[bins // values], study_cell.cell.values[bins % values]
        for draw, row, consistency in zip(
            draws, result.alignment_rounds, result.consistency_rounds, strict=True
        ):
            copies = [(t, n) for t in range(14) for n in range(draw[t])]
            repeated = [np.full((topic == t).sum(), place) for place, (t, _) in enumerate(copies)]
            rows = tabulate(
                np.concatenate(repeated), np.concatenate([value[topic == t] for t, _ in copies])
            )
            truth = TRUTH[:, [t for t, _ in copies]]
            np.testing.assert_allclose(
                row, alignment(rows, truth, Measure.SPEARMAN, level).value, atol=1e-12
            )
            np.testing.assert_allclose(consistency, self_consistency(rows).value, atol=1e-12)


def test_topic_level_rounds_of_drawn_responses_compare_their_means():
    resampling = Resampling(DrawLevel.RESPONSES, 30, 2)
    found = next(bootstrap(CELLS[:1], TRUTH, resampling, BootstrapOptions(level=Level.TOPICS)))
    own = CELLS[0].cell
    (rounds,) = drawn_rounds(own, "a", resampling, study_topics(CELLS), 1000)
    for counts, row in zip(rounds.counts, found.alignment_rounds, strict=True):
        topic, value = np.nonzero(counts)
        times = counts[topic, value].astype(int)
        drawn = tabulate(np.repeat(own.topics[topic], times), np.repeat(own.values[value], times))
        expected = alignment(drawn, TRUTH, Measure.SPEARMAN, Level.TOPICS).value
        np.testing.assert_allclose(row, expected, atol=1e-12)


def test_contrasts_of_rounds_are_contrasts_of_the_populations_rounds():
    weights = np.array([[0.0, 0, 0, 0, 1], [0, -1, 0.5, 0.5, 0]])
    resampling = Resampling(DrawLevel.TOPICS, 50)
    plain = next(bootstrap(CELLS[:1], TRUTH, resampling))
    found = next(bootstrap([StudyCell("a", CELLS[0].cell, weights)], TRUTH, resampling))
    np.testing.assert_allclose(found.alignment.value, weights @ plain.alignment.value)
    np.testing.assert_allclose(found.alignment_rounds, plain.alignment_rounds @ weights.T)


def test_rounds_in_which_a_small_cell_is_constant_are_missing_and_its_estimate_is_not():
    small = StudyCell("small", tabulate([0, 0, 1], [0.2, 0.2, 0.8]))
    topics = np.arange(8)
    found = bootstrap_cell(small, TRUTH, Resampling(rounds=400), topics)
    missing = np.isnan(found.alignment_rounds[:, 0])
    drawn = topic_draws(8, 400, 0, "joint topics")[:, :2]
    np.testing.assert_array_equal(missing, (drawn == 0).any(axis=1))
    assert found.alignment.defined[0]


def test_a_cell_without_responses_is_undefined_throughout_and_says_why():
    cells = [*CELLS, StudyCell("empty", tabulate([], []))]
    for drawn in DrawLevel:
        for level in Level:
            *_, empty = bootstrap(cells, TRUTH, Resampling(drawn, 9), BootstrapOptions(level=level))
            assert np.isnan(empty.alignment_rounds).all()
            assert np.isnan(empty.consistency_rounds).all()
            assert set(empty.alignment.reason) == {Reason.NO_RESPONSES}
            assert empty.consistency.reason == Reason.NO_PAIRS


def test_copies_of_a_response_agree_with_each_other_only_on_request():
    resampling = Resampling(DrawLevel.RESPONSES, 400)
    rounds = {
        pairs: next(bootstrap(CELLS[2:], TRUTH, resampling, BootstrapOptions(pairs=pairs)))
        for pairs in Pairs
    }
    mean = {pairs: found.consistency_rounds.mean() for pairs, found in rounds.items()}
    valid = rounds[Pairs.OTHER_RESPONSES].consistency.value
    assert mean[Pairs.OTHER_RESPONSES] < valid + 0.03
    assert mean[Pairs.OTHER_DRAWS] > valid + 0.06
    assert mean[Pairs.ALL] > mean[Pairs.OTHER_DRAWS] + 0.05


def test_spread_is_that_of_topics_or_of_responses_as_asked():
    clusters = {
        drawn: next(bootstrap(CELLS[:1], TRUTH, Resampling(drawn, 3))).clusters
        for drawn in DrawLevel
    }
    responses = {DrawLevel.RESPONSES, DrawLevel.RESPONSES_IN_TOPICS}
    assert {clusters[drawn] for drawn in responses} == {90}
    assert {clusters[drawn] for drawn in DrawLevel if drawn not in responses} == {14}


def test_contrasts_over_other_populations_are_refused():
    with pytest.raises(InvalidMeasureInput, match="cell a: contrasts"):
        next(bootstrap([StudyCell("a", CELLS[0].cell, np.ones((1, 4)))], TRUTH, Resampling()))


def test_no_cells_have_no_topics():
    assert study_topics([]).size == 0
