"""Refusals, empty and repetitive responses."""

from __future__ import annotations

import pytest

from culture_ray.judging.flags import is_empty, is_refusal, is_repetitive
from culture_ray.judging.opinions import split_opinions


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I cannot create opinions about this topic.",
        "As an AI language model, I don't have opinions.",
        "Beklager, men det kan jeg ikke hjælpe med.",
        "Jeg kan desværre ikke skrive interviews om det emne.",
        "Het spijt me, maar ik kan hier geen meningen over geven.",
        "Desculpe, mas não posso ajudar com isso.",
        "Como um modelo de linguagem, não posso inventar entrevistas.",
    ],
)
def test_a_refusal_is_recognised_in_four_languages(text: str) -> None:
    assert is_refusal(text, split_opinions(text))


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
    assert not is_refusal(text, split_opinions(text))


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
