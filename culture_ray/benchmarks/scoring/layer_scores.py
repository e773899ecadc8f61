"""Probabilities of words after each layer of a model, as scores of the items in one cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from culture_ray.benchmarks.scoring.score_matrix import ScoreArray, mean_over_answers
from culture_ray.measures.result import IntArray

_PREFIX = "layers/"


def layer_scores(
    rows: pa.Table, item: IntArray, words: Sequence[str], n_items: int
) -> dict[str, ScoreArray]:
    """Return the mean probability over each item's answers, by word and layer; (items,) each.

    `rows` are scores (SCORES schema), `item` the index of each row's item, and `words` the names of
    the groups of words. NaN for an item without a reading, or without a token of its own.
    """
    readings = rows.column("layers").to_pylist()
    depth = max((len(one) for one in readings if one), default=0)
    values = np.full((len(readings), depth, len(words)), np.nan)
    for row, one in enumerate(readings):
        for layer, shares in enumerate(one or ()):
            values[row, layer] = [np.nan if share is None else share for share in shares]
    return {
        f"{_PREFIX}{word}/{layer + 1}": mean_over_answers(item, values[:, layer, place], n_items)
        for place, word in enumerate(words)
        for layer in range(depth)
    }


def layer_category(score: str) -> str | None:
    """Return the words for a score of a layer, such as `english, layer 7`; None for another."""
    if not score.startswith(_PREFIX):
        return None
    word, _, layer = score.removeprefix(_PREFIX).rpartition("/")
    return f"{word}, layer {layer}"
