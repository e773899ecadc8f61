"""Checks that every level of a protocol's factors can be asked and read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from culture_ray.errors import BadPrompts, WrongValue
from culture_ray.prompts.factors import Factors, crossed, varied
from culture_ray.prompts.language import Language
from culture_ray.prompts.protocols import Protocol

_MOST_NUMBERS = 9
"""Labels are one token each, and "10" is not."""


def check_factors(
    protocol: Protocol, factors: Factors, languages: Iterable[Language], topics: Sequence[str]
) -> None:
    """Raise WrongValue for levels that do nothing or cannot be read, BadPrompts for lacking texts.

    `topics` are ids that all languages have.
    """
    key = f"protocol.{protocol.name}.factors"
    for name, levels in varied(factors).items():
        if not levels or len(set(levels)) != len(levels):
            raise WrongValue(
                f"{key}.{name}", list(levels), "at least one level, without duplicates"
            )
        if name != "typos" and not protocol.offers_options:
            raise WrongValue(
                f"{key}.{name}", list(levels), f"no value: {protocol.name} offers no options"
            )
    if any(kind != "letters" for kind in factors.labels):
        _check_labels(f"{key}.labels", protocol, factors)
    if not crossed(factors):
        expected = "as_is among the levels: options in words have no labels that could be reversed"
        raise WrongValue(f"{key}.scale", list(factors.scale), expected)
    for language in languages:
        _check_texts(key, factors, language, topics)


def _check_labels(key: str, protocol: Protocol, factors: Factors) -> None:
    if not protocol.any_labels:
        expected = (
            f"[letters]: the templates of {protocol.name} ask for a letter; option_probability "
            f"asks the same with any labels"
        )
        raise WrongValue(key, list(factors.labels), expected)
    if "numbers" in factors.labels and protocol.putting == "battery":
        expected = "letters or words: the questions of a battery have the numbers"
        raise WrongValue(key, list(factors.labels), expected)
    if "words" in factors.labels and protocol.answers == "probability":
        expected = (
            "letters or numbers: the probability is read from one token; constrained_choice and "
            "free_sampling take words"
        )
        raise WrongValue(key, list(factors.labels), expected)


def _check_texts(key: str, factors: Factors, language: Language, topics: Sequence[str]) -> None:
    if "with" in factors.dont_know and not language.dont_know:
        raise BadPrompts(
            f"language {language.code}: no text for an answer that does not know; add dont_know "
            f"to conf/language/{language.code}.yaml, or leave out {key}.dont_know"
        )
    if "numbers" not in factors.labels:
        return
    for topic in topics:
        texts = language.topics[topic].answers.values()
        most = _MOST_NUMBERS - ("with" in factors.dont_know) - ("with" in factors.middle)
        if len(texts) > most or any(text[:1].isdecimal() for text in texts):
            why = "are numbers already" if len(texts) <= most else f"are more than {most}"
            expected = (
                f"no numbers: the answers to topic {topic} {why}; leave it out with topics.only"
            )
            raise WrongValue(f"{key}.labels", list(factors.labels), expected)
