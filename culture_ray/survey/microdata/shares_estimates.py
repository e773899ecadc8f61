"""Ground truth of countries and groups of them from published distributions of their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from culture_ray.survey.answer_distributions import AnswerDistribution
from culture_ray.survey.ground_truth import Figures, GroundTruth, Population
from culture_ray.survey.microdata.estimate import Estimates
from culture_ray.survey.microdata.groupings import Grouping
from culture_ray.survey.microdata.notices import Notice
from culture_ray.survey.microdata.option_shares import of_shares
from culture_ray.survey.topics import Scale, Topic

_POOLED = "populations of several countries, as the mean of countries that count the same"


def estimates_of_shares(
    countries: Sequence[str],
    distributions: Sequence[AnswerDistribution],
    topics: Sequence[Topic],
    groupings: Sequence[Grouping],
    languages: Mapping[str, str],
    *,
    recode: str,
    source: str,
) -> Estimates:
    """Return value polarity and distributions without errors, for the groupings that are possible.

    These are countries, their main languages (`languages`, by country), regions and the world. A
    population of several countries has the mean of their shares.
    """
    populations, members, notices = _populations(countries, groupings, languages)
    weights = np.array([[name in part for name in countries] for part in members], dtype=float)
    joined = [_pooled(each, weights) for each in distributions]
    scales = {topic.id: topic.scale for topic in topics}
    polarity = np.stack([_polarity(each, scales[each.topic], recode) for each in joined], axis=1)
    unknown = np.full(polarity.shape, np.nan)
    truth = GroundTruth(
        populations=populations,
        topics=tuple(each.topic for each in joined),
        value_polarity=polarity,
        std_error=unknown,
        n=unknown,
        source=source,
    )
    nobody = np.zeros(len(populations), dtype=np.int64)
    return Estimates(truth, unknown, unknown, nobody, notices, tuple(joined))


def _populations(
    countries: Sequence[str], groupings: Sequence[Grouping], languages: Mapping[str, str]
) -> tuple[tuple[Population, ...], list[frozenset[str]], tuple[Notice, ...]]:
    populations: list[Population] = []
    members: list[frozenset[str]] = []
    several = 0
    for grouping in groupings:
        for name, kind, spoken, part in _parts(grouping, countries, languages):
            populations.append(Population(name, kind, spoken))
            members.append(frozenset(part))
            several += len(part) > 1
    return tuple(populations), members, (Notice(_POOLED, several),) if several else ()


def _parts(
    grouping: Grouping, countries: Sequence[str], languages: Mapping[str, str]
) -> list[tuple[str, str, tuple[str, ...], list[str]]]:
    """Return name, kind, languages and countries of each population of a grouping."""
    match grouping.kind:
        case "country":
            return [
                (name, "country", (languages[name],) if name in languages else (), [name])
                for name in countries
            ]
        case "language":
            spoken = sorted({languages[name] for name in countries if name in languages})
            return [
                (f"speakers:{code}", "language", (code,), _those(countries, languages, code))
                for code in spoken
            ]
        case "region":
            regions = grouping.regions or {}
            return [
                (region, "region", (), _those(countries, regions, region))
                for region in sorted({regions[name] for name in countries if name in regions})
            ]
    return [("world", "world", (), list(countries))]


def _those(countries: Sequence[str], groups: Mapping[str, str], group: str) -> list[str]:
    return [name for name in countries if groups.get(name) == group]


def _pooled(distribution: AnswerDistribution, weights: Figures) -> AnswerDistribution:
    asked = ~np.isnan(distribution.share[:, 0])
    count = weights @ asked
    with np.errstate(divide="ignore", invalid="ignore"):
        share = weights @ np.where(asked[:, None], distribution.share, 0.0) / count[:, None]
    return of_shares(distribution.topic, distribution.answers, share)


def _polarity(distribution: AnswerDistribution, scale: Scale, recode: str) -> Figures:
    con = (*scale.con, *scale.middle) if recode == "paper" else scale.con
    lowest = 1 if recode == "paper" else min(distribution.answers)
    sides = [
        distribution.share[:, [code in side and code >= lowest for code in distribution.answers]]
        for side in (scale.pro, con)
    ]
    pro, against = (side.sum(axis=1) for side in sides)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(pro / (pro + against), dtype=np.float64)
