"""Texts that describe a respondent of a survey: the profile's lines and the words around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from culture_ray.errors import BadPrompts
from culture_ray.prompts.text_reader import TextReader
from culture_ray.survey.fields import Fields
from culture_ray.survey.profiles import Profile

Person = Literal["first", "third"]
RANGE, FROM = "range", "from"
"""Entries of a characteristic for 18-29, with {low} and {high}, and for 65+, with {low}."""


@dataclass(frozen=True)
class ProfileTexts:
    """Words of a language for profiles; `first` and `third` hold {profile}, `country` {country}.

    `characteristics` holds the words of each category by characteristic.
    """

    first: str
    third: str
    country: str
    characteristics: Mapping[str, Mapping[str, str]]

    def introduction(self, profile: Profile, countries: Mapping[str, str], person: Person) -> str:
        """Return the text that comes before a prompt; `countries` are phrases for living there.

        A profile that `check_profiles` does not accept raises KeyError.
        """
        lines = [
            _words(self.characteristics[name], category)
            for name, category in profile.categories.items()
        ]
        lines.append(self.country.replace("{country}", countries[profile.country]))
        frame = self.first if person == "first" else self.third
        return frame.replace("{profile}", "\n".join(f"- {line}" for line in lines))


def read_profile_texts(entry: Fields, texts: TextReader) -> ProfileTexts:
    """Return the texts under `respondents` of a language file.

    Raises BadPrompts, WrongValue and UnknownName as `read_language` does.
    """
    entry.known(("first", "third", "country", "characteristics"))
    place = f"{texts.language}, respondents"
    characteristics = entry.nested("characteristics")
    return ProfileTexts(
        first=texts.take(entry, "first", f"{place}, first", ("profile",)),
        third=texts.take(entry, "third", f"{place}, third", ("profile",)),
        country=texts.take(entry, "country", f"{place}, country", ("country",)),
        characteristics={
            str(name): _categories(characteristics.nested(name), texts, f"{place}, {name}")
            for name in characteristics.values
        },
    )


def check_profiles(
    code: str, texts: ProfileTexts | None, countries: Iterable[str], profiles: Iterable[Profile]
) -> None:
    """Raise BadPrompts unless a language has the words for every one of `profiles`.

    `code` is the language's, `countries` are those that it has a phrase for.
    """
    file = f"conf/language/{code}.yaml"
    if texts is None:
        raise BadPrompts(
            f"language {code}: no texts for persona=respondents; add respondents to {file}, or "
            "leave the language out"
        )
    known = set(countries)
    for profile in profiles:
        if profile.country not in known:
            raise BadPrompts(
                f"language {code}: no phrase for {profile.country}, where respondents live; add it "
                f"to countries in {file}, or leave the country out with persona.countries"
            )
        for name, category in profile.categories.items():
            if _entry(texts.characteristics.get(name, {}), category) is None:
                raise BadPrompts(
                    f"language {code}: no words for {name}={category} of respondents; add "
                    f"respondents.characteristics.{name}.{_needed(category)} to {file}"
                )


def _categories(entry: Fields, texts: TextReader, place: str) -> dict[str, str]:
    slots = {RANGE: ("low", "high"), FROM: ("low",)}
    return {
        entry.name(key): texts.take(entry, key, f"{place}, {key}", slots.get(str(key), ()))
        for key in entry.values
    }


def _words(categories: Mapping[str, str], category: str) -> str:
    text = categories[_entry(categories, category) or category]
    low, _, high = category.rstrip("+").partition("-")
    return text.replace("{low}", low).replace("{high}", high)


def _entry(categories: Mapping[str, str], category: str) -> str | None:
    """Return the key of a category's words: its own, or that of ranges; None without any."""
    for key in (category, _needed(category)):
        if key in categories:
            return key
    return None


def _needed(category: str) -> str:
    if re.fullmatch(r"\d+-\d+", category):
        return RANGE
    return FROM if re.fullmatch(r"\d+\+", category) else category
