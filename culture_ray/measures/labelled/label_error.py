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


def error_of_both_samples(
    variance: float, of_labels: float, topics: float, labelled_topics: float
) -> tuple[float, float]:
    """Return the standard error of a corrected figure and its degrees of freedom.

    `variance` is that over joint draws of topics, which contains the part `of_labels`. The rest
    comes from the cell's `topics`, the part from the `labelled_topics` alone; each is n/(n - 1)
    times as large as over draws of its n topics. Degrees of freedom after Satterthwaite.
    """
    part = min(of_labels, variance)
    sizes = (topics, labelled_topics)
    parts = [v * n / (n - 1.0) for v, n in zip((variance - part, part), sizes, strict=True)]
    total = sum(parts)
    if total == 0:
        return 0.0, topics - 1.0
    spread = sum(v**2 / (n - 1.0) for v, n in zip(parts, sizes, strict=True))
    return float(np.sqrt(total)), float(total**2 / spread)
