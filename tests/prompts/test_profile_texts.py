"""The words that describe a respondent: complete, in the chosen person, and checked by language."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from culture_ray.config.files import files_of
from culture_ray.errors import BadPrompts
from culture_ray.prompts.language import Language, read_language
from culture_ray.prompts.profile_texts import check_profiles
from culture_ray.prompts.render import render
from culture_ray.survey.profiles import Profile

DANE = Profile("DK", {"gender": "woman", "age": "30-44", "education": "upper", "area": "rural"})
OLD = Profile("DK", {"age": "65+"})
WRITTEN = sorted(files_of("language"))


def language(code: str) -> Language:
    content = yaml.safe_load(files_of("language")[code].read_text(encoding="utf-8"))
    return read_language(code, content)


@pytest.fixture(scope="module")
def english() -> Language:
    return language("en")


def test_a_prompt_begins_with_the_respondent_in_the_first_or_third_person(
    english: Language,
) -> None:
    alone = render(english, "direct_item", "t01", "f120", "q1")
    first = render(english, "direct_item", "t01", "f120", "q1", DANE.text)
    third = render(english, "direct_item", "t01", "f120", "q1", DANE.text, person="third")
    assert first.endswith(f"\n\n{alone}")
    assert first.removesuffix(alone).split("\n") == [
        "I took part in a survey of values and attitudes. About me:",
        "- a woman",
        "- 30 to 44 years old",
        "- a degree from a university or another institution of higher education",
        "- living in a village or in the countryside",
        "- living in Denmark",
        "Answer the following as I would answer it.",
        "",
        "",
    ]
    assert "About me" not in third
    assert "- 30 to 44 years old\n" in third


def test_an_open_range_has_words_of_its_own(english: Language) -> None:
    assert "- 65 years or older\n" in render(english, "direct_item", "t01", "f120", "q1", OLD.text)


@pytest.mark.slow
@pytest.mark.parametrize("code", WRITTEN)
def test_a_written_language_describes_every_shipped_category(code: str) -> None:
    found = language(code)
    for profile in (DANE, OLD):
        check_profiles(code, found.respondents, found.countries, [profile])
        for person in ("first", "third"):
            text = render(found, "direct_item", "t01", "f120", "q1", profile.text, person=person)  # type: ignore[arg-type]
            assert "{" not in text
            assert found.countries["DK"] in text


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        (
            Profile("DK", {"income": "high"}),
            r"income=high .* respondents.characteristics.income.hi",
        ),
        (Profile("DK", {"gender": "other"}), r"gender=other of .*characteristics.gender.other to"),
        (Profile("DK", {"gender": "18-29"}), r"characteristics.gender.range to conf/language/en"),
        (Profile("XX"), "no phrase for XX"),
    ],
)
def test_a_profile_without_words_is_named(
    english: Language, profile: Profile, expected: str
) -> None:
    with pytest.raises(BadPrompts, match=rf"^language en: .*{expected}"):
        check_profiles("en", english.respondents, english.countries, [DANE, profile])


def test_a_language_that_describes_nobody_is_refused(english: Language) -> None:
    silent = replace(english, respondents=None)
    with pytest.raises(BadPrompts, match="language ja: no texts for persona=respondents"):
        check_profiles("ja", silent.respondents, silent.countries, [DANE])
