"""Phrases around opinions are known in every language whose file has phrases.

Each file of `languages/` holds responses in one language, with what they are in the key.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from culture_ray.judging.flags import is_refusal
from culture_ray.judging.opinions import Split
from tests.judging.lists.views import split
from tests.shipped import SHIPPED

RESPONSES: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted(Path(__file__).with_name("languages").glob("*.yaml"))
}

each_language = pytest.mark.parametrize("language", RESPONSES)


def refuses(text: str, found: Split) -> bool:
    return is_refusal(text, found, SHIPPED, asked=10)


@each_language
def test_a_refusal_is_known_by_its_words(language: str) -> None:
    for text in RESPONSES[language]["refusals"]:
        assert refuses(text, split(text, 10)), text


@each_language
def test_opinions_that_are_announced_after_an_apology_are_no_refusal(language: str) -> None:
    text = RESPONSES[language]["announced"]
    found = split(text, 10)
    assert found.count == 3
    assert SHIPPED.refusal.match(text) and not refuses(text, found)
    assert SHIPPED.introduction.search(found.preamble)


@each_language
def test_people_are_known_by_their_labels_and_a_remark_below_them_is_no_opinion(
    language: str,
) -> None:
    text, closing = (RESPONSES[language][key] for key in ("labelled", "closing"))
    found = split(text, 10)
    assert (found.style, found.count) == ("label", 3)
    assert found.closing.startswith(closing)
    assert all(opinion in text.partition("\n\n")[0] for opinion in found.opinions)
    assert SHIPPED.closing.match(text.rpartition("\n\n")[2])


@each_language
def test_people_are_known_by_ordinals_in_words(language: str) -> None:
    found = split(RESPONSES[language]["ordinals"], 10)
    assert (found.style, found.count) == ("ordinal", 3)


@pytest.mark.parametrize("language", [code for code in RESPONSES if "lettered" in RESPONSES[code]])
def test_a_list_is_read_by_the_letters_of_the_language(language: str) -> None:
    text = RESPONSES[language]["lettered"]
    found = split(text, 7)
    assert (found.style, found.count) == ("letter", len(text.splitlines()))


@each_language
def test_a_summary_counts_the_people_of_each_side(language: str) -> None:
    tally = split(RESPONSES[language]["counted"], 10).tally
    assert tally is not None
    assert (tally.favour, tally.against, tally.undecided, tally.other) == (6, 3, 1, 0)


@each_language
def test_a_summary_can_speak_of_everyone(language: str) -> None:
    found = split(RESPONSES[language]["everyone"], 10)
    assert (found.style, found.count) == ("summary", 10)


@each_language
def test_opinions_that_begin_like_a_refusal_or_a_remark_are_opinions(language: str) -> None:
    text = RESPONSES[language]["opinions"]
    found = split(text, 3)
    assert found.count == 3 and not found.closing
    first = text.partition("\n")[0].removeprefix("1. ")
    assert SHIPPED.refusal.match(first) is None, first
    for line in text.splitlines()[1:]:
        opinion = line[3:]
        assert not SHIPPED.closing.match(opinion), opinion
        assert not SHIPPED.refusal.match(opinion), opinion
