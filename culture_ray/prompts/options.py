"""Answer options: the survey's answers with letters, in the survey's or the reversed order.

Models prefer options by their position in the list (arXiv 2309.03882), so every question is asked
in both orders. The order is part of the wording: a balanced design balances wordings within each
topic, and with them the orders.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
"""Letters are one token each in all known tokenizers; "10" is not."""

_REVERSED = "_reversed"


@dataclass(frozen=True)
class OfferedOptions:
    """Options of one request, in the order of the prompt."""

    codes: tuple[int, ...]
    """The survey's answer codes."""
    texts: tuple[str, ...]

    @property
    def letters(self) -> tuple[str, ...]:
        """Return the letter of each option."""
        return LETTERS[: len(self.codes)]

    @property
    def lines(self) -> str:
        """Return the options as lines of the prompt."""
        return "\n".join(
            f"{letter}. {text}" for letter, text in zip(self.letters, self.texts, strict=True)
        )


def both_orders(questions: Iterable[str]) -> tuple[str, ...]:
    """Return two wording ids per question: with its options in order, and reversed."""
    return tuple(name for question in questions for name in (question, question + _REVERSED))


def question_of(wording: str) -> str:
    """Return the id of the question of a wording."""
    return wording.removesuffix(_REVERSED)


def offered_options(answers: Mapping[int, str], wording: str) -> OfferedOptions:
    """Return the options of a wording; `answers` are texts by answer code, in order."""
    options = list(answers.items())
    if wording.endswith(_REVERSED):
        options.reverse()
    return OfferedOptions(tuple(code for code, _ in options), tuple(text for _, text in options))
