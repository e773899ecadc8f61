"""Error that labels will leave in corrected figures, before any label is made."""

from __future__ import annotations

import math

import numpy as np

from culture_ray.measures.cells import Cell
from culture_ray.measures.labelled.corrected import response_scores
from culture_ray.measures.labelled.reference import LabelledCell, ReferenceLabels
from culture_ray.measures.result import FloatArray, require


def expected_covariance(
    cell: Cell,
    ground_truth: FloatArray,
    contrasts: FloatArray,
    error: float,
    opinions: int,
    generator: np.random.Generator,
) -> FloatArray:
    """Return the covariance (K, K) of what one label adds to K figures, as `residual_covariance`.

    A reference is simulated that differs from the judge in a share `error` of the opinions that are
    pro or con, of which each response has `opinions`. `ground_truth` is (P, topics in the caller's
    list), `contrasts` (K, P). NaN for a cell of fewer than two responses.
    """
    require(0 <= error <= 1, f"a share of opinions of {error}")
    row, column = np.nonzero(cell.counts)
    times = cell.counts[row, column].astype(np.int64)
    topic = np.repeat(cell.topics[row], times)
    judged = np.repeat(cell.values[column], times)
    pro = np.round(judged * opinions).astype(np.int64)
    kept = generator.binomial(pro, 1.0 - error)
    turned = generator.binomial(opinions - pro, error)
    labels = ReferenceLabels(
        topic=topic,
        reference=(kept + turned) / opinions,
        judged=judged,
        weight=np.ones(topic.size),
        labelled=topic.size,
        responses=np.bincount(topic, minlength=ground_truth.shape[1]),
    )
    found = response_scores(LabelledCell(cell, labels), ground_truth, contrasts)
    if topic.size < 2:
        return np.full((len(contrasts), len(contrasts)), np.nan)
    by_reference, by_judge = (scores - scores.mean(axis=0) for scores in found[:2])
    # The power of few labels among many responses.
    spread = float((by_judge**2).sum())
    power = float((by_reference * by_judge).sum()) / spread if spread > 0 else 1.0
    gaps = by_reference - power * by_judge
    return np.asarray(gaps.T @ gaps / (topic.size - 1))


def error_of_reliability(reliability: float, polarity_variance: float, opinions: int) -> float:
    """Return the error e of a judge with R = 1 - e (1 - e) / (n Var y); .5 where R is lower."""
    product = (1.0 - reliability) * opinions * polarity_variance
    return (1.0 - math.sqrt(max(0.0, 1.0 - 4.0 * product))) / 2.0
