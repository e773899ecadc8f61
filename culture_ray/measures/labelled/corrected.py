"""Alignment corrected by reference labels: prediction-powered inference on the count table.

A cell's count table F is that of the judge. With labels drawn from all of its responses, and their
weights w scaled to sum to the number of responses, the table of the reference is estimated without
bias by

    F_ref = power * F + sum of w (one response at the reference's value
                                  - power * one response at the judge's value),

topic by topic, whatever the judge's errors. Ranks, and with them alignment, are then taken of this
table as of any other, so that a lean of the judge is removed, not only its noise. In a joint draw
of topics, a topic is drawn with its responses and its labels: the spread over draws contains the
sampling of topics and of labels. Source: Angelopoulos et al. 2023, Science 382:669 (the rectifier,
power 1), and Angelopoulos, Duchi & Zrnic 2023, arXiv 2311.01453 (power), applied to the
distribution; for weights 1 / probability it is the design-based estimator of Egami et al. 2023.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from culture_ray.measures.alignment import Measure, alignment_rounds
from culture_ray.measures.labelled.reference import LabelledCell, rounded_polarity
from culture_ray.measures.populations import Populations
from culture_ray.measures.products import row_products
from culture_ray.measures.ranks import centred_midranks
from culture_ray.measures.result import BoolArray, FloatArray, Measured, Reason


def corrected_alignment(
    labelled: LabelledCell,
    ground_truth: FloatArray,
    draws: FloatArray,
    power: float = 1.0,
    measure: Measure = Measure.SPEARMAN,
) -> Measured:
    """Return the corrected alignment in each of B draws of topics with P populations; (B, P).

    `ground_truth` is (P, topics in the caller's list) and `draws` (B, topics in the caller's list)
    the number of times that each topic was drawn; a row of ones gives the estimate. Undefined in a
    draw without any label.
    """
    rounds = CorrectedRounds(labelled, draws[:, labelled.topics], power)
    populations = Populations(np.asarray(ground_truth[:, labelled.topics], dtype=np.float64))
    found = alignment_rounds(rounds, populations, measure)
    unlabelled = np.isnan(found.value) & found.defined
    return Measured(found.value, np.where(unlabelled, Reason.NO_RESPONSES, found.reason))


@dataclass(frozen=True, eq=False)
class CorrectedRounds:
    """B rounds of a labelled cell, in which whole topics are drawn with their labels."""

    labelled: LabelledCell
    draws: FloatArray
    """Draws of each of the cell's topics; (B, T)."""
    power: float = 1.0
    """Weight of the judge's labels, from 0 (reference labels only) to 1."""

    @property
    def weight(self) -> FloatArray:
        """Sum of w over each topic's responses; (B, T)."""
        first, second = self._first.sum(axis=1), self._second.sum(axis=1)
        return np.asarray(self.draws * (first + self._scale[:, None] * second))

    def rank_sums(self, masks: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Return the sums of w r (B, G, T) and w r^2 (B, G), with r the centred midrank of x."""
        scale = self._scale[:, None, None]
        totals = self._totals(masks, self._first) + scale * self._totals(masks, self._second)
        ranks, squares = centred_midranks(totals)
        flat = ranks.reshape(-1, ranks.shape[-1])
        sums = [
            row_products(flat, table.T).reshape(*ranks.shape[:2], -1)
            for table in (self._first, self._second)
        ]
        return (sums[0] + scale * sums[1]) * self.draws[:, None, :], squares

    def power_sums(self, centre: float) -> tuple[FloatArray, FloatArray]:
        """Return the sums of w (x - centre) and of w (x - centre)^2 per topic; both (B, T)."""
        shifted = self.labelled.values - centre
        first, second = (self._of_values(weights) for weights in (shifted, shifted**2))
        return first, second

    def distance_sums(self, targets: FloatArray) -> FloatArray:
        """Return the sum of w |x - target of its topic|; NaN counts as 0; (P, T) to (B, P)."""
        gaps = np.nan_to_num(np.abs(self.labelled.values - targets[:, :, None]))
        first, second = (
            row_products(self.draws, np.einsum("tv,ptv->pt", table, gaps).T)
            for table in (self._first, self._second)
        )
        return np.asarray(first + self._scale[:, None] * second)

    @cached_property
    def _first(self) -> FloatArray:
        return self.power * self.labelled.judged

    @cached_property
    def _second(self) -> FloatArray:
        return self.labelled.reference_sample - self.power * self.labelled.judged_sample

    @cached_property
    def _scale(self) -> FloatArray:
        """Responses per weight of a label in each round, NaN in one without labels; (B,)."""
        drawn = self.draws @ self.labelled.drawn
        responses = self.draws @ self.labelled.responses
        unknown = np.full(len(drawn), np.nan)
        return np.asarray(np.divide(responses, drawn, out=unknown, where=drawn > 0))

    def _totals(self, masks: BoolArray, table: FloatArray) -> FloatArray:
        topics, values = table.shape
        masked = (masks.T[:, :, None] * table[:, None, :]).reshape(topics, len(masks) * values)
        return row_products(self.draws, masked).reshape(len(self.draws), len(masks), values)

    def _of_values(self, weights: FloatArray) -> FloatArray:
        first, second = self._first @ weights, self._second @ weights
        return np.asarray(self.draws * (first + self._scale[:, None] * second))


def tuned_power(
    cells: Sequence[LabelledCell], ground_truth: FloatArray, contrasts: Sequence[FloatArray]
) -> float:
    """Return the power, 0..1, with which the corrected figures vary least; one for all cells.

    `ground_truth` is (P, topics in the caller's list), `contrasts` each cell's weights (K, P) of
    populations in its figures. To first order a response changes a figure by the product of its
    value's rank with the contrast of its topic's ranks. The power is the regression of this product
    by the reference on that by the judge, over labels within cells, divided by 1 + labels /
    responses (PPI++, eq. 7). It is 1 where nothing can be estimated.
    """
    both = spread = 0.0
    for labelled, weights in zip(cells, contrasts, strict=True):
        by_reference, by_judge, weight = response_scores(labelled, ground_truth, weights)
        if weight.size < 2:
            continue
        share = weight / weight.sum()
        centred = [x - share @ x for x in (by_reference, by_judge)]
        factor = 1.0 + weight.size / max(float(labelled.responses.sum()), 1.0)
        both += float(weight.size * (share @ (centred[0] * centred[1])).sum())
        spread += float(weight.size * factor * (share @ centred[1] ** 2).sum())
    return float(np.clip(both / spread, 0.0, 1.0)) if spread > 0 else 1.0


def response_scores(
    labelled: LabelledCell, ground_truth: FloatArray, contrasts: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return each labelled response's first-order part in the figures, by reference and by judge.

    Both are (M, K), and the weights (M,), for the labels that are defined by both. Ranks are those
    among the judge's labels; a figure is the mean of these parts over all responses.
    """
    labels = labelled.labels
    known = ~(np.isnan(labels.reference) | np.isnan(labels.judged))
    table = labelled.judged
    size = max(float(table.sum()), 1.0)
    ranks, squares = centred_midranks(table.sum(axis=0))
    populations = Populations(np.asarray(ground_truth[:, labelled.topics], dtype=np.float64))
    per_topic = table.sum(axis=1)
    truth = populations.centred_midranks(per_topic[None])[0]
    spread = np.sqrt(np.maximum(truth**2 @ per_topic, 1e-300))
    topic_part = contrasts @ (truth / spread[:, None]) * size / np.sqrt(max(float(squares), 1e-300))
    row = np.searchsorted(labelled.topics, labels.topic[known])
    found = [
        ranks[np.searchsorted(labelled.values, rounded_polarity(polarity[known]))][:, None]
        * topic_part.T[row]
        for polarity in (labels.reference, labels.judged)
    ]
    return found[0], found[1], labels.weight[known]
