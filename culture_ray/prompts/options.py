"""Answer options: the survey's answers under letters, in its own order or in the reversed one.

Models lean towards options by their place in the list (arXiv 2309.03882), so every question comes
in both orders. The order is part of the wording: a balanced design deals wordings out evenly within
each topic, and with them the orders.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
"""One token each in every tokenizer that we know, which "10" is not."""

_REVERSED = "_reversed"


@dataclass(frozen=True)
class OfferedOptions:
    """The options of one request, in the order in which they stand in the prompt."""

    codes: tuple[int, ...]
    """The survey's answer codes."""
    texts: tuple[str, ...]

    @property
    def letters(self) -> tuple[str, ...]:
        """Return the letter that stands before each option."""
        return LETTERS[: len(self.codes)]

    @property
    def lines(self) -> str:
        """Return the options as they stand in a prompt."""
        return "\n".join(
            f"{letter}. {text}" for letter, text in zip(self.letters, self.texts, strict=True)
        )


def both_orders(questions: Iterable[str]) -> tuple[str, ...]:
    """Return the wordings of questions by id: each with its options as they are, and reversed."""
    return tuple(name for question in questions for name in (question, question + _REVERSED))


def question_of(wording: str) -> str:
    """Return the id of the question that a wording is an order of."""
    return wording.removesuffix(_REVERSED)


def offered_options(answers: Mapping[int, str], wording: str) -> OfferedOptions:
    """Return the options of a wording; `answers` are texts by answer code, in that order."""
    options = list(answers.items())
    if wording.endswith(_REVERSED):
        options.reverse()
    return OfferedOptions(tuple(code for code, _ in options), tuple(text for _, text in options))
