"""Personas of a run that are profiles of a survey's respondents, read once when first needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from culture_ray.errors import WrongValue
from culture_ray.plan.profiles import check_allowed, disclosures, profiles_by_language
from culture_ray.settings.run import Settings
from culture_ray.survey.profiles import Profile
from culture_ray.survey.respondents import Respondents, read_respondents


class Personas:
    """Respondents whom a run asks as, the profiles drawn from them, and who is told of them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def people(self) -> Respondents:
        """Return the respondents of the run's populations; raises WrongValue without any."""
        path, populations = self._settings.respondents_table, self._settings.populations
        if path is None:
            expected = (
                f"populations with respondents, which {populations.name} lacks; culture-ray "
                "populations with respondents.by=[gender,age] writes them from a survey's file"
            )
            raise WrongValue("populations", populations.name, expected)
        return read_respondents(path, self._settings.topics)

    @cached_property
    def profiles(self) -> Mapping[str, Sequence[Profile]]:
        """Return the profiles by language; none for a run without persona=respondents."""
        settings = self._settings
        if settings.persona is None:
            return {}
        return profiles_by_language(
            settings.persona, self.people, settings.languages, settings.seed
        )

    @property
    def disclosures(self) -> Mapping[str, str]:
        """Return a sentence on what prompts tell of respondents, and to whom, by model."""
        settings = self._settings
        if settings.persona is None:
            return {}
        told = disclosures(self.people, settings.populations.respondent_columns, settings.models)
        return {
            name: f"prompts of {name} tell of respondents {text}" for name, text in told.items()
        }

    def check_allowed(self) -> None:
        """Raise WrongValue for a model behind an API that may not be sent profiles."""
        if self._settings.persona is not None:
            check_allowed(self._settings.persona, self._settings.models)
