"""Awkward responses and answers, each with its expected reading (see corpus/README.md)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from culture_ray.judging.flags import is_empty, is_refusal, is_repetitive
from culture_ray.judging.label import ElicitedResponse, label_fields, needs_judge
from culture_ray.judging.language_id import LanguageDetector
from culture_ray.judging.parse import JudgeReading, Unparsable, parse_answer
from tests.shipped import SHIPPED

CORPUS = Path(__file__).parent / "corpus"
LANGUAGES = ("da", "en", "nl", "pt")


@cache
def detector() -> LanguageDetector:
    """Return the detector, which takes seconds to load."""
    return LanguageDetector(LANGUAGES)


def cases(name: str) -> list[Any]:
    entries = yaml.safe_load((CORPUS / f"{name}.yaml").read_text("utf-8"))
    return [pytest.param(name, entry, id=f"{name}: {entry['case']}") for entry in entries]


RESPONSES = [case for language in LANGUAGES for case in cases(language)]
OTHERS = [
    pytest.param(entry, id=f"{entry['language']}: {entry['case']}")
    for entry in yaml.safe_load((CORPUS / "other_languages.yaml").read_text("utf-8"))
]
ANSWERS = cases("answers")


def response(language: str, entry: dict[str, Any]) -> ElicitedResponse:
    return ElicitedResponse(
        entry["text"], language, asked=10, continues_list=entry.get("continues", False)
    )


@pytest.mark.parametrize(("language", "entry"), RESPONSES)
def test_a_response_is_split_as_expected(language: str, entry: dict[str, Any]) -> None:
    split = response(language, entry).split(SHIPPED)
    assert split.count == entry["opinions"], split
    if "first" in entry:
        assert split.opinions[0] == entry["first"]
    if "last" in entry:
        assert split.opinions[-1] == entry["last"]
    assert split.closing.startswith(entry.get("closing", ""))


@pytest.mark.parametrize("entry", OTHERS)
def test_a_response_in_another_language_is_read_and_flagged_as_expected(
    entry: dict[str, Any],
) -> None:
    test_a_response_is_split_as_expected(entry["language"], entry)
    test_a_response_is_flagged_as_expected(entry["language"], entry)


@pytest.mark.parametrize(("language", "entry"), RESPONSES)
def test_a_response_is_flagged_as_expected(language: str, entry: dict[str, Any]) -> None:
    split = response(language, entry).split(SHIPPED)
    found = {
        "refusal": is_refusal(entry["text"], split, SHIPPED),
        "empty": is_empty(split),
        "repetitive": is_repetitive(entry["text"], split),
    }
    assert [flag for flag, holds in found.items() if holds] == entry.get("flags", [])


@pytest.mark.parametrize(("language", "entry"), RESPONSES)
def test_a_response_goes_to_a_judge_unless_its_label_is_known(
    language: str, entry: dict[str, Any]
) -> None:
    status = entry.get("status", "judge")
    assert needs_judge(response(language, entry), SHIPPED) == (status == "judge")
    if status != "judge":
        label = label_fields(
            response(language, entry), None, detector(), SHIPPED, languages=LANGUAGES
        )
        assert label.status == status


@pytest.mark.parametrize(("language", "entry"), RESPONSES)
def test_no_response_of_the_corpus_is_taken_for_another_language(
    language: str, entry: dict[str, Any]
) -> None:
    expected = entry.get("detected", language)
    assert detector().detect(entry["text"]).language in {expected, None}


@pytest.mark.parametrize(("name", "entry"), ANSWERS)
def test_a_judges_answer_is_parsed_as_expected(name: str, entry: dict[str, Any]) -> None:
    answer = parse_answer(entry["answer"], max_opinions=20, languages=LANGUAGES)
    if "reason" in entry:
        assert isinstance(answer, Unparsable)
        assert entry["reason"] in answer.reason
    else:
        assert isinstance(answer, JudgeReading), answer
        assert " ".join(answer.stances) == entry["stances"]
        assert answer.language == entry.get("language")
        assert answer.repaired == entry.get("repaired", False)


def test_the_corpus_is_as_large_as_it_should_be() -> None:
    assert len(RESPONSES) >= 200
    for language in LANGUAGES:
        assert sum(case.values[0] == language for case in RESPONSES) >= 50
