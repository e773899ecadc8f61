"""Settings of the profiles of respondents that `culture-ray populations` writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge

from culture_ray.errors import UnknownName, WrongValue
from culture_ray.survey.microdata.mapping import SurveyMapping
from culture_ray.survey.microdata.option_shares import OptionShares
from culture_ray.survey.microdata.profiled import ProfileRule, Small


@dataclass(frozen=True)
class ProfileSettings:
    """Characteristics that describe respondents, most important first, and the smallest cell."""

    by: tuple[str, ...] = ()
    smallest: Annotated[int, Ge(1)] = 10
    small: Small = "merge"


def profile_rule(
    settings: ProfileSettings, survey: SurveyMapping | OptionShares
) -> ProfileRule | None:
    """Return the rule by which respondents get profiles; None without characteristics.

    Raises UnknownName for a characteristic that the survey's mapping lacks, WrongValue for one
    named twice and for a survey without respondents.
    """
    if not settings.by and settings != ProfileSettings():
        expected = "a characteristic: the other keys of respondents say how its profiles are made"
        raise WrongValue("respondents.by", [], expected)
    if not settings.by:
        return None
    if isinstance(survey, OptionShares):
        expected = f"none: {survey.name} publishes distributions, not respondents"
        raise WrongValue("respondents.by", list(settings.by), expected)
    for name in settings.by:
        if name not in survey.respondents:
            where = f"respondents of conf/survey/{survey.name}.yaml"
            raise UnknownName("characteristic", name, survey.respondents, where)
    if len(set(settings.by)) != len(settings.by):
        raise WrongValue("respondents.by", list(settings.by), "each characteristic once")
    chosen = tuple(survey.respondents[name] for name in settings.by)
    return ProfileRule(chosen, settings.smallest, settings.small)
