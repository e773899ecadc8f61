"""Estimates of a survey's populations from its data files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from culture_ray.errors import UnknownName, WrongValue
from culture_ray.survey.microdata.estimate import Estimates, estimate
from culture_ray.survey.microdata.groupings import LANGUAGE, Grouping, grouping_of
from culture_ray.survey.microdata.option_shares import OptionShares, read_option_shares
from culture_ray.survey.microdata.profiled import profiled_respondents
from culture_ray.survey.microdata.respondents import Microdata, read_microdata
from culture_ray.survey.microdata.shares_estimates import estimates_of_shares
from culture_ray.survey.names import Names
from culture_ray.tools.populations.job import PopulationsJob


@dataclass(frozen=True, eq=False)
class SurveyEstimates:
    """Estimates with the number of respondents, None where only distributions are published."""

    estimates: Estimates
    respondents: int | None
    profiled: pa.Table | None = None
    """Respondents by profile (RESPONDENTS schema, then topics); None if not asked for."""


def survey_estimates(job: PopulationsJob, source: str) -> SurveyEstimates:
    """Return the estimates of a job's populations, with readable labels.

    Raises BadTable and MissingExtra for the data files, WrongValue and UnknownName for the job's
    settings.
    """
    requested = [grouping_of(word, _regions(job)) for word in job.by]
    if isinstance(job.survey, OptionShares):
        return SurveyEstimates(_of_shares(job, job.survey, requested, source), None)
    microdata = _read(job, requested)
    present = microdata.columns[microdata.country].values
    groupings = [
        _with_people(grouping, present) if job.regions is None else grouping
        for grouping in requested
        if LANGUAGE not in grouping.columns or microdata.language is not None
    ]
    if not groupings:
        expected = "a division that the survey allows: its file tells no language"
        raise WrongValue("by", list(job.by), expected)
    centered = job.single_unit == "centered"
    estimates = estimate(microdata, groupings, recode=job.recode, source=source, centered=centered)
    labelled = _labelled(estimates, job.names, microdata.language)
    if job.profiles is None:
        return SurveyEstimates(labelled, len(microdata.weight))
    profiled, notices = profiled_respondents(microdata, job.profiles)
    labelled = replace(labelled, notices=(*labelled.notices, *notices))
    return SurveyEstimates(labelled, len(microdata.weight), profiled)


def _of_shares(
    job: PopulationsJob, survey: OptionShares, requested: Sequence[Grouping], source: str
) -> Estimates:
    for word, grouping in zip(job.by, requested, strict=True):
        if grouping.kind == "group":
            expected = "country, language, region or world: the file has no respondents"
            raise WrongValue("by", word, expected)
    if job.weights is not None:
        raise WrongValue("weights", job.weights, "null: the file has no respondents to weight")
    if job.single_unit != "missing":
        expected = "missing: the file has no respondents, and so no clusters"
        raise WrongValue("single_unit", job.single_unit, expected)
    countries, distributions, notices = read_option_shares(job.files, survey)
    wanted = countries if job.countries is None else job.countries
    for country in wanted:
        if country not in countries:
            raise UnknownName("country", country, countries, where="countries")
    rows = [countries.index(country) for country in wanted]
    kept = [
        replace(each, share=each.share[rows])
        for each in distributions
    ]  # fmt: skip
    groupings = [_with_people(grouping, tuple(wanted)) for grouping in requested]
    estimates = estimates_of_shares(
        wanted,
        kept,
        survey.topics,
        groupings,
        job.names.main_languages,
        recode=job.recode,
        source=source,
    )
    estimates = replace(estimates, notices=notices + estimates.notices)
    return _labelled(estimates, job.names, None)


def _read(job: PopulationsJob, groupings: Sequence[Grouping]) -> Microdata:
    survey = job.survey
    assert not isinstance(survey, OptionShares)
    columns = [
        column
        for grouping in groupings
        for column in grouping.columns
        if column != LANGUAGE or survey.language is not None
    ]
    columns += job.profiles.columns if job.profiles else ()
    return read_microdata(
        job.files,
        survey,
        by=tuple(dict.fromkeys(columns)),
        countries=job.countries,
        weights=job.weights,
        need_topics=job.need_topics,
        drop_unexpected=job.drop_unexpected,
        main_languages=job.names.main_languages,
        surveys=job.surveys,
    )


def _regions(job: PopulationsJob) -> Mapping[str, str]:
    return job.names.regions if job.regions is None else job.regions


def _with_people(grouping: Grouping, present: tuple[str, ...]) -> Grouping:
    """Return the grouping with only the regions of countries that are in the file."""
    if grouping.regions is None:
        return grouping
    regions = {name: grouping.regions[name] for name in grouping.regions if name in present}
    return replace(grouping, regions=regions)


def _labelled(estimates: Estimates, names: Names, spoken: str | None) -> Estimates:
    truth = estimates.ground_truth
    populations = tuple(names.labelled(population, spoken) for population in truth.populations)
    return replace(estimates, ground_truth=replace(truth, populations=populations))
