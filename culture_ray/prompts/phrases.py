"""Phrases that models write around opinions in a language: section `phrases` of its file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from culture_ray.errors import WrongValue
from culture_ray.survey.fields import Fields

_SPECIAL = frozenset(r"\^$.|?*+()[]{}")
"""Characters with a meaning in regular expressions."""


@dataclass(frozen=True)
class Phrases:
    """Phrases of one language, as regular expressions in which a space matches any white space.

    Every kind may be empty: lists are read in any script without phrases.
    """

    labels: tuple[str, ...] = ()
    """Words before or after the number of a person ("Borger 1:")."""
    ordinals: tuple[str, ...] = ()
    """Ordinals "first" to "tenth", before such a word or a colon."""
    conjunctions: tuple[str, ...] = ()
    """Words between two numbers ("Borger 1 og 3")."""
    letters: str = ""
    """Letters in which lists are counted, in their order ("абвгд"), besides A, B, C."""
    numbers: Mapping[str, int] = field(default_factory=dict, hash=False)
    """Number words with their values, from zero."""
    percent: tuple[str, ...] = ()
    """Words for percent, besides the sign."""
    out_of: tuple[str, ...] = ()
    """Words between a count and its total ("seven out of ten")."""
    everyone: tuple[str, ...] = ()
    """Words that make a count a total ("all ten")."""
    favour: tuple[str, ...] = ()
    """Words of a summary for people in favour."""
    against: tuple[str, ...] = ()
    """Words of a summary for people against."""
    undecided: tuple[str, ...] = ()
    """Words of a summary for people who are neither."""
    thinks: tuple[str, ...] = ()
    """Verbs of a summary before a view ("seven think that")."""
    closings: tuple[str, ...] = ()
    """Beginnings of remarks after the last opinion."""
    refusals: tuple[str, ...] = ()
    """Beginnings of responses that decline to answer."""
    introductions: tuple[str, ...] = ()
    """Words that announce opinions ("here are"), so that an apology before them is no refusal."""
    reasons: tuple[str, ...] = ()
    """Words that announce the reasons of a refusal or offer something else instead."""

    @property
    def counts_people(self) -> bool:
        """True if summaries that count people can be read in this language."""
        return bool(self.favour or self.against or self.undecided)


def read_phrases(entry: Fields) -> Phrases:
    """Return the phrases of a language file; raises WrongValue, UnknownName naming the key."""
    entry.known(field.name for field in fields(Phrases))
    kinds = [f.name for f in fields(Phrases) if f.name not in ("letters", "numbers")]
    return Phrases(
        letters=_letters(entry),
        numbers=_numbers(entry),
        **{kind: _expressions(entry, kind) for kind in kinds},
    )


def _expressions(entry: Fields, kind: str) -> tuple[str, ...]:
    phrases = entry.values.get(kind, ())
    if not isinstance(phrases, list | tuple) or not all(isinstance(p, str) for p in phrases):
        raise WrongValue(entry.at(kind), phrases, "a list of phrases (in quotes where YAML asks)")
    for phrase in phrases:
        _check_expression(entry.at(kind), phrase)
    return tuple(phrases)


def _check_expression(key: str, phrase: str) -> None:
    if phrase and not _SPECIAL.intersection(phrase):
        return  # plain words, which need no compiling to be a regular expression
    try:
        pattern = re.compile(phrase, re.IGNORECASE)
    except re.error as error:
        expected = (
            f"a regular expression ({error}); write a backslash before a plain bracket or dot"
        )
        raise WrongValue(key, phrase, expected) from error
    if pattern.groupindex or "(?P=" in phrase:
        raise WrongValue(key, phrase, "a regular expression without named groups")
    if pattern.match(""):
        raise WrongValue(key, phrase, "a phrase that does not match the empty text")


def _letters(entry: Fields) -> str:
    letters = "".join(entry.text("letters", "").split())
    if len(set(letters)) != len(letters) or not all(map(str.isalpha, letters)):
        raise WrongValue(entry.at("letters"), letters, "distinct letters in their order")
    return letters


def _numbers(entry: Fields) -> dict[str, int]:
    """Return the value of each number word; the n-th entry holds the words for n, from zero."""
    words = _expressions(entry, "numbers")
    return {word: value for value, entry_words in enumerate(words) for word in entry_words.split()}
