"""How far alignments of a factor's levels spread by chance: levels shuffled within topics."""

from __future__ import annotations

import numpy as np

from culture_ray.measures.alignment import alignment_rounds
from culture_ray.measures.cells import DECIMALS
from culture_ray.measures.populations import Populations
from culture_ray.measures.resampling.bootstrap import CHUNK_ELEMENTS
from culture_ray.measures.resampling.response_rounds import ResponseRounds, TopicSlots
from culture_ray.measures.resampling.streams import stream
from culture_ray.measures.result import FloatArray, IntArray

SHUFFLES = 200
"""Enough to know a variance between 10 levels to 4 %."""


def shuffled_alignments(
    topic: IntArray,
    polarity: FloatArray,
    level: IntArray,
    ground_truth: FloatArray,
    seed: int,
    purpose: str,
) -> FloatArray:
    """Return each level's alignment when levels make no difference; (SHUFFLES, K).

    `topic`, `polarity` and `level` are (n,), levels 0..K-1; `ground_truth` is (1, T) over the
    caller's topics. Levels are shuffled among the responses to a topic, so each level keeps its
    number of responses to each topic: what remains is the chance of responses and an uneven design.
    """
    # By content, so that the order of the responses means nothing.
    order = np.lexsort((level, polarity, topic))
    topics, held = np.unique(topic[order], return_inverse=True)
    values, value = np.unique(np.round(polarity[order], DECIMALS), return_inverse=True)
    levels = int(level.max()) + 1
    populations = Populations(ground_truth[:, topics])
    generator = stream(seed, purpose, 0)
    width = levels * topics.size * values.size
    chunk = max(1, CHUNK_ELEMENTS // max(width, topic.size))
    aligned = []
    for start in range(0, SHUFFLES, chunk):
        count = min(chunk, SHUFFLES - start)
        shuffled = np.argsort(generator.random((count, topic.size)) + held, axis=1)
        mixed = level[order][shuffled] + levels * np.arange(count)[:, None]
        at = (mixed * topics.size + held) * values.size + value
        counts = np.bincount(at.ravel(), minlength=count * width).astype(np.float64)
        counts = counts.reshape(count * levels, topics.size, values.size)
        places = TopicSlots.one_each(count * levels, topics.size)
        rounds = ResponseRounds(values, places, counts, squares=counts.sum(axis=1))
        aligned.append(alignment_rounds(rounds, populations).value[:, 0].reshape(count, levels))
    return np.concatenate(aligned)
