"""Rounds of all cells at once give each cell the figures of rounds of its own."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.measures.alignment import alignment_rounds
from culture_ray.measures.cells import Cell
from culture_ray.measures.populations import Populations
from culture_ray.measures.rounds import TopicRounds
from culture_ray.simulation.rounds import StudyRounds


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(3, 9))
def test_each_cell_has_the_alignment_of_rounds_of_its_own(
    seed: int, cells: int, topics: int
) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 4, size=(cells, topics, 5)).astype(float)
    draws = rng.integers(0, 3, size=(6, topics)).astype(float)
    truth = rng.normal(size=(3, topics))
    truth[2, 0] = np.nan  # a population without a figure, which makes a second set of topics
    together = alignment_rounds(StudyRounds(counts, draws), Populations(truth)).value
    values = np.arange(5) / 4
    for found, own in zip(together.reshape(cells, 6, 3), counts, strict=True):
        rounds = TopicRounds(Cell(np.arange(topics), values, own), draws)
        expected = alignment_rounds(rounds, Populations(truth)).value
        np.testing.assert_allclose(found, expected, atol=1e-12)
