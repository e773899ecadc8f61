"""Infinitesimal jackknife of a cell: an independent check of the joint topic bootstrap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.measures.alignment import Level, alignment_rounds
from culture_ray.measures.consistency import self_consistency_rounds
from culture_ray.measures.contrasts import contrasted_values
from culture_ray.measures.populations import Populations
from culture_ray.measures.resampling.bootstrap import DEFAULT, BootstrapOptions, StudyCell
from culture_ray.measures.result import FloatArray, IntArray, require
from culture_ray.measures.rounds import TopicRounds

STEP = 1e-4
"""Change of a topic's weight from 1. Figures are smooth in the weights, so the central difference
is right to about STEP squared."""


@dataclass(frozen=True, eq=False)
class CellInfluence:
    """Scores whose products over topics are sampling covariances, within and between cells.

    Like `spread.error_scores`, with topics in the place of rounds: put the scores of several
    figures side by side as columns, and V = scores' scores.
    """

    key: str
    alignment: FloatArray
    """(F, K) for F topics of the study; NaN in a figure that is undefined."""
    consistency: FloatArray
    """(F,)"""


def topic_influences(
    cell: StudyCell, ground_truth: FloatArray, topics: IntArray, options: BootstrapOptions = DEFAULT
) -> CellInfluence:
    """Derivatives of a cell's figures by the weights of its topics, scaled for few topics.

    A topic's score is d figure / d weight x sqrt(n / (n - 1)), n the cell's topics, and 0 for
    topics it lacks. `ground_truth` is (P, topics in the caller's list); `topics` as from
    `bootstrap.study_topics`. This is the infinitesimal jackknife: the variance of a joint topic
    bootstrap to first order, free of its chance and of most of its excess, which comes from ties
    between copies of a topic. Source: Efron 1982, The Jackknife, the Bootstrap and Other
    Resampling Plans, chapter 6.
    """
    own = cell.cell.topics
    missing = np.setdiff1d(own, topics)
    require(missing.size == 0, f"cell {cell.key} has topics {missing.tolist()} outside the study")
    contrasts = np.eye(len(ground_truth)) if cell.contrasts is None else cell.contrasts
    populations = Populations.over(cell.cell, ground_truth)
    rows = cell.cell.topic_level if options.level is Level.TOPICS else cell.cell
    one_moved = STEP * np.vstack([np.eye(own.size), -np.eye(own.size)])
    found = alignment_rounds(TopicRounds(rows, 1.0 + one_moved), populations, options.measure)
    figures = contrasted_values(found.value, contrasts)
    consistent = self_consistency_rounds(TopicRounds(cell.cell, 1.0 + one_moved), options.pairs)
    place = np.searchsorted(topics, own)
    return CellInfluence(
        cell.key,
        _scores(figures, place, topics.size),
        _scores(consistent.value[:, None], place, topics.size)[:, 0],
    )


def _scores(figures: FloatArray, place: IntArray, topics: int) -> FloatArray:
    count = place.size
    scores = np.zeros((topics, figures.shape[1]))
    if count < 2:
        return np.full_like(scores, np.nan)
    slopes = (figures[:count] - figures[count:]) / (2.0 * STEP)
    scores[place] = slopes * np.sqrt(count / (count - 1.0))
    scores[:, np.isnan(slopes).any(axis=0)] = np.nan
    return scores
