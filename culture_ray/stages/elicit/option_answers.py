"""Answers to questions with options, as a probability of each option."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from culture_ray.engines.thoughts.split import split_thoughts
from culture_ray.judging.choice import chosen_option
from culture_ray.judging.percentages import stated_shares
from culture_ray.prompts.factors import Variant
from culture_ray.prompts.language import Language
from culture_ray.prompts.options import OfferedOptions
from culture_ray.prompts.phrases import Phrases
from culture_ray.prompts.protocols import find_protocol
from culture_ray.prompts.render import options_of


def option_probabilities(row: Mapping[str, Any], language: Language) -> list[float] | None:
    """Return the probability of each option of a response with a text, in the order of `options`.

    They are those of the engine; the shares that the text states, if its protocol asks for
    percentages; otherwise the option that the text chooses gets probability 1. None if the text
    cannot be read.
    """
    found: list[float] | None = row["probabilities"]
    if found is not None:
        return found
    options = options_of(language, row["topic"], row["wording"], Variant.read(row["variant"]))
    answer = split_thoughts(row["text"]).text or ""
    asked = find_protocol(row["protocol"]).answers
    if asked == "percentages":
        return stated_shares(answer, options.labels, options.texts, language.phrases)
    if asked == "reasons":
        answer = _conclusion(answer, cut_off=row["finish_reason"] == "length")
    chosen = _chosen(answer, options, language.phrases)
    return None if chosen is None else [float(chosen == at) for at in range(len(options.codes))]


def answer_shares(
    row: Mapping[str, Any], language: Language, answers: Sequence[int]
) -> list[float] | None:
    """Return the shares of the answers on a topic's scale in one response, without "don't know".

    None for a response without a text, one that cannot be read, and one that gives them nothing.
    """
    probabilities = None if row["text"] is None else option_probabilities(row, language)
    if probabilities is None:
        return None
    given = dict(zip(row["options"], probabilities, strict=True))
    total = sum(given.get(code, 0.0) for code in answers)
    return [given.get(code, 0.0) / total for code in answers] if total > 0 else None


def _chosen(answer: str, options: OfferedOptions, phrases: Phrases | None) -> int | None:
    if not options.labels or options.labels[0].isalpha():
        return chosen_option(answer, options.labels, options.texts, phrases)
    numbered = [
        f"{label}. {text}" for label, text in zip(options.labels, options.texts, strict=True)
    ]
    by_number = chosen_option(answer, (), numbered, phrases)
    return chosen_option(answer, (), options.texts, phrases) if by_number is None else by_number


def _conclusion(answer: str, *, cut_off: bool) -> str:
    """Return the last line of an answer with reasons; empty if it was cut off before its end."""
    lines = [line for line in answer.splitlines() if line.strip()]
    return lines[-1] if lines and not cut_off else ""
