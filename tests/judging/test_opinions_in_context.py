"""Opinions are told from what stands around them, in every style of list."""

from __future__ import annotations

import pytest

from tests.shipped import shipped_split


def test_what_stands_around_the_list_is_no_opinion() -> None:
    split = shipped_split(
        "Here are ten summaries:\n\n1. Yes, always.\n2. No, never.\n\nPlease note: invented."
    )
    assert split.opinions == ("Yes, always.", "No, never.")
    assert split.preamble == "Here are ten summaries"
    assert split.closing == "Please note: invented."


@pytest.mark.parametrize(
    ("text", "continues_list", "opinions", "style", "preamble", "closing"),
    [
        (
            "Here is what people said:\nI like it.\nI do not.\nPerhaps so.\nPlease note: invented.",
            False,
            ["I like it.", "I do not.", "Perhaps so."],
            "line",
            "Here is what people said",
            "Please note: invented.",
        ),
        (
            "**Here is what people said:**\nI like it.\nI do not.\nPerhaps so.",
            False,
            ["I like it.", "I do not.", "Perhaps so."],
            "line",
            "Here is what people said",
            "",
        ),
        ("I like it.\nI do not.", False, ["I like it. I do not."], "prose", "", ""),
        (
            "Please note: I never said so.",
            False,
            ["Please note: I never said so."],
            "prose",
            "",
            "",
        ),
        ("12 34", False, [], "none", "", ""),
        (
            "They said: 1. Yes, always. 2. No, never.",
            False,
            ["Yes, always.", "No, never."],
            "number",
            "They said",
            "",
        ),
        (
            "Yes, always.\n3. No.\n4. Never.",
            True,
            ["Yes, always.", "No.", "Never."],
            "number",
            "",
            "",
        ),
        (
            "They were asked:\n\nYes, always.\n2. No.\n3. Perhaps.",
            False,
            ["Yes, always.", "No.", "Perhaps."],
            "number",
            "They were asked",
            "",
        ),
        (
            "1. Yes.\nI mean it.\n2. No.\nPlease note: invented.\n\nGoodbye.",
            False,
            ["Yes. I mean it.", "No."],
            "number",
            "",
            "Please note: invented. Goodbye.",
        ),
        (
            "1. Yes.\n2. Please note: I never said so.",
            False,
            ["Yes.", "Please note: I never said so."],
            "number",
            "",
            "",
        ),
        (
            "1. Yes.\nSure.\n2. No.\nNever.\n3. Maybe.\nPerhaps.\n\nPlease note: invented.",
            False,
            ["Yes. Sure.", "No. Never.", "Maybe. Perhaps."],
            "number",
            "",
            "Please note: invented.",
        ),
        (
            "1. Yes.\n2. No.\nNever.\n3. Maybe.\nPerhaps.",
            False,
            ["Yes.", "No. Never.", "Maybe. Perhaps."],
            "number",
            "",
            "",
        ),
        (
            "1. Yes.\n\n**Against:**\n2. No.\n3. Never.",
            False,
            ["Yes.", "No.", "Never."],
            "number",
            "",
            "",
        ),
        (
            "1. Yes.\n**Against:**\n2. No.\n3. Never.",
            False,
            ["Yes.", "No.", "Never."],
            "number",
            "",
            "",
        ),
        (
            "1. Yes.\n\n---\n\n2. No.\n\nThat is all of them.",
            False,
            ["Yes.", "No."],
            "number",
            "",
            "That is all of them.",
        ),
        ("1. Yes 2. no 3. maybe so", False, ["Yes", "no", "maybe so"], "number", "", ""),
        (
            "1. Citizens disagree. Person 3 says no. Person 4 says yes.\n2. All is well.",
            False,
            ["Citizens disagree. Person 3 says no. Person 4 says yes.", "All is well."],
            "number",
            "",
            "",
        ),
        (
            "Person 1: Yes.\n- of course\n- always\nPerson 2: No.",
            False,
            ["Yes. - of course - always", "No."],
            "label",
            "",
            "",
        ),
        (
            "1. Summary\n- one\n- two\n- three",
            False,
            ["one", "two", "three"],
            "bullet",
            "1. Summary",
            "",
        ),
        (
            "24. december er det jul.\n1. Ja.\n2. Nej.",
            False,
            ["Ja.", "Nej."],
            "number",
            "24. december er det jul.",
            "",
        ),
        (
            "On the day, 2. May: 1. Yes. 2. No. 3. Maybe.",
            False,
            ["Yes.", "No.", "Maybe."],
            "number",
            "On the day, 2. May",
            "",
        ),
        ("1. Yes. **2** No. **3** Maybe.", False, ["Yes.", "No.", "Maybe."], "number", "", ""),
        ("1. I have *2* dogs and *3* cats", False, ["I have 2 dogs and 3 cats"], "number", "", ""),
    ],
)
def test_opinions_are_told_from_what_stands_around_them(
    text: str, continues_list: bool, opinions: list[str], style: str, preamble: str, closing: str
) -> None:
    split = shipped_split(text, continues_list=continues_list)
    assert list(split.opinions) == opinions
    assert (split.style, split.preamble, split.closing) == (style, preamble, closing)
