"""The sample of a label sheet: even over cells and topics, with the probabilities it states."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from culture_ray.tools.label_sample import Candidate, draw_sample


def candidates(responses: int = 10) -> list[Candidate]:
    return [
        Candidate(f"{m}{la}{t}{n}", m, la, t, "1. a")
        for m in "xyz"
        for la in ("da", "en")
        for t in "abcdefgh"
        for n in range(responses)
    ]


def test_models_languages_and_topics_are_drawn_evenly() -> None:
    found = draw_sample(candidates(), 48, 1)
    drawn = [one.candidate for one in found]
    assert len({one.id for one in drawn}) == 48
    assert set(Counter((one.model, one.language) for one in drawn).values()) == {8}
    assert set(Counter((one.topic, one.language) for one in drawn).values()) == {3}
    assert set(Counter((one.model, one.topic, one.language) for one in drawn).values()) == {1}
    assert {one.probability for one in found} == {0.1}
    assert [one.language for one in drawn] == ["da"] * 24 + ["en"] * 24
    assert [one.candidate.id for one in draw_sample(candidates(), 48, 2)] != [o.id for o in drawn]
    assert draw_sample(candidates(), 48, 1) == found
    every = draw_sample(candidates(), 9999, 1)
    assert len(every) == 480 and {one.probability for one in every} == {1.0}


@pytest.mark.slow
def test_responses_are_drawn_as_often_as_the_sheet_states() -> None:
    # A small cell, a topic that only one model was asked about, and a protocol of its own.
    uneven = [c for c in candidates(3) if c.model != "z" or c.topic in "ab"]
    uneven += [Candidate(f"own{n}", "x", "da", "q", "1. a") for n in range(5)]
    uneven += [Candidate(f"p{n}", "x", "da", "a", "1. a", "persona", "DK") for n in range(9)]
    samples = 500
    stated: dict[str, float] = {}
    times: Counter[str] = Counter()
    for seed in range(samples):
        found = draw_sample(uneven, 20, seed)
        assert len(found) == 20
        times.update(one.candidate.id for one in found)
        stated |= {one.candidate.id: one.probability for one in found}
    assert len(stated) == len(uneven)
    assert sum(stated.values()) == pytest.approx(20)
    error = np.array([times[one] / samples - p for one, p in stated.items()])
    spread = np.sqrt([p * (1 - p) / samples for p in stated.values()])
    assert np.abs(error / spread).max() < 4.5
