"""Phrases that models write around opinions, as a language file states them."""

from __future__ import annotations

from typing import Any

import pytest

from culture_ray.config.known_names import language_files
from culture_ray.errors import UnknownName, WrongValue
from culture_ray.prompts.phrases import Phrases, read_phrases
from culture_ray.survey.fields import Fields


def read(**phrases: Any) -> Phrases:
    return read_phrases(Fields.of(phrases, "language.xx.phrases"))


def test_every_kind_may_be_left_out() -> None:
    assert read() == Phrases()
    assert read(refusals=["nope"]) == Phrases(refusals=("nope",))


def test_number_words_have_the_value_of_their_place() -> None:
    assert read(numbers=["zero none", "one", "two both"]).numbers == {
        "zero": 0, "none": 0, "one": 1, "two": 2, "both": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "value", "problem"),
    [
        ("refusals", "sorry", "a list of phrases"),
        ("refusals", ["sorry", True], "a list of phrases"),
        ("labels", ["person ("], "a regular expression"),
        ("labels", ["(?P<number>person)"], "without named groups"),
        ("closings", ["note", "x*"], "does not match the empty text"),
        ("closings", [""], "does not match the empty text"),
        ("letters", "aba", "distinct letters"),
        ("letters", "ab1", "distinct letters"),
    ],
)
def test_what_cannot_be_used_is_named(kind: str, value: Any, problem: str) -> None:
    with pytest.raises(WrongValue, match=problem) as raised:
        read(**{kind: value})
    assert f"language.xx.phrases.{kind}" in str(raised.value)


def test_an_unknown_kind_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="refusals"):
        read(refusal=["sorry"])


def test_every_language_of_the_project_has_phrases() -> None:
    files = language_files()
    for code in files:
        # The phrases of pt serve pt-BR and pt-PT too.
        content = files[code if "phrases" in files[code] else code.split("-")[0]]
        phrases = read_phrases(Fields.of(content["phrases"], code))
        assert phrases.refusals and phrases.closings and phrases.labels, code
