"""Vocabulary of a reader: the phrases of several languages, as patterns over all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, cached_property

from culture_ray.prompts.phrases import Phrases

NOTHING = "(?!)"
"""Regular expression that matches nothing: the phrases of a kind that no language has."""


class Vocabulary:
    """Phrases of several languages; responses may be in any of them.

    Without phrases, lists are still read by rules that hold in every script.
    """

    def __init__(self, phrases: tuple[Phrases, ...] = ()) -> None:
        self.phrases = phrases

    def any_of(self, kind: str) -> str:
        """Return one alternation of the phrases of a kind, over all languages."""
        return alternation(phrase for one in self.phrases for phrase in getattr(one, kind))

    @cached_property
    def closing(self) -> re.Pattern[str]:
        """Pattern of the beginning of a remark after the opinions."""
        return self._beginning(r"[\s*_>#(（\[]*", "closings")

    @cached_property
    def refusal(self) -> re.Pattern[str]:
        """Pattern of the beginning of a response that declines to answer."""
        return self._beginning(r"[\s\"'“«*_>#¡¿-]*", "refusals")

    @cached_property
    def declined(self) -> re.Pattern[str]:
        """Pattern of such a beginning anywhere in a text, after words of courtesy."""
        return self._beginning(r"(?<![^\W_])", "refusals")

    @cached_property
    def introduction(self) -> re.Pattern[str]:
        """Pattern of words that announce opinions."""
        return self._beginning(r"(?<!\w)", "introductions")

    @cached_property
    def reason(self) -> re.Pattern[str]:
        """Pattern of words that announce reasons of a refusal, or another kind of help."""
        return self._beginning(r"(?<!\w)", "reasons")

    def _beginning(self, before: str, kind: str) -> re.Pattern[str]:
        return re.compile(f"{before}(?:{self.any_of(kind)})", re.IGNORECASE)


@cache
def vocabulary(phrases: tuple[Phrases, ...]) -> Vocabulary:
    """Return the vocabulary of these phrases, with its patterns compiled once."""
    return Vocabulary(phrases)


def alternation(phrases: Iterable[str]) -> str:
    """Return one regular expression of phrases, in which a space matches any white space."""
    # Longest first: "interviewperson 1" must not be read as the word "interview".
    entries = sorted(dict.fromkeys(phrases), key=len, reverse=True)
    # "#" would begin a comment in the verbose patterns of markers.
    escaped = (re.sub(r"(?<!\\)#", r"\\#", entry) for entry in entries)
    return "|".join(re.sub(r" +", r"\\s+", entry) for entry in escaped) or NOTHING
