"""Language tags: which language a code names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.survey.language_tags import is_tag, language_of, nearest_code, region_of


@pytest.mark.parametrize(
    "code",
    ["da", "nb", "pt-BR", "zh-Hans", "zh-Hant-TW", "es-419", "yue", "ca-valencia", "en-x-short"],
)
def test_codes_of_languages_scripts_and_regions_are_tags(code: str) -> None:
    assert is_tag(code)


@pytest.mark.parametrize(
    "code", ["danish", "pt_BR", "d", "", "en-", "NO_NO", "da dk", "pt-Brazil-"]
)
def test_names_and_other_forms_are_no_tags(code: str) -> None:
    assert not is_tag(code)


@pytest.mark.parametrize(
    ("code", "language"),
    [("pt-BR", "pt"), ("pt_BR", "pt"), ("NB", "no"), ("nn", "no"), ("no", "no"), ("zh-Hans", "zh"),
     ("cmn", "zh"), ("iw", "he"), ("hr", "sh"), ("da", "da"), ("fil", "tl")],
)  # fmt: skip
def test_a_code_names_its_language(code: str, language: str) -> None:
    assert language_of(code) == language


def test_the_region_is_that_of_the_tag() -> None:
    assert region_of("pt-BR") == "BR"
    assert region_of("zh-Hant-tw") == "TW"
    assert region_of("es-419") == "419"
    assert region_of("zh-Hans") is None


@pytest.mark.parametrize(
    ("code", "known", "nearest"),
    [
        ("pt-BR", ["pt", "pt-BR", "pt-PT"], "pt-BR"), ("pt-BR", ["pt", "pt-PT"], "pt"),
        ("pt-BR", ["es", "pt-PT"], "pt-PT"), ("nb", ["da", "no"], "no"), ("no", ["da", "nb"], "nb"),
        ("zh-Hans-CN", ["zh-Hant", "zh-Hans"], "zh-Hans"), ("PT_br", ["pt-BR"], "pt-BR"),
        ("hr", ["bs", "hr"], "hr"), ("hr", ["bs", "sr"], None), ("cmn", ["en", "zh"], "zh"),
        ("yo", ["da", "en"], None),
    ],
)  # fmt: skip
def test_the_nearest_code_names_the_same_language(
    code: str, known: list[str], nearest: str | None
) -> None:
    assert nearest_code(code, known) == nearest


@given(st.text(max_size=12), st.lists(st.text(max_size=12), max_size=5))
def test_a_code_that_is_known_is_nearest_to_itself(code: str, others: list[str]) -> None:
    found = nearest_code(code, [*others, code])
    assert found is not None
    assert found.strip().lower().replace("_", "-") == code.strip().lower().replace("_", "-") or (
        found in others
    )
