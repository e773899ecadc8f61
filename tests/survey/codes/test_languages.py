"""Names and codes of languages in any spelling become one tag each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.survey.codes.languages import language_tag
from culture_ray.survey.codes.table import plain, spellings
from culture_ray.survey.language_tags import is_tag, language_of

NAMES = {"dansk": "da", "portugues do brasil": "pt-BR", "中文": "zh"}


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("da", "da"),
        ("DA", "da"),
        (" Danish ", "da"),
        ("danish", "da"),
        ("Dansk", "da"),
        ("dan", "da"),
        ("DAN", "da"),
        ("dan_Latn", "da"),
        ("da-DK", "da-DK"),
        ("da_dk", "da-DK"),
        ("en-us", "en-US"),
        ("eng", "en"),
        ("ger", "de"),
        ("deu", "de"),
        ("zho", "zh"),
        ("chi", "zh"),
        ("cmn", "zh"),
        ("zho_Hans", "zh-Hans"),
        ("zh-cn", "zh-CN"),
        ("Chinese (Simplified)", "zh-Hans"),
        ("Simplified Chinese", "zh-Hans"),
        ("nb", "nb"),
        ("nob", "nb"),
        ("nno", "nn"),
        ("no", "no"),
        ("Norwegian Bokmål", "nb"),
        ("Norwegian Bokmal", "nb"),
        ("Português do Brasil", "pt-BR"),
        ("Portuguese (Brazil)", "pt-BR"),
        ("Brazilian Portuguese", "pt-BR"),
        ("English (US)", "en-US"),
        ("British English", "en-GB"),
        ("Farsi", "fa"),
        ("pes_Arab", "fa"),
        ("iw", "he"),
        ("中文", "zh"),
        ("hil", "hil"),
    ],
)
def test_what_studies_call_a_language_becomes_its_tag(text: str, tag: str) -> None:
    assert language_tag(text, NAMES) == tag


@pytest.mark.parametrize(
    "text", ["", "Klingon", "xx", "d", "language", "Danish (Mars)", "en US UK"]
)
def test_what_names_no_language_is_unknown(text: str) -> None:
    assert language_tag(text, NAMES) is None


def test_a_known_tag_is_taken_as_it_is() -> None:
    assert language_tag("PT-br", {}, ["pt-BR"]) == "pt-BR"
    assert language_tag("qaa", {}, ["qaa"]) == "qaa"


@given(st.sampled_from(sorted(spellings("languages").items())), st.booleans())
def test_every_code_and_name_of_the_table_is_understood_in_any_case(
    entry: tuple[str, str], upper: bool
) -> None:
    spelling, code = entry
    found = language_tag(spelling.upper() if upper else spelling, {})
    assert found is not None and is_tag(found)
    assert language_of(found) == language_of(code)


@given(st.text(max_size=20))
def test_any_text_gives_a_tag_or_nothing(text: str) -> None:
    found = language_tag(text, NAMES)
    assert found is None or is_tag(found)


def test_names_are_compared_without_accents_and_articles() -> None:
    assert plain("  The  Netherlands ") == "netherlands"
    assert plain("Bokmål") == plain("bokmål") == "bokmal"
