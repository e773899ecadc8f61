"""Strata and clusters of a survey's sample, and its division into halves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from culture_ray.survey.microdata.labels import Index, labels_of

_SEED = 18
"""Seed of the halves."""


def strata_of(table: pa.Table, columns: Sequence[str], country: Index) -> Index:
    """Return the number of each respondent's stratum (N,): country and `columns` together.

    Columns that the table lacks are left out; a blank value is a stratum of its own.
    """
    found = country
    for name in columns:
        if name in table.column_names:
            found = _crossed(found, labels_of(table, name).index)
    return found


def clusters_of(table: pa.Table, columns: Sequence[str], stratum: Index) -> Index:
    """Return the number of each respondent's primary sampling unit (N,), nested in strata.

    Without columns of clusters, and where a cluster is blank, respondents were drawn one by one.
    """
    alone = np.arange(len(stratum), dtype=np.int64)
    there = [name for name in columns if name in table.column_names]
    if not there:
        return alone
    found, blank = stratum, np.zeros(len(stratum), dtype=bool)
    for name in there:
        labels = labels_of(table, name)
        found = _crossed(found, labels.index)
        blank |= labels.index < 0
    _, numbers = np.unique(np.where(blank, -1 - alone, found), return_inverse=True)
    return np.asarray(numbers, dtype=np.int64)


def halves_of(stratum: Index, cluster: Index) -> Index:
    """Return 0 or 1 for each respondent (N,): clusters halved at random within each stratum.

    The same sample is always divided in the same way.
    """
    _, first, of_cluster = np.unique(cluster, return_index=True, return_inverse=True)
    random = np.random.default_rng(_SEED).random(len(first))
    of_stratum = stratum[first]
    order = np.lexsort((random, of_stratum))
    ordered = of_stratum[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    half = np.empty(len(order), dtype=np.int64)
    # Every other stratum begins with the second half, so that strata of one cluster divide too.
    half[order] = (rank + ordered) % 2
    return np.asarray(half[of_cluster], dtype=np.int64)


def _crossed(one: Index, other: Index) -> Index:
    _, numbers = np.unique(one * (other.max(initial=0) + 2) + other + 1, return_inverse=True)
    return np.asarray(numbers, dtype=np.int64)
