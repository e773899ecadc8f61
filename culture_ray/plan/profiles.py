"""Profiles of respondents that a run asks as in each language, and to whom it sends them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from culture_ray.engines.model import Model
from culture_ray.errors import UnknownName, WrongValue
from culture_ray.prompts.language import Language
from culture_ray.prompts.profile_draw import drawn_profiles
from culture_ray.prompts.profile_texts import check_profiles
from culture_ray.settings.persona import RespondentPersonas
from culture_ray.survey.ground_truth import Population, spoken_in
from culture_ray.survey.profiles import Profile
from culture_ray.survey.respondents import Respondents


def profiles_by_language(
    persona: RespondentPersonas,
    people: Respondents,
    languages: Mapping[str, Language],
    seed: int,
) -> dict[str, tuple[Profile, ...]]:
    """Return the drawn profiles of each language, country by country.

    Raises UnknownName for a country without respondents, WrongValue for a language that none of
    them speaks and for a profile of too few people, BadPrompts for a language that lacks words.
    """
    _check_sizes(persona, people)
    by_country = {country.name: _weights(people, country.name) for country in people.countries}
    found = {}
    for code, language in languages.items():
        drawn = tuple(
            profile
            for country in _countries(persona, people.countries, code)
            for profile in drawn_profiles(by_country[country], persona.profiles, persona.draw, seed)
        )
        check_profiles(code, language.respondents, language.countries, drawn)
        found[code] = drawn
    return found


def disclosures(
    people: Respondents, columns: Mapping[str, str], models: Mapping[str, Model]
) -> dict[str, str]:
    """Return, for each model, what its prompts tell of respondents and where they go.

    `columns` are the survey's columns by characteristic, as far as they are known.
    """
    told = ", ".join(
        f"{name} ({columns[name]})" if name in columns else name
        for name in ("country", *people.characteristics)
    )
    return {name: f"{told}: to {_place(model)}" for name, model in models.items()}


def check_allowed(persona: RespondentPersonas, models: Mapping[str, Model]) -> None:
    """Raise WrongValue for a model behind an API unless the user allows it to be sent profiles."""
    remote = [name for name, model in models.items() if model.is_api]
    if remote and not persona.allow_api:
        expected = (
            f"true, or models that run here: the prompts of {', '.join(remote)} would take coarse "
            "categories of respondents to an API"
        )
        raise WrongValue("persona.allow_api", False, expected)


def _place(model: Model) -> str:
    return (model.api.shown_url or "OpenAI") if model.is_api else "this cluster"


def _check_sizes(persona: RespondentPersonas, people: Respondents) -> None:
    small = [
        f"{profile.text} ({size})"
        for profile, size in zip(people.profiles, people.people, strict=True)
        if size < persona.smallest
    ]
    if small:
        expected = (
            f"at most the people of every profile; {len(small)} have fewer, such as {small[0]}: "
            "culture-ray populations with respondents.smallest merges them"
        )
        raise WrongValue("persona.smallest", persona.smallest, expected)


def _countries(
    persona: RespondentPersonas, countries: Sequence[Population], language: str
) -> tuple[str, ...]:
    known = [country.name for country in countries]
    if persona.countries is None:
        found = tuple(country.name for country in spoken_in(language, countries))
        if not found:
            expected = (
                f"countries of the survey, such as [{', '.join(known[:4])}]: none of them speaks "
                f"'{language}'; or leave the language out"
            )
            raise WrongValue("persona.countries", None, expected)
        return found
    if not persona.countries or len(set(persona.countries)) != len(persona.countries):
        raise WrongValue("persona.countries", list(persona.countries), "countries, each once")
    for name in persona.countries:
        if name not in known:
            raise UnknownName("country", name, known, "persona.countries")
    return persona.countries


def _weights(people: Respondents, country: str) -> dict[Profile, float]:
    return {
        profile: float(weight)
        for profile, weight in zip(people.profiles, people.weights, strict=True)
        if profile.country == country
    }
