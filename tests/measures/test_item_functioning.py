"""A topic that behaves unlike the others in a language is found, and others seldom are."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from culture_ray.measures.item_functioning import item_functioning


def _study(seed: int, languages: int = 4, topics: int = 16) -> tuple[np.ndarray, np.ndarray]:
    """Models and speakers whose gap is an effect of topic, one of language, and normal noise."""
    rng = np.random.default_rng(seed)
    speakers = rng.uniform(0.2, 0.8, size=(languages, topics))
    gap = 0.1 * rng.normal(size=topics) + 0.1 * rng.normal(size=(languages, 1))
    return speakers + gap + 0.05 * rng.normal(size=(languages, topics)), speakers


def test_a_displaced_wording_is_the_only_suspect() -> None:
    models, speakers = _study(1)
    models[2, 5] += 0.4
    found = item_functioning(models, speakers)
    assert np.argwhere(found.p_holm < 0.05).tolist() == [[2, 5]]
    assert found.residual[2, 5] > 0.2


def test_effects_of_a_topic_or_of_a_language_are_none_of_a_wording() -> None:
    models, speakers = _study(2)
    moved = models + 0.3 * (np.arange(16) == 3) - 0.2 * (np.arange(4) == 1)[:, None]
    before, after = (item_functioning(m, speakers) for m in (models, moved))
    assert after.residual == pytest.approx(before.residual)


def test_ordinary_studies_have_a_suspect_in_one_of_twenty() -> None:
    flagged = [np.nanmin(item_functioning(*_study(seed)).p_holm) < 0.05 for seed in range(600)]
    # The standard error of 5 % of 600 is .9 points.
    assert 0.02 < np.mean(flagged) < 0.08


def test_p_values_are_those_of_externally_studentised_residuals() -> None:
    models, speakers = _study(3, languages=3, topics=6)
    models[1, 2] = np.nan
    found = item_functioning(models, speakers)
    gap = models - speakers
    known = np.isfinite(gap)
    language, topic = np.nonzero(known)
    design = np.column_stack([np.eye(3)[language], np.eye(6)[topic][:, 1:]])
    expected = sm.OLS(gap[known], design).fit().outlier_test()
    t = sm.OLS(gap[known], design).fit().get_influence().resid_studentized_external
    assert found.t[known] == pytest.approx(t)
    assert found.p_value[known] == pytest.approx(np.asarray(expected)[:, 1])
    assert np.isnan(found.t[1, 2])


def test_with_two_languages_a_topic_counts_once() -> None:
    found = item_functioning(*_study(4, languages=2))
    assert found.residual[0] == pytest.approx(-found.residual[1])
    assert found.p_holm[0] == pytest.approx(found.p_holm[1])
    smallest = np.nanargmin(found.p_value[0])
    assert found.p_holm[0, smallest] == pytest.approx(min(1, 16 * found.p_value[0, smallest]))


def test_too_few_topics_have_no_p_value_and_none_no_residual() -> None:
    few = item_functioning(*_study(5, languages=2, topics=4))
    assert np.isfinite(few.residual).all()
    assert np.isnan(few.p_holm).all()
    nothing = item_functioning(np.full((2, 3), np.nan), np.full((2, 3), np.nan))
    assert np.isnan(nothing.residual).all()
