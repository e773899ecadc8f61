"""Answers to questions with options, as a probability of each option."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from culture_ray.engines.thoughts.split import split_thoughts
from culture_ray.judging.batteries.answers import BatteryItem, battery_choices
from culture_ray.judging.choice import chosen_option
from culture_ray.judging.percentages import stated_shares
from culture_ray.prompts.factors import Variant
from culture_ray.prompts.language import Language
from culture_ray.prompts.options import OfferedOptions
from culture_ray.prompts.phrases import Phrases
from culture_ray.prompts.protocols import find_protocol
from culture_ray.prompts.render import options_of, question_text


@dataclass(frozen=True)
class OptionAnswer:
    """Answer to one topic of a response."""

    topic: str
    codes: tuple[int, ...]
    """The survey's codes of the options, in the order of the prompt."""
    probabilities: list[float] | None
    """Probability of each option; None if the answer cannot be read."""


def option_answers(row: Mapping[str, Any], language: Language) -> list[OptionAnswer]:
    """Return the answer to each topic that a request with a text asked about, in its order."""
    if not row["items"]:
        found = option_probabilities(row, language)
        return [OptionAnswer(row["topic"], tuple(row["options"]), found)]
    variant = Variant.read(row["variant"])
    options = [options_of(language, topic, row["wording"], variant) for topic in row["items"]]
    items = [
        BatteryItem(question_text(language, topic, row["wording"], variant), one.labels, one.texts)
        for topic, one in zip(row["items"], options, strict=True)
    ]
    chosen = battery_choices(
        split_thoughts(row["text"]).text or "",
        items,
        language.phrases,
        cut_off=row["finish_reason"] == "length",
    )
    return [
        OptionAnswer(topic, one.codes, _certain(place, len(one.codes)))
        for topic, one, place in zip(row["items"], options, chosen, strict=True)
    ]


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
    return _certain(_chosen(answer, options, language.phrases), len(options.codes))


def _certain(chosen: int | None, options: int) -> list[float] | None:
    return None if chosen is None else [float(chosen == at) for at in range(options)]


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
