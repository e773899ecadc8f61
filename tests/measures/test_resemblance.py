"""One model under two names resembles itself; models of one kind resemble each other less."""

from __future__ import annotations

import numpy as np
import pytest

from culture_ray.measures.cells import Cell, tabulate
from culture_ray.measures.resemblance import resemblances

TOPICS, LANGUAGES, RESPONSES = 32, 4, 8


def asked(opinions: np.ndarray, rng: np.random.Generator) -> list[Cell | None]:
    """Return a model's cells; `opinions` are logits per language and topic."""
    topic = np.repeat(np.arange(TOPICS), RESPONSES)
    return [tabulate(topic, rng.binomial(8, 1 / (1 + np.exp(-row[topic]))) / 8) for row in opinions]


def models(seed: int, count: int, own: float) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(LANGUAGES, TOPICS))
    return [common + own * rng.normal(size=(LANGUAGES, TOPICS)) for _ in range(count)]


@pytest.mark.parametrize("seed", range(4))
def test_one_model_under_two_names_resembles_itself(seed: int) -> None:
    rng = np.random.default_rng(seed)
    opinions = models(seed, 5, own=1.0)
    found = resemblances([asked(o, rng) for o in (*opinions, opinions[0])], TOPICS)
    assert found[0, 5] == pytest.approx(1.0, abs=0.06)
    others = found[np.triu_indices(6, 1)]
    assert np.sort(others)[-2] < 0.75
    assert np.array_equal(found, found.T, equal_nan=True)


def test_two_models_have_nothing_to_differ_from() -> None:
    rng = np.random.default_rng(5)
    found = resemblances([asked(o, rng) for o in models(5, 2, own=1.0)], TOPICS)
    assert np.isnan(found).all()


def test_models_without_opinions_of_their_own_are_not_compared() -> None:
    topic = np.repeat(np.arange(TOPICS), RESPONSES)
    rng = np.random.default_rng(6)
    same = [tabulate(topic, np.full(topic.size, 0.5))] * LANGUAGES
    cells = [same, same, *(asked(o, rng) for o in models(6, 2, own=1.0))]
    assert np.isfinite(resemblances(cells, TOPICS)[2, 3])
    assert np.isnan(resemblances([same, same, same], TOPICS)).all()


def test_languages_that_a_model_was_not_asked_in_are_left_out() -> None:
    rng = np.random.default_rng(7)
    opinions = models(7, 4, own=1.0)
    cells = [asked(o, rng) for o in (*opinions, opinions[0])]
    cells[4] = [cells[4][0], cells[4][1], None, None]
    assert resemblances(cells, TOPICS)[0, 4] == pytest.approx(1.0, abs=0.1)
