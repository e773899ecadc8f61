from __future__ import annotations

from typing import Any

import pytest

from culture_ray.prompts.language import Language, ProtocolTexts, TopicTexts
from culture_ray.stages.elicit.option_answers import option_probabilities

TEXTS = {1: "Agree strongly", 2: "Agree", 3: "Disagree"}
ENGLISH = Language(
    code="en",
    name="English",
    native_name="English",
    protocols={"constrained_choice": ProtocolTexts({"t01": "{topic} {options}"}, "Answer:")},
    topics={"t": TopicTexts("yes", "no", {"w1": "?"}, {"q1": "Do you agree?"}, TEXTS)},
    unreviewed=0,
    dont_know="Don't know",
)


def read(text: str, protocol: str, variant: str | None = None, **more: Any) -> list[float] | None:
    row = {
        "protocol": protocol, "topic": "t", "wording": "q1", "variant": variant, "text": text,
        "probabilities": None, "finish_reason": "stop",
    }  # fmt: skip
    return option_probabilities(row | more, ENGLISH)


FIRST, SECOND = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]


@pytest.mark.parametrize(
    ("text", "protocol", "variant", "expected"),
    [
        ("A", "free_sampling", None, FIRST),
        ("B. Agree", "free_sampling", None, SECOND),
        ("2", "free_sampling", "labels=numbers", SECOND),
        ("2. Agree", "free_sampling", "labels=numbers", SECOND),
        ("Agree strongly.", "free_sampling", "labels=numbers", FIRST),
        ("Agree", "free_sampling", "labels=words", SECOND),
        ("C", "free_sampling", "scale=reversed", FIRST),
        ("3", "free_sampling", "labels=numbers, scale=reversed", FIRST),
        ("D", "free_sampling", "dont_know=with", [0.0, 0.0, 0.0, 1.0]),
        ('{"answer": "B"}', "constrained_choice", None, SECOND),
        ('{"answer": "2"}', "constrained_choice", "labels=numbers", SECOND),
        ('{"answer": "Agree strongly"}', "constrained_choice", "labels=words", FIRST),
        ("A: 20%\nB: 30%\nC: 50%", "verbalised_distribution", None, [0.2, 0.3, 0.5]),
        ("A: 20%\nB: 30%\nC: 60%", "verbalised_distribution", None, None),
        ("Some agree strongly, and A is fine.\n\nB. Agree", "reasoned_answer", None, SECOND),
        ("It depends on many things.", "reasoned_answer", None, None),
    ],
)
def test_answers_are_read_as_their_way_of_asking_and_variant_want(
    text: str, protocol: str, variant: str | None, expected: list[float] | None
) -> None:
    assert read(text, protocol, variant) == expected


def test_reasons_that_were_cut_off_are_not_taken_for_an_answer() -> None:
    assert read("Let me think.\nA", "reasoned_answer", finish_reason="length") is None


def test_probabilities_of_an_engine_come_before_its_text() -> None:
    assert read("A", "option_probability", probabilities=[0.1, 0.7, 0.1]) == [0.1, 0.7, 0.1]
