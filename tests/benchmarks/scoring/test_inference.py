"""Figures over items with errors from joint draws of their clusters."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from culture_ray.benchmarks.scoring.cluster_draws import ItemClusters
from culture_ray.benchmarks.scoring.inference import FigureEstimates, estimates
from culture_ray.benchmarks.scoring.item_figures import mean_score
from culture_ray.benchmarks.scoring.linear_figures import FigureTerm, GroupFigure, LinearFigure

ROUNDS = 400


def _mean(scores: np.ndarray, clusters: list[str], rounds: int = ROUNDS) -> FigureEstimates:
    figure = GroupFigure(mean_score(scores), np.ones(len(scores), bool))
    wanted = [LinearFigure((FigureTerm(0, cell),)) for cell in range(scores.shape[1])]
    return estimates([figure], wanted, ItemClusters.of(clusters), rounds=rounds, seed=0)


def _gap(scores: np.ndarray, clusters: list[str], group: np.ndarray) -> FigureEstimates:
    """Mean over the columns of group A minus group B."""
    figure, cells = mean_score(scores), scores.shape[1]
    groups = [GroupFigure(figure, group == g, stratum=g) for g in "AB"]
    terms = [FigureTerm(f, c, w / cells) for f, w in ((0, 1.0), (1, -1.0)) for c in range(cells)]
    return estimates(
        groups,
        [LinearFigure(tuple(terms), -1.0, 1.0)],
        ItemClusters.of(clusters, [group]),
        rounds=ROUNDS,
        seed=0,
    )


def test_the_standard_error_of_a_mean_is_the_textbook_one() -> None:
    scores = (np.random.default_rng(0).random((200, 1)) < 0.7).astype(float)
    found = _mean(scores, [str(i) for i in range(200)], rounds=4000)
    expected = scores.std(ddof=1) / np.sqrt(200)
    assert found.value[0] == pytest.approx(scores.mean())
    assert found.std_error[0] == pytest.approx(expected, rel=0.03)
    half = stats.t.ppf(0.975, 199) * found.std_error[0]
    assert found.ci_high[0] - found.value[0] == pytest.approx(half)


def test_items_of_one_cluster_are_drawn_together() -> None:
    draws = np.random.default_rng(0)
    scores = np.repeat((draws.random(50) < 0.5).astype(float), 4)[:, None]
    found = _mean(scores, [str(i // 4) for i in range(200)], rounds=4000)
    assert found.clusters[0] == 50
    assert found.std_error[0] == pytest.approx(scores[::4].std(ddof=1) / np.sqrt(50), rel=0.03)


def test_a_paired_contrast_of_equal_scores_is_exactly_zero() -> None:
    scores = np.repeat((np.random.default_rng(0).random((40, 1)) < 0.5).astype(float), 2, axis=1)
    figure = GroupFigure(mean_score(scores), np.ones(40, bool))
    wanted = [LinearFigure((FigureTerm(0, 0), FigureTerm(0, 1, -1.0)), -1.0, 1.0)]
    clusters = ItemClusters.of([str(i) for i in range(40)])
    found = estimates([figure], wanted, clusters, rounds=50, seed=0)
    assert found.value[0] == 0
    assert np.isnan(found.std_error[0])


def test_a_contrast_of_unequal_groups_has_the_degrees_of_freedom_of_welch() -> None:
    draws = np.random.default_rng(3)
    scores = np.concatenate([draws.random(8), 0.2 * draws.random(200)])[:, None]
    group = np.repeat(["A", "B"], [8, 200])
    found = _gap(scores, [str(i) for i in range(208)], group)
    test = stats.ttest_ind(scores[:8, 0], scores[8:, 0], equal_var=False)
    low, high = test.confidence_interval()
    assert found.ci_high[0] - found.ci_low[0] == pytest.approx(high - low, rel=0.12)
    assert found.clusters[0] == 8


def test_all_right_has_no_standard_error_but_an_interval() -> None:
    found = _mean(np.ones((20, 1)), [str(i) for i in range(20)])
    assert np.isnan(found.std_error[0])
    exact = stats.binomtest(20, 20).proportion_ci(method="exact")
    assert found.ci_low[0] == pytest.approx(exact.low)
    assert found.ci_high[0] == 1


def test_fewer_than_five_clusters_have_no_interval() -> None:
    found = _mean(np.array([[0.0], [1.0], [1.0], [0.0]]), list("abcd"))
    assert found.value[0] == 0.5
    assert np.isnan([found.std_error[0], found.ci_low[0], found.ci_high[0]]).all()


def test_a_missing_score_counts_nowhere_and_an_empty_group_is_undefined() -> None:
    scores = np.array([[1.0, np.nan]] * 6 + [[np.nan, np.nan]])
    found = _mean(scores, [str(i) for i in range(7)])
    assert found.value[0] == 1
    assert found.clusters.tolist() == [6, 0]
    assert np.isnan(found.value[1])


def _studies_covered(count: int, by_item: bool) -> float:
    """Share of simulated studies without a gap whose interval contains 0, over 7 languages."""
    covered = []
    for study in range(count):
        draws = np.random.default_rng(study)
        item = draws.normal(size=(80, 1))
        answered = item + draws.normal(size=(80, 7)) * 0.7
        scores = (answered > 0).astype(float)
        group = np.repeat(["A", "B"], 40)
        if by_item:
            found = _gap(scores, [str(i) for i in range(80)], group)
        else:
            rows, wide = scores.reshape(-1, 1), np.repeat(group, 7)
            found = _gap(rows, [str(i) for i in range(len(rows))], wide)
        covered.append(found.ci_low[0] <= 0 <= found.ci_high[0])
    return float(np.mean(covered))


@pytest.mark.slow
def test_a_culture_gap_of_nothing_over_languages_is_covered_at_its_level() -> None:
    assert 0.935 <= _studies_covered(2000, by_item=True) <= 0.965


@pytest.mark.slow
def test_answers_to_one_item_in_several_languages_are_not_independent() -> None:
    assert _studies_covered(300, by_item=False) < 0.85
