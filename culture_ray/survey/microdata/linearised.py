"""Weighted shares of populations and their standard errors by Taylor linearisation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from culture_ray.survey.microdata.files.numbers import Weights
from culture_ray.survey.microdata.labels import Index

Figures = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Domains:
    """Members of P populations, gathered by the sampling units that they were drawn in.

    A unit is the part of a cluster that lies in one population. `row` and `unit` (M,) give each
    member's row in the file and unit, `owner` and `stratum` (U,) the population and stratum of
    each unit; `size` (S,) is the number of clusters of each stratum, in or out of a population.
    With `centered`, the only cluster of a stratum counts by its distance from the whole
    population; otherwise the errors of a population that has answers from it are unknown.
    """

    count: int
    row: Index
    weight: Weights
    unit: Index
    owner: Index
    stratum: Index
    size: Index
    centered: bool = False


def domains(
    member: Index,
    count: int,
    weight: Weights,
    stratum: Index,
    cluster: Index,
    *,
    centered: bool = False,
) -> Domains:
    """Return the units of `count` populations; `member` (N,) is a population's index or -1."""
    firsts, first, cluster = np.unique(cluster, return_index=True, return_inverse=True)
    size = np.bincount(stratum[first])
    row = np.flatnonzero(member >= 0)
    pairs = member[row] * len(firsts) + cluster[row]
    units, unit = np.unique(pairs, return_inverse=True)
    of_cluster = stratum[first][units % len(firsts)]
    owner = units // len(firsts)
    return Domains(count, row, weight[row], unit, owner, of_cluster, size, centered)


@dataclass(frozen=True, eq=False)
class Shares:
    """Weighted shares (P, K) of K answers; `unit_weights` (U, K) are their sums of weights."""

    share: Figures
    n: Figures
    total: Figures
    """Sum of weights (P,) of those who gave one of the K answers."""
    unit_weights: Figures


def shares(domains: Domains, answer: Index, kinds: int) -> Shares:
    """Return the shares of the answers; `answer` (N,) is an index below `kinds`, or -1 for none."""
    given = answer[domains.row]
    counted = given >= 0
    cell = domains.unit[counted] * kinds + given[counted]
    units = len(domains.owner)
    weights = np.bincount(cell, domains.weight[counted], minlength=units * kinds).astype(np.float64)
    people = np.bincount(cell, minlength=units * kinds).reshape(units, kinds).astype(np.float64)
    of_unit = weights.reshape(units, kinds)
    sums = _added(domains, of_unit)
    total = sums.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = sums / total[:, None]
    return Shares(share, _added(domains, people), total, of_unit)


def share_errors(domains: Domains, found: Shares) -> Figures:
    """Return the standard errors (P, K) of shares.

    The linearised value of a unit is u = (w_k - p_k w) / sum(w), with w its sum of weights and w_k
    that of answer k.
    """
    whole = found.unit_weights.sum(axis=1, keepdims=True)
    p = found.share[domains.owner]
    u = (found.unit_weights - p * whole) / found.total[domains.owner][:, None]
    return errors(domains, found, u)


def moment_errors(domains: Domains, found: Shares, values: Figures) -> tuple[Figures, ...]:
    """Return mean, its standard error, standard deviation and its standard error, each (P,).

    `values` (K,) are the positions of the answers. The deviation is that of the weighted answers,
    without a correction for the size of the sample; its error follows by the delta method.
    """
    mean = found.share @ values
    deviations = (values - mean[:, None]) ** 2
    variance = (found.share * deviations).sum(axis=1)
    whole = found.unit_weights.sum(axis=1)
    total = found.total[domains.owner]
    u = (found.unit_weights @ values - mean[domains.owner] * whole) / total
    squares = (found.unit_weights * deviations[domains.owner]).sum(axis=1)
    v = (squares - variance[domains.owner] * whole) / total
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(variance)
        spread_error = errors(domains, found, v[:, None])[:, 0] / (2 * spread)
    return mean, errors(domains, found, u[:, None])[:, 0], spread, spread_error


def errors(domains: Domains, found: Shares, u: Figures) -> Figures:
    """Return standard errors (P, K) of totals from the linearised values (U, K) of units.

    The variance of a sample whose clusters were drawn with replacement within strata is the sum
    over strata of n_h / (n_h - 1) sum (u - mean u)^2, u being 0 for clusters outside a population
    (Särndal, Swensson & Wretman 1992, 5.7; R survey's svymean of a subset). It is NaN where
    a population has answers from a stratum of one cluster, unless its u^2 is to count: R's
    survey.lonely.psu="adjust", Stata's singleunit(centered).
    """
    reached = found.unit_weights.sum(axis=1) > 0
    strata = len(domains.size)
    keys = domains.owner[reached] * strata + domains.stratum[reached]
    pairs, pair = np.unique(keys, return_inverse=True)
    owner, size = pairs // strata, domains.size[pairs % strata].astype(np.float64)
    alone = 1.0 if domains.centered else np.nan
    result = np.empty((domains.count, u.shape[1]))
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(size > 1, size / (size - 1), alone)
        for k, values in enumerate(u[reached].T):
            total = np.where(size > 1, np.bincount(pair, values, minlength=len(pairs)), 0.0)
            squares = np.bincount(pair, values**2, minlength=len(pairs))
            spread = scale * (squares - total**2 / size)
            result[:, k] = np.bincount(owner, spread, minlength=domains.count)
    result[found.total <= 0] = np.nan
    return np.asarray(np.sqrt(np.maximum(result, 0.0)))


def _added(domains: Domains, of_unit: Figures) -> Figures:
    """Return the sums (P, K) of the units' figures (U, K)."""
    columns = [
        np.bincount(domains.owner, of_unit[:, k], minlength=domains.count)
        for k in range(of_unit.shape[1])
    ]
    return np.stack(columns, axis=1)
