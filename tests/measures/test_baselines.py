"""Baselines answer as their names say, the same in every run with the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from culture_ray.measures.baselines import OPINIONS, baseline_polarity
from culture_ray.measures.result import FloatArray

TRUTH = np.array([0.05, 0.3, 0.5, 0.9, np.nan])
MANY = 4000
TOPIC = np.repeat(np.arange(TRUTH.size), MANY)


def answers(name: str, seed: int = 1, language: str = "da") -> FloatArray:
    """Value polarities by topic, shape (topics, responses)."""
    found = baseline_polarity(name, TOPIC, TRUTH, seed=seed, language=language)
    return found.reshape(TRUTH.size, MANY)


@pytest.mark.parametrize("name", ["uniform_random", "fifty_percent", "perfect"])
def test_every_response_gives_ten_opinions(name: str) -> None:
    tenths = answers(name)[:4] * OPINIONS
    assert np.allclose(tenths, np.round(tenths))
    assert tenths.min() >= 0
    assert tenths.max() <= OPINIONS


def test_perfect_answers_like_the_people_and_only_where_they_were_asked() -> None:
    found = answers("perfect")
    assert np.allclose(found[:4].mean(axis=1), TRUTH[:4], atol=0.012)
    spread = TRUTH[:4] * (1 - TRUTH[:4]) / OPINIONS
    assert np.allclose(found[:4].var(axis=1), spread, rtol=0.1)
    assert np.isnan(found[4]).all()


def test_fifty_percent_is_around_one_half_everywhere() -> None:
    found = answers("fifty_percent")
    assert np.allclose(found.mean(axis=1), 0.5, atol=0.012)
    assert np.allclose(found.var(axis=1), 0.25 / OPINIONS, rtol=0.1)


def test_uniform_random_is_evenly_spread_over_all_shares() -> None:
    found = answers("uniform_random")
    counts = np.array([np.isclose(found, tenth / OPINIONS).sum() for tenth in range(11)])
    assert np.allclose(counts / found.size, 1 / 11, atol=0.006)


def test_the_draws_depend_on_name_seed_and_language_alone() -> None:
    assert np.array_equal(answers("uniform_random"), answers("uniform_random"))
    others = [
        answers("uniform_random", seed=2),
        answers("uniform_random", language="en"),
        answers("fifty_percent"),
    ]
    assert not any(np.array_equal(answers("uniform_random"), other) for other in others)


def test_topics_have_draws_of_their_own() -> None:
    found = answers("fifty_percent")
    assert abs(np.corrcoef(found[0], found[1])[0, 1]) < 0.08


def test_another_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        answers("oracle")


def test_a_seed_answers_the_same_in_every_release() -> None:
    first = answers("uniform_random")[:2, :4] * OPINIONS
    assert np.round(first).astype(int).tolist() == [[3, 6, 10, 4], [3, 7, 7, 5]]
