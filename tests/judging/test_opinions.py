"""Splitting of responses into opinions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.judging.lists.summaries import Tally, read_tally
from culture_ray.judging.opinions import Split, split_opinions
from tests.shipped import SHIPPED


def shipped_split(text: str, *, continues_list: bool = False) -> Split:
    return split_opinions(text, SHIPPED, continues_list=continues_list)


_WORDS = st.text("abcdefgh ijkløåãç,", min_size=3, max_size=40).filter(lambda t: t.strip(" ,:"))
_ITEMS = st.lists(_WORDS.map(lambda t: "Mon " + " ".join(t.split())), min_size=2, max_size=12)


@pytest.mark.parametrize(
    "marker",
    ["{n}. ", "{n}) ", "{n}: ", "**{n}.** ", "**{n}** ", "({n}) ", "[{n}] ", "  {n}. ", "{n}.",
     "Interview {n}: ", "**Borger {n}:** ", "### Burger {n}\n", "Entrevistado {n} - ", "{n}\\. "],
)  # fmt: skip
@given(items=_ITEMS)
def test_no_numbered_item_is_lost(marker: str, items: list[str]) -> None:
    text = "\n".join(marker.format(n=n) + item for n, item in enumerate(items, 1))
    split = shipped_split(text)
    assert split.count == len(items)
    assert [o.strip(" ,") for o in split.opinions] == [i.strip(" ,") for i in items]


@given(items=_ITEMS)
def test_a_continued_list_begins_with_its_unnumbered_first_opinion(items: list[str]) -> None:
    numbered = "\n".join(f"{n}. {item}" for n, item in enumerate(items, 1))
    assert (
        shipped_split(numbered[2:], continues_list=True).opinions
        == shipped_split(numbered).opinions
    )


@given(text=st.text(max_size=300), continues_list=st.booleans())
def test_any_text_is_split_and_every_opinion_has_words(text: str, continues_list: bool) -> None:
    split = shipped_split(text, continues_list=continues_list)
    assert all(any(c.isalpha() for c in opinion) for opinion in split.opinions)
    assert split.count == (split.tally.people if split.tally else len(split.opinions))


def test_what_stands_around_the_list_is_no_opinion() -> None:
    split = shipped_split(
        "Here are ten summaries:\n\n1. Yes, always.\n2. No, never.\n\nPlease note: invented."
    )
    assert split.opinions == ("Yes, always.", "No, never.")
    assert split.preamble == "Here are ten summaries"
    assert split.closing == "Please note: invented."


def test_danish_ordinals_are_not_items() -> None:
    split = shipped_split("1. Siden 2. verdenskrig er det sket ofte.\n2. Efter 1. maj er det ok.")
    assert split.count == 2


def test_ten_opinions_on_one_line_are_ten() -> None:
    split = shipped_split(" ".join(f"{n}. Det er fint." for n in range(1, 11)))
    assert split.count == 10


def test_a_number_with_nothing_after_it_is_no_opinion() -> None:
    assert shipped_split("1. It is fine.\n2. It is not.\n3.").count == 2


def test_points_within_an_opinion_stay_with_it() -> None:
    split = shipped_split("1. Anna\n   - 34 years\n   - in favour\n2. Bo\n   - 50 years\n   - no")
    assert split.count == 2
    assert split.opinions[0] == "Anna - 34 years - in favour"


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Seven are in favour, three against.", 10),
        ("Seven out of ten agree, two disagree and one is undecided.", 10),
        ("Syv er for, tre er imod.", 10),
        ("7 ud af 10 går ind for det, 3 er imod.", 10),
        ("Zes zijn voor, drie tegen en één weet het niet.", 10),
        ("Sete são a favor e três contra.", 10),
        ("Oito dos dez concordam, dois discordam.", 10),
        ("Alle tien zijn tegen.", 10),
        ("For: 6\nImod: 4", 10),
        ("- 7 in favour\n- 3 against", 10),
    ],
)
def test_a_summary_counts_people(text: str, people: int) -> None:
    assert shipped_split(text).count == people
    assert shipped_split(text).style == "summary"


def test_a_speaker_who_is_named_again_goes_on_talking() -> None:
    split = shipped_split(
        "Citizen 1: I go every week.\nInterviewer: Always?\nCitizen 1: Without fail.\n"
        "Citizen 2: I never go."
    )
    assert split.count == 2


def test_a_number_that_carries_the_list_on_is_an_item_however_far_it_is_indented() -> None:
    split = shipped_split("1. Right.\n2. Wrong.\n      3. Neither.\n4. Both.")
    assert split.opinions == ("Right.", "Wrong.", "Neither.", "Both.")


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


def test_a_summary_counts_people_on_their_sides() -> None:
    assert read_tally("Seven are in favour, three against.", SHIPPED) == Tally(favour=7, against=3)
    assert read_tally(
        "Seven out of ten agree, two disagree and one is undecided.", SHIPPED
    ) == Tally(favour=7, against=2, undecided=1)
    assert Tally(favour=3).people == 3


@pytest.mark.parametrize(
    "label",
    [
        "Person {n} of 6: ",
        "Person {n} out of 6 - ",
        "Citizen {n}/6: ",
        "Person {n}, 34: ",
        "Mtu {n} of 6: ",
    ],
)
def test_the_total_beside_a_number_is_no_range_of_people(label: str) -> None:
    text = "\n".join(label.format(n=n) + view for n, view in enumerate(["Yes.", "No."] * 3, 1))
    assert shipped_split(text).count == 6


def test_a_colon_after_a_space_marks_an_item_too() -> None:
    assert shipped_split("1 : Oui.\n2 : Non.\n3 : Peut-être.").opinions == (
        "Oui.", "Non.", "Peut-être.",
    )  # fmt: skip


def test_a_word_that_introduces_a_list_is_no_label_with_a_letter() -> None:
    split = shipped_split("Answers: (1) Yes, always. (2) No, never. (3) I do not know.")
    assert split.opinions == ("Yes, always.", "No, never.", "I do not know.")
