"""Ways to divide topics into two halves: at random, or by theme."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from culture_ray.measures.resampling.streams import stream
from culture_ray.measures.result import BoolArray, IntArray
from culture_ray.regression.robustness.study import MIN_TOPICS

HALVINGS = 100
"""Halvings at most; with more, a mean over them changes far less than with other topics."""

SMALLER_HALF = 0.25
"""Share of the topics that the smaller of two thematic halves has at least."""

_ENUMERATED = 12
"""Categories of which every division is looked at; of more, a sample of them."""


def random_halves(topics: IntArray, width: int, seed: int) -> BoolArray | str:
    """Return which topics are in the first half of each halving, or why there is none.

    `topics` are those divided of the caller's list of `width`; (HALVINGS, width). Halves differ by
    one topic at most.
    """
    if topics.size < 2 * MIN_TOPICS:
        return f"Fewer than {2 * MIN_TOPICS} topics have responses and ground truth."
    order = stream(seed, "random halves", 0).random((HALVINGS, topics.size)).argsort(axis=1)
    return _over_all(order < topics.size // 2, topics, width)


def thematic_halves(topics: IntArray, category: Sequence[str], seed: int) -> BoolArray | str:
    """Return halvings that keep a category's topics together, or why there is none.

    `category` names that of each topic of the caller's list. A division of the categories in two
    counts if both sides have at least `MIN_TOPICS` topics and a share of `SMALLER_HALF`; of more
    than HALVINGS such, a sample, in random order; (halvings, topics in the list).
    """
    names, own = np.unique([category[topic] for topic in topics], return_inverse=True)
    if names.size < 2:
        return "The topics are of one category."
    generator = stream(seed, "thematic halves", 0)
    sides = _divisions(names.size, generator)[:, own]
    smaller = np.minimum(sides.sum(axis=1), (~sides).sum(axis=1))
    sides = sides[smaller >= max(MIN_TOPICS, SMALLER_HALF * topics.size)]
    if not len(sides):
        sizes = ", ".join(
            f"{n or 'none'} {k}" for n, k in zip(names, np.bincount(own), strict=True)
        )
        return f"No division of the categories leaves enough topics on both sides ({sizes})."
    sides = sides[generator.permutation(len(sides))[:HALVINGS]]
    return _over_all(sides, topics, len(category))


def _divisions(categories: int, generator: np.random.Generator) -> BoolArray:
    if categories > _ENUMERATED:
        return np.asarray(generator.random((1 << _ENUMERATED, categories)) < 0.5)
    # The last category stays on its side: each division once.
    codes = np.arange(1, 1 << (categories - 1))
    return np.asarray((codes[:, None] >> np.arange(categories)) & 1, dtype=np.bool_)


def _over_all(halves: BoolArray, topics: IntArray, width: int) -> BoolArray:
    table = np.zeros((len(halves), width), dtype=np.bool_)
    table[:, topics] = halves
    return table
