"""Refusals, empty and repetitive responses."""

from __future__ import annotations

import pytest

from culture_ray.judging.flags import is_empty, is_refusal, is_repetitive
from culture_ray.judging.opinions import split_opinions
from tests.judging.lists.views import NUMBERED, split
from tests.shipped import SHIPPED


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I cannot create opinions about this topic.",
        "As an AI language model, I don't have opinions.",
        "Beklager, men det kan jeg ikke hjælpe med.",
        "Jeg kan desværre ikke skrive interviews om det emne.",
        "I appreciate your interest, but I can't speak for real people.",
        "Jeg forstår spørgsmålet, men jeg kan ikke opdigte meninger.",
        "Het spijt me, maar ik kan hier geen meningen over geven.",
        "Desculpe, mas não posso ajudar com isso.",
        "Como um modelo de linguagem, não posso inventar entrevistas.",
    ],
)
def test_a_refusal_is_recognised_in_four_languages(text: str) -> None:
    assert is_refusal(text, split_opinions(text, SHIPPED), SHIPPED)


@pytest.mark.parametrize(
    "text",
    [
        "1. I'm sorry, but I cannot accept it.\n2. I can't see why not.\n3. Fine by me.",
        "I'm sorry, but:\n1. It is right.\n2. It is wrong.\n3. It depends.",
        "People are not sorry about it, as they say.",
        "I think I cannot say.",
    ],
)
def test_a_citizen_who_is_sorry_is_no_refusal(text: str) -> None:
    assert not is_refusal(text, split_opinions(text, SHIPPED), SHIPPED)


@pytest.mark.parametrize("text", ["", "  \n ", "1.\n2.\n3.", "...", "7"])
def test_a_text_without_words_is_empty(text: str) -> None:
    assert is_empty(split_opinions(text))


def test_the_same_opinion_over_and_over_is_repetitive() -> None:
    text = "\n".join(f"{n}. I think that it is always wrong." for n in range(1, 8))
    assert is_repetitive(text, split_opinions(text))


def test_a_loop_of_words_is_repetitive() -> None:
    text = "1. It is good for the people who live in the country and " + (
        "the people who live in the city and " * 12
    )
    assert is_repetitive(text, split_opinions(text))


def test_bare_answers_are_not_repetition() -> None:
    text = "\n".join(f"{n}. Yes, it is." for n in range(1, 21))
    assert not is_repetitive(text, split_opinions(text))


def test_opinions_that_begin_alike_are_not_repetition() -> None:
    text = "\n".join(
        f"{n}. I think it is {view}"
        for n, view in enumerate(
            ["right, since everybody decides alone", "wrong because the law forbids it",
             "fine in most cases I have seen", "a matter for the family to settle",
             "nothing that the state should touch", "sad, yet I would allow it for the ill"], 1)
    )  # fmt: skip
    assert not is_repetitive(text, split_opinions(text))


REFUSAL = (
    "I'm sorry, but I can't invent opinions of real people, for several reasons:\n\n"
    "1. It could reinforce stereotypes.\n2. Views differ within any group.\n"
    "3. There are surveys of what people say."
)


def test_a_polite_refusal_that_lists_reasons_is_a_refusal() -> None:
    offers = REFUSAL.replace(", for several reasons", "") + "\n\nI can help with a questionnaire."
    danish = (
        "Beklager, men det kan jeg ikke, af flere grunde:\n- Det kan styrke fordomme.\n"
        "- Folk er forskellige.\n- Der findes undersøgelser."
    )
    for text in (REFUSAL, offers, danish):
        assert is_refusal(text, split(text, 10), SHIPPED), text


def test_an_apology_before_opinions_is_no_refusal() -> None:
    sorry = "I'm sorry, I cannot ask real people, but here are plausible views:\n\n"
    assert not is_refusal(sorry + NUMBERED, split(sorry + NUMBERED, 10), SHIPPED)
    few = sorry + "\n".join(NUMBERED.split("\n")[:4])
    assert not is_refusal(few, split(few, 10), SHIPPED)
