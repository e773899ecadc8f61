"""Value polarity from arrays of counts: an independent check of `judging.polarity` and `Cell`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from culture_ray.measures.result import Measured, Reason, indices, measured, require


def value_polarity(pro: npt.ArrayLike, con: npt.ArrayLike) -> Measured:
    """Return value polarity pro / (pro + con) of each response; neutral opinions do not enter.

    `pro` and `con` are counts of opinions per response; they and the result have one shape.
    Undefined (no opinions) where both are 0. Raises `InvalidMeasureInput` on negative counts or
    unequal shapes. Source: Rystrøm et al. 2025, section 3.
    """
    favour, against = np.asarray(pro, dtype=np.float64), np.asarray(con, dtype=np.float64)
    require(
        favour.shape == against.shape,
        f"pro counts of shape {favour.shape}, con counts of shape {against.shape}",
    )
    require(bool(np.all(favour >= 0) and np.all(against >= 0)), "a negative or missing count")
    stated = favour + against
    share = np.divide(favour, stated, out=np.zeros_like(stated), where=stated > 0)
    return measured(share, [(stated == 0, Reason.NO_OPINIONS)])


def pooled_topic_polarity(
    topic: npt.ArrayLike, pro: npt.ArrayLike, con: npt.ArrayLike, n_topics: int
) -> Measured:
    """Return the value polarity of each topic over all its opinions pooled, shape (n_topics,).

    `topic` is the topic index of each response, `pro` and `con` its counts, all of shape (n,).
    Responses are weighted by their number of opinions; in `mean_topic_polarity` they are not.
    """
    index = indices(topic, n_topics, "topic")
    require(
        np.shape(pro) == index.shape and np.shape(con) == index.shape,
        f"{index.size} topics, pro counts {np.shape(pro)}, con counts {np.shape(con)}",
    )
    favour = np.bincount(index, weights=np.asarray(pro, dtype=np.float64), minlength=n_topics)
    against = np.bincount(index, weights=np.asarray(con, dtype=np.float64), minlength=n_topics)
    return value_polarity(favour, against)


def mean_topic_polarity(topic: npt.ArrayLike, polarity: npt.ArrayLike, n_topics: int) -> Measured:
    """Return the mean value polarity of each topic's responses, shape (n_topics,).

    `topic` and `polarity` have shape (n,); responses of undefined (NaN) polarity are left out.
    """
    index = indices(topic, n_topics, "topic")
    value = np.asarray(polarity, dtype=np.float64)
    require(value.shape == index.shape, f"{index.size} topics for {value.size} polarities")
    known = ~np.isnan(value)
    count = np.bincount(index[known], minlength=n_topics).astype(np.float64)
    total = np.bincount(index[known], weights=value[known], minlength=n_topics)
    mean = np.divide(total, count, out=np.zeros_like(total), where=count > 0)
    return measured(mean, [(count == 0, Reason.NO_RESPONSES)])
