"""Resampling: draws of topics and responses in the rounds of a bootstrap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from culture_ray.measures.cells import Cell
from culture_ray.measures.resampling.response_draws import (
    draw_responses,
    draw_responses_in_topics,
    draw_responses_within,
)
from culture_ray.measures.resampling.response_rounds import ResponseRounds
from culture_ray.measures.resampling.streams import BLOCK, seeded_runs
from culture_ray.measures.result import FloatArray, IntArray, require
from culture_ray.measures.rounds import TopicRounds


class DrawLevel(StrEnum):
    """Unit that is drawn with replacement in each round."""

    RESPONSES = "responses"
    """Responses within a cell, as in the paper: variation of figures if models are asked again."""
    TOPICS = "topics"
    """Topics within a cell, each with all its responses: variation with the survey items."""
    JOINT_TOPICS = "joint_topics"
    """The same topics in all cells, which preserves the covariance of errors between cells."""
    TOPICS_THEN_RESPONSES = "topics_then_responses"
    """The same topics in all cells, then responses within each drawn topic. The spread exceeds that
    of joint topics, which already contains the noise of responses once."""
    RESPONSES_IN_TOPICS = "responses_in_topics"
    """Responses within each topic, apart in every cell: variation if models are asked the same
    topics again, which says nothing about other topics."""


@dataclass(frozen=True)
class Resampling:
    """Unit of resampling, number of rounds and seed."""

    drawn: DrawLevel = DrawLevel.JOINT_TOPICS
    rounds: int = 2000
    seed: int = 0

    def __post_init__(self) -> None:
        require(self.rounds >= 1, f"{self.rounds} rounds")
        require(self.seed >= 0, f"a negative seed, {self.seed}")


def drawn_rounds(
    cell: Cell, key: str, resampling: Resampling, topics: IntArray, chunk: int
) -> Iterator[TopicRounds | ResponseRounds]:
    """Yield the rounds of a cell in order, at most `chunk` at a time.

    `key` names the cell; draws that are not joint depend on it. `topics` are the indices from which
    a joint draw is taken, ascending, the same for all cells of a study; of the cell's topics a
    round contains those that were drawn. The draws depend neither on `chunk` nor on the order of
    the cells, and earlier rounds do not depend on the number of rounds.
    """
    require(chunk >= 1, f"chunks of {chunk} rounds")
    every = np.array_equal(cell.topics, topics)
    missing = [] if every else np.setdiff1d(cell.topics, topics).tolist()
    require(not missing, f"cell {key} has topics {missing} that cannot be drawn")
    drawn, rounds, seed = resampling.drawn, resampling.rounds, resampling.seed
    if drawn is DrawLevel.RESPONSES:
        for generator, start, stop in seeded_runs(rounds, seed, f"responses {key}", chunk):
            yield draw_responses(cell, stop - start, generator)
        return
    if drawn is DrawLevel.RESPONSES_IN_TOPICS:
        for generator, start, stop in seeded_runs(rounds, seed, f"fixed topics {key}", chunk):
            yield draw_responses_in_topics(cell, stop - start, generator)
        return
    if drawn is DrawLevel.TOPICS:
        draws = topic_draws(cell.topics.size, rounds, seed, f"topics {key}")
    else:
        joint = topic_draws(topics.size, rounds, seed, "joint topics")
        draws = joint if every else joint[:, np.searchsorted(topics, cell.topics)]
    if drawn is DrawLevel.TOPICS_THEN_RESPONSES:
        for generator, start, stop in seeded_runs(
            rounds, seed, f"responses in topics {key}", chunk
        ):
            yield draw_responses_within(cell, draws[start:stop], generator)
        return
    for start in range(0, rounds, chunk):
        yield TopicRounds(cell, draws[start : start + chunk])


@lru_cache(maxsize=4)
def topic_draws(n_topics: int, rounds: int, seed: int, purpose: str) -> FloatArray:
    """Return the number of draws of each topic when `n_topics` are drawn with replacement.

    Shape (rounds, n_topics), the rounds of a topic adjacent in memory; read-only, as all cells of a
    study share joint draws.
    """
    table = np.zeros((n_topics, rounds)).T
    for generator, start, stop in seeded_runs(rounds, seed, purpose, BLOCK):
        at = generator.integers(0, max(n_topics, 1), (stop - start, n_topics))
        at += n_topics * np.arange(stop - start)[:, None]
        counts = np.bincount(at.ravel(), minlength=at.size)
        table[start:stop] = counts.reshape(at.shape)
    table.setflags(write=False)
    return table
