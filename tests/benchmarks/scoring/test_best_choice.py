"""The best language per group, chosen on one half of the questions and measured on the other."""

from __future__ import annotations

import numpy as np

from culture_ray.benchmarks.scoring.best.best_choice import choice_gain


def test_the_best_language_has_no_gain_where_languages_do_not_differ() -> None:
    fitted, in_sample = [], []
    for study in range(40):
        draws = np.random.default_rng(study)
        scores = (draws.random((240, 12)) < 0.5).astype(float)
        found = choice_gain(scores, np.repeat(np.arange(12), 20), np.arange(240), 0, divisions=4)
        fitted.append(np.nanmean(found.cross_fitted))
        in_sample.append(np.nanmean(found.in_sample))
    assert np.mean(in_sample) > 0.14
    assert abs(np.mean(fitted)) < 3 * np.std(fitted) / np.sqrt(40)


def test_a_language_that_is_better_is_chosen_and_its_gain_is_found() -> None:
    draws = np.random.default_rng(1)
    chance = np.full((600, 3), 0.3)
    chance[:300, 1], chance[300:, 2] = 0.9, 0.9
    scores = (draws.random((600, 3)) < chance).astype(float)
    found = choice_gain(scores, np.repeat([0, 1], 300), np.arange(600) // 2, 0)
    assert found.chosen.tolist() == [1, 2]
    assert abs(np.nanmean(found.cross_fitted) - 0.4) < 0.06


def test_rows_of_one_cluster_choose_nothing_for_each_other() -> None:
    scores = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    found = choice_gain(scores, np.zeros(4, np.int64), np.array([0, 0, 1, 1]), 0)
    np.testing.assert_allclose(found.cross_fitted, -0.5)


def test_missing_scores_are_left_out() -> None:
    scores = np.full((6, 2), np.nan)
    found = choice_gain(scores, np.zeros(6, np.int64), np.arange(6), 0)
    assert np.isnan(found.cross_fitted).all()
    assert found.chosen.tolist() == [-1]
