"""Phrases that models write around opinions, from one TOML file per language in `words/`.

A language without a file lacks only these phrases: numbers and bullets are found in any language.
Entries are regular expressions in which a space matches any white space.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Phrases:
    """Phrases of one language; each kind is one alternation of regular expressions."""

    labels: str
    """Words before the number of an interview ("Borger 1:")."""
    ordinals: str
    """Ordinals "first" to "tenth", before such a word or a colon."""
    conjunctions: str
    """Conjunctions between two numbers ("Borger 1 og 3")."""
    out_of: str
    """Words between a count and its total ("seven out of ten")."""
    everyone: str
    """Words that make a count a total ("all ten")."""
    favour: str
    against: str
    undecided: str
    """Words of a summary for people in favour, against and neither (with the two fields above)."""
    thinks: str
    """Verbs of a summary before a view ("seven think that")."""
    closings: str
    """Beginnings of remarks after the last opinion."""
    refusals: str
    """Beginnings of responses that decline to answer."""
    numbers: dict[str, int]
    """Number words with their values, from zero."""


@cache
def phrases() -> tuple[Phrases, ...]:
    """Return the phrases of every language with a file, in the order of the language codes."""
    found = [f for f in files(__package__).joinpath("words").iterdir() if ".toml" in f.name]
    tables = [tomllib.loads(f.read_text("utf-8")) for f in sorted(found, key=lambda f: f.name)]
    return tuple(
        Phrases(
            numbers={w: n for n, words in enumerate(t["numbers"]) for w in words.split()},
            **{key: _alternation(t[key]) for key in t if key != "numbers"},
        )
        for t in tables
    )


@cache
def in_any_language(kind: str) -> str:
    """Return one alternation over all languages, as responses may be in any of them."""
    return "|".join(getattr(p, kind) for p in phrases())


def _alternation(entries: list[str]) -> str:
    # Longest first: "interviewperson 1" must not be read as the word "interview".
    return "|".join(re.sub(r" +", r"\\s+", e) for e in sorted(entries, key=len, reverse=True))
