"""Part of a corrected figure's error that is due to the number of labels."""

from __future__ import annotations

import numpy as np

from culture_ray.measures.labelled.corrected import response_scores
from culture_ray.measures.labelled.reference import LabelledCell
from culture_ray.measures.result import FloatArray


def residual_covariance(
    labelled: LabelledCell, ground_truth: FloatArray, contrasts: FloatArray, power: float
) -> FloatArray:
    """Return the covariance of what one label adds to K figures; (K, K), NaN for fewer than 2.

    That is of the difference between a response's part in the figures by the reference and `power`
    times that by the judge; divided by the number of labels it is the covariance of the mean of
    prediction-powered inference that is due to labels. `ground_truth` is (P, topics in the caller's
    list), `contrasts` (K, P).
    """
    by_reference, by_judge, weight = response_scores(labelled, ground_truth, contrasts)
    figures = len(contrasts)
    if weight.size < 2:
        return np.full((figures, figures), np.nan)
    share = weight / weight.sum()
    gaps = by_reference - power * by_judge
    gaps = gaps - share @ gaps
    # With equal weights this is the unbiased covariance.
    return np.asarray((share[:, None] * gaps).T @ gaps / (1.0 - share @ share))


def label_variance(covariance: FloatArray, labels: float, responses: float) -> FloatArray:
    """Return the variance of K figures that is due to labels; (K,).

    `covariance` (K, K) is that of one label, `labels` their number and `responses` that of the
    responses from which they were drawn: with all labelled, none is left.
    """
    if labels <= 0:
        return np.full(len(covariance), np.inf)
    left = max(0.0, 1.0 / labels - 1.0 / max(responses, labels))
    return np.asarray(np.diagonal(covariance) * left)
