"""One response and its judge's answer, as the fields of a label."""

from __future__ import annotations

import json
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.judging.label import (
    ElicitedResponse,
    JudgeAnswer,
    LabelFields,
    label_fields,
    needs_judge,
)
from culture_ray.judging.language_id import LanguageDetector
from culture_ray.tables import LABELS
from tests.shipped import SHIPPED

LANGUAGES = ("da", "en", "nl", "pt")


@cache
def detector() -> LanguageDetector:
    """Return the detector, which takes seconds to load."""
    return LanguageDetector(LANGUAGES)


TEN = "\n".join(f"{n}. Jeg synes, det er grund nummer {n} til at sige ja." for n in range(1, 11))


def reading(
    response: ElicitedResponse, answer: str | None = None, failure: str | None = None
) -> LabelFields:
    given_answer = JudgeAnswer(answer, failure) if answer or failure else None
    return label_fields(response, given_answer, detector(), SHIPPED, languages=LANGUAGES)


def answer(*stances: str, language: str = "da") -> str:
    return json.dumps({"language": language, "stances": list(stances)})


@given(st.lists(st.sampled_from(["pro", "con", "neutral"]), min_size=1, max_size=20))
def test_counts_add_up_to_the_stances(stances: list[str]) -> None:
    label = reading(ElicitedResponse(TEN, "da", asked=10), answer(*stances))
    assert label.status == "labelled"
    assert (label.pro or 0) + (label.con or 0) + (label.neutral or 0) == len(stances)
    sides = (label.pro or 0) + (label.con or 0)
    assert label.value_polarity == ((label.pro or 0) / sides if sides else None)


def test_a_label_has_the_rules_count_the_judges_stances_and_the_number_asked_for() -> None:
    nine = reading(ElicitedResponse(TEN, "da", asked=12), answer(*["pro"] * 9))
    assert (nine.opinions, len(nine.stances or ()), nine.asked) == (10, 9, 12)
    ten = reading(ElicitedResponse(TEN, "da", asked=10), answer(*["pro"] * 10))
    assert (ten.opinions, len(ten.stances or ()), ten.asked) == (10, 10, 10)


@pytest.mark.parametrize(
    ("response", "status"),
    [
        (ElicitedResponse(None, "da", 10, "error", "engine stopped"), "failed"),
        (ElicitedResponse("", "da", 10, "stop"), "empty"),
        (ElicitedResponse("1.\n2.", "da", 10, "length"), "empty"),
        (ElicitedResponse("Beklager, det kan jeg ikke.", "da", 10, "stop"), "refusal"),
    ],
)
def test_what_needs_no_judge_still_has_a_label(response: ElicitedResponse, status: str) -> None:
    assert not needs_judge(response, SHIPPED)
    label = reading(response)
    assert label.status == status
    assert label.stances is None and label.value_polarity is None and label.pro is None


def test_a_failed_response_keeps_its_reason() -> None:
    failed = ElicitedResponse(None, "da", 10, "error", "engine stopped")
    assert reading(failed).failure == "engine stopped"
    assert reading(failed).opinions is None


def test_a_response_that_needs_a_judge_cannot_be_read_without_one() -> None:
    assert needs_judge(ElicitedResponse(TEN, "da", 10), SHIPPED)
    with pytest.raises(ValueError, match="needs a judge"):
        reading(ElicitedResponse(TEN, "da", 10))


def test_a_judge_that_failed_is_an_error_and_one_that_rambled_unparsable() -> None:
    lost = reading(ElicitedResponse(TEN, "da", 10), failure="timed out")
    assert (lost.status, lost.failure) == ("error", "timed out")
    rambled = reading(ElicitedResponse(TEN, "da", 10), "Well, it depends.")
    assert rambled.status == "unparsable"
    assert rambled.failure is not None and "no JSON object" in rambled.failure


def test_a_response_in_another_language_is_marked() -> None:
    english = ElicitedResponse("1. I think that people should decide this alone.", "da", 1)
    label = reading(english, answer("pro", language="en"))
    assert label.wrong_language
    assert (label.judged_language, label.detected_language) == ("en", "en")
    assert not reading(ElicitedResponse(TEN, "da", 10), answer("pro")).wrong_language


def test_a_response_that_ran_into_its_token_limit_is_truncated() -> None:
    assert reading(ElicitedResponse(TEN, "da", 10, "length"), answer("pro")).truncated
    assert not reading(ElicitedResponse(TEN, "da", 10, "stop"), answer("pro")).truncated


def test_a_label_fills_every_column_that_is_not_a_key_or_the_judges_bookkeeping() -> None:
    label = reading(ElicitedResponse(TEN, "da", 10), answer("pro"))
    elsewhere = {"request_id", "response_id", "judge", "model", "language", "protocol", "template",
                 "topic", "wording", "sample", "raw", "prompt_tokens", "output_tokens", "replica",
                 "finished_at", "persona", "option_mass", "p_pro", "p_con",
                 "p_middle", "answer_shares", "dollars", "thoughts", "reasoning_tokens",
                 "variant"}  # fmt: skip
    for name in set(LABELS.names) - elsewhere:
        assert hasattr(label, name), name
