"""Estimation of ground truth: value polarity and distributions of answers, by population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from culture_ray.errors import WrongValue
from culture_ray.survey.answer_distributions import AnswerDistribution
from culture_ray.survey.ground_truth import Figures, GroundTruth, Population
from culture_ray.survey.microdata.groupings import Grouping, divide, within_countries
from culture_ray.survey.microdata.labels import Index
from culture_ray.survey.microdata.linearised import (
    Domains,
    domains,
    moment_errors,
    share_errors,
    shares,
)
from culture_ray.survey.microdata.notices import Notice
from culture_ray.survey.microdata.recode import NEITHER, PRO, Stances, answers_of, stances
from culture_ray.survey.microdata.respondents import Microdata
from culture_ray.survey.microdata.sample import halves_of
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
    distributions: tuple[AnswerDistribution, ...] = ()
    """Distribution of answers by topic; none where only value polarity is known."""


def estimate(
    microdata: Microdata,
    groupings: Sequence[Grouping],
    *,
    recode: str,
    source: str,
    centered: bool = False,
) -> Estimates:
    """Return value polarity, distributions of answers and their errors of every population.

    Polarity is sum(w pro) / sum(w) over pro and con answers; `n` is unweighted. Populations within
    one country are weighted by the weights for that, the others by the pooled ones. Standard
    errors are those of linearised.py, NaN for fewer than two answers; `centered` says how they
    count a stratum of one cluster. Raises UnknownName for an unknown recode and WrongValue for two
    populations of one name.
    """
    parts = [_estimate(microdata, grouping, recode, centered) for grouping in groupings]
    populations = tuple(population for part in parts for population in part.populations)
    names = [population.name for population in populations]
    for name in names:
        if names.count(name) > 1:
            raise WrongValue("groupings", name, "groupings that give each population its own name")
    truth = GroundTruth(
        populations=populations,
        topics=tuple(topic.id for topic in microdata.topics),
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
        notices=microdata.notices + _unanswered(truth) + _few(truth) + _without_errors(truth),
        distributions=tuple(
            _together([part.distributions[column] for part in parts])
            for column in range(len(truth.topics))
        ),
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
    distributions: tuple[AnswerDistribution, ...]


def _estimate(
    microdata: Microdata, grouping: Grouping, recode: str, centered: bool
) -> _GroupEstimates:
    populations, member = divide(microdata, grouping)
    within = within_countries(grouping, microdata)
    weight = microdata.weight if within else microdata.pooled_weight
    design = microdata.stratum, microdata.cluster
    groups = domains(member, len(populations), weight, *design, centered=centered)
    half = halves_of(*design)
    figures, distributions = [], []
    for topic in microdata.topics:
        codes = microdata.answers[topic.id]
        figures.append(_polarity(groups, stances(topic.scale, codes, recode)))
        distributions.append(_distribution(groups, topic, answers_of(topic.scale, codes), half))
    polarity, error, n, variance, effective = np.stack(figures, axis=-1)
    respondents = np.bincount(member[member >= 0], minlength=len(populations))
    return _GroupEstimates(
        populations, polarity, error, n, variance, effective, respondents, tuple(distributions)
    )


def _polarity(groups: Domains, stance: Stances) -> npt.NDArray[np.float64]:
    """Return polarity, standard error, n, variance of one respondent, effective n, each (P,)."""
    side = stance.astype(np.int64)
    found = shares(groups, side, 2)
    n = found.n.sum(axis=1)
    polarity, error = found.share[:, PRO], share_errors(groups, found)[:, PRO]
    given = side[groups.row]
    owner = groups.owner[groups.unit]
    squares = np.where(given != NEITHER, groups.weight**2, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        residual = squares * (given - polarity[owner]) ** 2
        variance = n * np.bincount(owner, residual, minlength=groups.count) / found.total**2
        effective = found.total**2 / np.bincount(owner, squares, minlength=groups.count)
    n = np.where(n > 0, n, np.nan)
    return np.array([polarity, np.where(n > 1, error, np.nan), n, variance, effective])


def _distribution(groups: Domains, topic: Topic, answer: Index, half: Index) -> AnswerDistribution:
    answers = topic.scale.answers
    found = shares(groups, answer, len(answers))
    several = found.n.sum(axis=1) > 1
    mean, mean_error, spread, spread_error = moment_errors(
        groups, found, np.array(answers, dtype=np.float64)
    )
    parts = [shares(groups, np.where(half == part, answer, -1), len(answers)) for part in (0, 1)]
    return AnswerDistribution(
        topic=topic.id,
        answers=answers,
        share=found.share,
        std_error=np.where(several[:, None], share_errors(groups, found), np.nan),
        n=found.n,
        halves=np.stack([part.share for part in parts]),
        mean=mean,
        mean_error=np.where(several, mean_error, np.nan),
        spread=spread,
        spread_error=np.where(several & (spread > 0), spread_error, np.nan),
    )


def _together(parts: Sequence[AnswerDistribution]) -> AnswerDistribution:
    """Return the distributions of one topic in all populations."""
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in (
            "share", "std_error", "n", "mean", "mean_error", "spread", "spread_error",
        )
    }  # fmt: skip
    halves = np.concatenate([part.halves for part in parts], axis=1)
    return AnswerDistribution(parts[0].topic, parts[0].answers, halves=halves, **joined)


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


def _without_errors(truth: GroundTruth) -> tuple[Notice, ...]:
    """Return a notice on populations whose errors one-cluster strata hide; nothing without any."""
    unknown = (np.isnan(truth.std_error) & (truth.n > 1)).any(axis=1)
    if not unknown.any():
        return ()
    named = [truth.populations[row].name for row in np.flatnonzero(unknown)]
    more = ", ..." if len(named) > 6 else ""
    text = (
        "populations without some standard errors, as a stratum has one cluster "
        f"(single_unit=centered counts it): {', '.join(named[:6])}{more}"
    )
    return (Notice(text, len(named)),)
