"""Chance variation of alignment between levels of a factor, by shuffling levels within topics."""

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
"""Number of shuffles, which estimates a variance between 10 levels to 4 %."""


def shuffled_alignments(
    topic: IntArray,
    polarity: FloatArray,
    level: IntArray,
    ground_truth: FloatArray,
    seed: int,
    purpose: str,
) -> FloatArray:
    """Return the alignment of each level under the null hypothesis of no effect; (SHUFFLES, K).

    `topic`, `polarity` and `level` are (n,), levels 0..K-1; `ground_truth` is (1, T) over the
    caller's topics. Levels are shuffled among the responses to a topic, so that each level keeps
    its number of responses to each topic. What remains is the chance variation of responses and
    the effect of an unbalanced design.
    """
    # Sorted by content, so that the result does not depend on the order of the responses.
    order = np.lexsort((level, polarity, topic))
    topics, topic_of = np.unique(topic[order], return_inverse=True)
    values, value = np.unique(np.round(polarity[order], DECIMALS), return_inverse=True)
    levels = int(level.max()) + 1
    populations = Populations(ground_truth[:, topics])
    generator = stream(seed, purpose, 0)
    width = levels * topics.size * values.size
    chunk = max(1, CHUNK_ELEMENTS // max(width, topic.size))
    aligned = []
    for start in range(0, SHUFFLES, chunk):
        count = min(chunk, SHUFFLES - start)
        shuffled = np.argsort(generator.random((count, topic.size)) + topic_of, axis=1)
        mixed = level[order][shuffled] + levels * np.arange(count)[:, None]
        at = (mixed * topics.size + topic_of) * values.size + value
        counts = np.bincount(at.ravel(), minlength=count * width).astype(np.float64)
        counts = counts.reshape(count * levels, topics.size, values.size)
        slots = TopicSlots.one_each(count * levels, topics.size)
        rounds = ResponseRounds(values, slots, counts, squares=counts.sum(axis=1))
        aligned.append(alignment_rounds(rounds, populations).value[:, 0].reshape(count, levels))
    return np.concatenate(aligned)
