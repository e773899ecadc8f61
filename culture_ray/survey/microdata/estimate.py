"""Estimation of ground truth: weighted value polarity and standard error by population."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from culture_ray.errors import WrongValue
from culture_ray.survey.ground_truth import Figures, GroundTruth, Population
from culture_ray.survey.microdata.columns import Notice
from culture_ray.survey.microdata.groupings import Grouping, divide
from culture_ray.survey.microdata.recode import NEITHER, PRO, Stances, stances
from culture_ray.survey.microdata.respondents import Index, Microdata, Weights
from culture_ray.survey.topics import Topic

FEW_ANSWERS = 30
"""Figures based on fewer answers are kept and counted in a notice."""


@dataclass(frozen=True, eq=False)
class Estimates:
    """Ground truth of P populations and T topics, with sample sizes and notices."""

    ground_truth: GroundTruth
    variance: Figures
    """Variance of one respondent's stance (P, T)."""
    effective_n: Figures
    """Kish's (sum w)^2 / sum w^2 over the pro and con answers (P, T); NaN without any."""
    respondents: Index
    """Respondents of each population, with or without an answer (P,)."""
    notices: tuple[Notice, ...]


def estimate(
    microdata: Microdata,
    topics: Sequence[Topic],
    groupings: Sequence[Grouping],
    *,
    recode: str,
    source: str,
) -> Estimates:
    """Return value polarity, standard error and unweighted n of every population and topic.

    Polarity is sum(w pro) / sum(w) over pro and con answers. Its standard error is linearised for
    a sample drawn with replacement within strata: with u = w (pro - p) / sum(w), 0 for respondents
    outside the cell, the variance is the sum over strata of n_h / (n_h - 1) sum (u - mean u)^2
    (Särndal, Swensson & Wretman 1992, 5.7; the same as R survey's svymean on a subset). It is NaN
    if a cell has one answer or lies in a stratum of one respondent. Raises UnknownName for an
    unknown recode and WrongValue for two populations of one name.
    """
    stance = {
        topic.id: stances(topic.scale, microdata.answers[topic.id], recode) for topic in topics
    }
    parts = [_estimate(microdata, stance, grouping) for grouping in groupings]
    populations = tuple(population for part in parts for population in part.populations)
    names = [population.name for population in populations]
    for name in names:
        if names.count(name) > 1:
            raise WrongValue("groupings", name, "groupings that give each population its own name")
    truth = GroundTruth(
        populations=populations,
        topics=tuple(topic.id for topic in topics),
        value_polarity=np.vstack([part.value_polarity for part in parts]),
        std_error=np.vstack([part.std_error for part in parts]),
        n=np.vstack([part.n for part in parts]),
        source=source,
    )
    return Estimates(
        ground_truth=truth,
        variance=np.vstack([part.variance for part in parts]),
        effective_n=np.vstack([part.effective_n for part in parts]),
        respondents=np.concatenate([part.respondents for part in parts]),
        notices=microdata.notices + _unanswered(truth) + _few(truth),
    )


def population_consistency(estimates: Estimates, opinions: int = 10) -> npt.NDArray[np.float64]:
    """Return self-consistency (P,) of each population, `opinions` random people per response.

    With S the variance of value polarity over topics, less what its standard errors add, and v the
    mean variance of one respondent's stance, it is S / (S + v / opinions): the correlation between
    two groups of people asked about the same topics. NaN with fewer than two topics.
    """
    truth = estimates.ground_truth
    asked = ~np.isnan(truth.value_polarity)
    count = asked.sum(axis=1)
    polarity = np.where(asked, truth.value_polarity, 0.0)
    noise = np.where(asked, np.nan_to_num(truth.std_error) ** 2, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = polarity.sum(axis=1) / count
        squares = (np.where(asked, polarity - mean[:, None], 0.0) ** 2).sum(axis=1) / count
        between = np.maximum(squares - noise.sum(axis=1) / count * (1 - 1 / count), 0.0)
        within = np.where(asked, estimates.variance, 0.0).sum(axis=1) / count / opinions
        return np.where(count > 1, between / (between + within), np.nan)


@dataclass(frozen=True, eq=False)
class _GroupEstimates:
    """Figures (P, T) of the populations of one grouping."""

    populations: tuple[Population, ...]
    value_polarity: Figures
    std_error: Figures
    n: Figures
    variance: Figures
    effective_n: Figures
    respondents: Index


class _Sums(NamedTuple):
    """Sums over the pro and con answers of some people: weights, squared weights, and counts."""

    pro: Figures
    con: Figures
    pro_squared: Figures
    con_squared: Figures
    n: Figures


def _estimate(
    microdata: Microdata, stance: Mapping[str, Stances], grouping: Grouping
) -> _GroupEstimates:
    populations, member = divide(microdata, grouping)
    grouped = member >= 0
    # A cell is the intersection of a population and a stratum; a population is a sum of cells.
    strata = np.bincount(microdata.stratum)
    pairs = member[grouped] * len(strata) + microdata.stratum[grouped]
    cells, cell = np.unique(pairs, return_inverse=True)
    owner, size = cells // len(strata), strata[cells % len(strata)]
    figures = [
        _figures(_sums(cell, answers[grouped], microdata.weight[grouped], len(cells)), owner, size)
        for answers in stance.values()
    ]
    polarity, error, n, variance, effective = np.stack(figures, axis=-1)
    respondents = np.bincount(member[grouped], minlength=len(populations))
    return _GroupEstimates(populations, polarity, error, n, variance, effective, respondents)


def _sums(cell: Index, stance: Stances, weight: Weights, cells: int) -> _Sums:
    counted = stance != NEITHER
    side = cell[counted] * 2 + (stance[counted] == PRO)
    weights = _added(side, weight[counted], 2 * cells)
    squared = _added(side, weight[counted] ** 2, 2 * cells)
    n = _added(cell[counted], np.ones(counted.sum()), cells)
    return _Sums(weights[1::2], weights[::2], squared[1::2], squared[::2], n)


def _added(index: Index, values: Figures, length: int = 0) -> Figures:
    return np.bincount(index, values, minlength=length).astype(np.float64)


def _figures(sums: _Sums, owner: Index, size: Index) -> npt.NDArray[np.float64]:
    """Return polarity, standard error, n, variance of one respondent, effective n, each (P,)."""
    whole = _Sums(*(_added(owner, each) for each in sums))
    weight = whole.pro + whole.con
    with np.errstate(divide="ignore", invalid="ignore"):
        polarity = whole.pro / weight
        p = polarity[owner]
        # Sums of u = w (y - p) and of its squares, without subtracting large numbers.
        total = (1 - p) * sums.pro - p * sums.con
        squares = (1 - p) ** 2 * sums.pro_squared + p**2 * sums.con_squared
        # The variance within a stratum of one respondent is unknown.
        scale = np.where(size > 1, size / (size - 1), np.nan)
        spread = scale * (squares - total**2 / size)
        error = np.sqrt(np.maximum(_added(owner, spread), 0.0)) / weight
        variance = whole.n * _added(owner, squares) / weight**2
        effective = weight**2 / (whole.pro_squared + whole.con_squared)
    n = np.where(whole.n > 0, whole.n, np.nan)
    return np.array([polarity, np.where(n > 1, error, np.nan), n, variance, effective])


def _unanswered(truth: GroundTruth) -> tuple[Notice, ...]:
    notices = []
    for column, topic in enumerate(truth.topics):
        rows = np.flatnonzero(np.isnan(truth.value_polarity[:, column]))
        if rows.size:
            shown = ", ".join(truth.populations[row].name for row in rows[:6])
            more = ", ..." if rows.size > 6 else ""
            text = f"populations without an answer to {topic}: {shown}{more}"
            notices.append(Notice(text, int(rows.size)))
    return tuple(notices)


def _few(truth: GroundTruth) -> tuple[Notice, ...]:
    count = int((truth.n < FEW_ANSWERS).sum())
    text = f"figures based on fewer than {FEW_ANSWERS} answers"
    return (Notice(text, count),) if count else ()
