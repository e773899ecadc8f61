"""Splitting of responses into the opinions of a list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shipped import shipped_split

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


def test_a_speaker_who_is_named_again_goes_on_talking() -> None:
    split = shipped_split(
        "Citizen 1: I go every week.\nInterviewer: Always?\nCitizen 1: Without fail.\n"
        "Citizen 2: I never go."
    )
    assert split.count == 2


def test_a_number_that_carries_the_list_on_is_an_item_however_far_it_is_indented() -> None:
    split = shipped_split("1. Right.\n2. Wrong.\n      3. Neither.\n4. Both.")
    assert split.opinions == ("Right.", "Wrong.", "Neither.", "Both.")


def test_a_colon_after_a_space_marks_an_item_too() -> None:
    assert shipped_split("1 : Oui.\n2 : Non.\n3 : Peut-être.").opinions == (
        "Oui.", "Non.", "Peut-être.",
    )  # fmt: skip


def test_a_word_that_introduces_a_list_is_no_label_with_a_letter() -> None:
    split = shipped_split("Answers: (1) Yes, always. (2) No, never. (3) I do not know.")
    assert split.opinions == ("Yes, always.", "No, never.", "I do not know.")
