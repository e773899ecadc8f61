"""Words of an import: constants in short form, other names, and what conf knows."""

from __future__ import annotations

from typing import Any

import pytest

from culture_ray.config.import_choices import import_choices, known_names, with_constants
from culture_ray.errors import UnknownName, WrongValue
from culture_ray.survey.ground_truth import Population

CONTENT: dict[str, Any] = {
    "columns": {}, "constants": {}, "rename": None, "stances": {}, "value_range": [0, 1],
    "encoding": "utf-8",
}  # fmt: skip


def test_short_words_are_constants_and_others_stay() -> None:
    words = ["model=gpt-4", "language=en", "run=x", "columns.model=m", "--config-dir=c"]
    assert with_constants(words) == [
        "constants.model=gpt-4", "constants.language=en", *words[2:]
    ]  # fmt: skip


@pytest.mark.parametrize("word", ["protocol=[persona]", "judge=[gpt_4_1]"])
def test_a_choice_that_would_do_nothing_is_refused(word: str) -> None:
    with pytest.raises(WrongValue, match="an imported run has the"):
        with_constants(["run=x", word])


def test_names_of_the_file_are_compared_in_any_case() -> None:
    rename = {"topic": {"Q182": "f118", 7: "f120"}, "model": ["a=b=c"], "language": None}
    found = import_choices(CONTENT | {"rename": rename}).rename
    assert found == {"topic": {"q182": "f118", "7": "f120"}, "model": {"a=b": "c"}, "language": {}}


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"rename": {"modell": {}}}, UnknownName, "did you mean 'rename.model'"),
        ({"rename": {"model": ["a"]}}, WrongValue, "theirs=ours"),
        ({"rename": {"language": {False: "nb"}}}, WrongValue, "in quotes"),
        ({"rename": [1]}, WrongValue, "rename=.*keys model"),
        ({"columns": {"modle": "m"}}, UnknownName, "columns.model"),
        ({"value_range": [0]}, WrongValue, "value_range"),
        ({"constants": {"model": " "}}, WrongValue, "constants.model"),
    ],
)
def test_choices_that_cannot_be_used_are_named(
    changed: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        import_choices(CONTENT | changed)


@pytest.mark.slow
def test_names_in_conf_and_of_populations_are_understood() -> None:
    known = known_names([], ["OWN_1"], [Population("DK/sex=women", "group", (), "Denmark, women")])
    assert known.topics["own_1"] == "OWN_1"
    assert known.language_tag("português do Brasil") == "pt-BR"
    assert known.language_tag("Danish") == "da"
    assert known.population("denmark, Women") == "DK/sex=women"
    assert known.population("Great Britain") == "GB"
    assert known.population("a nurse") is None
