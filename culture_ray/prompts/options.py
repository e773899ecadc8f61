"""Answer options: the survey's answers with labels, in the survey's or the reversed order.

Models prefer options by their position in the list (arXiv 2309.03882), so every question is asked
in both orders. The order is part of the wording: a balanced design balances wordings within each
topic, and with them the orders.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from culture_ray.prompts.factors import USUAL, Direction, LabelKind, Variant

LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
"""Letters are one token each in all known tokenizers; "10" is not."""

DONT_KNOW = -1
"""Code of "don't know", as in EVS and WVS; it is on no topic's scale."""

ADDED_MIDDLE = -100
"""Code of a middle point that a scale does not have in the survey; no survey has this code."""

_REVERSED = "_reversed"


@dataclass(frozen=True)
class OfferedOptions:
    """Options of one request, in the order of the prompt."""

    codes: tuple[int, ...]
    """The survey's answer codes."""
    texts: tuple[str, ...]
    labels: tuple[str, ...]
    """Label of each option; empty if the answer is the option's text."""

    @property
    def lines(self) -> str:
        """Return the options as lines of the prompt."""
        if not self.labels:
            return "\n".join(f"- {text}" for text in self.texts)
        return "\n".join(
            f"{label}. {text}" for label, text in zip(self.labels, self.texts, strict=True)
        )

    @property
    def answers(self) -> tuple[str, ...]:
        """Return the answer that chooses each option: its label, or its text without labels."""
        return self.labels or self.texts


def both_orders(questions: Iterable[str]) -> tuple[str, ...]:
    """Return two wording ids per question: with its options in order, and reversed."""
    return tuple(name for question in questions for name in (question, question + _REVERSED))


def question_of(wording: str) -> str:
    """Return the id of the question of a wording."""
    return wording.removesuffix(_REVERSED)


def order_of(wording: str) -> Direction:
    """Return the order in which a wording lists the options."""
    return "reversed" if wording.endswith(_REVERSED) else "as_is"


def offered_options(
    answers: Mapping[int, str],
    wording: str,
    variant: Variant = USUAL,
    dont_know: str = "",
    middle: str = "",
) -> OfferedOptions:
    """Return the options of a wording in a variant; `answers` are texts by answer code, in order.

    "Don't know" (`dont_know`, its text) comes last and has the last label in every variant that
    offers it. `middle` is the text of a middle point that is added to a scale without one.
    """
    options = _on_scale(list(answers.items()), variant, middle)
    if order_of(wording) == "reversed":
        options.reverse()
    labels = _labels(variant.labels, len(options) + 1)
    scale, last = labels[: len(options)], labels[len(options) :]
    if variant.scale == "reversed":
        scale = scale[::-1]
    if variant.dont_know == "with":
        options.append((DONT_KNOW, dont_know))
        scale += last
    return OfferedOptions(
        tuple(code for code, _ in options), tuple(text for _, text in options), scale
    )


def battery_text(questions: Sequence[str], options: Sequence[OfferedOptions]) -> str:
    """Return the questions, numbered from 1, with their options.

    Options that are the same for all questions stand once, below them; others below their question.
    """
    numbered = [f"{number}. {question}" for number, question in enumerate(questions, 1)]
    if all(one.lines == options[0].lines for one in options):
        return "\n".join(numbered) + f"\n\n{options[0].lines}"
    return "\n\n".join(
        f"{question}\n{one.lines}" for question, one in zip(numbered, options, strict=True)
    )


def _on_scale(
    options: list[tuple[int, str]], variant: Variant, middle: str
) -> list[tuple[int, str]]:
    """Return the options with or without a middle point; an odd scale has it in its centre."""
    half, odd = divmod(len(options), 2)
    if variant.middle == "without" and odd:
        return options[:half] + options[half + 1 :]
    if variant.middle == "with" and not odd:
        return [*options[:half], (ADDED_MIDDLE, middle), *options[half:]]
    return options


def _labels(kind: LabelKind, count: int) -> tuple[str, ...]:
    if kind == "letters":
        return LETTERS[:count]
    return tuple(map(str, range(1, count + 1))) if kind == "numbers" else ()
