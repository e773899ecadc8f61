"""The words that models write around opinions; one TOML file per language in `words/`.

A language without a file loses these helps only: numbers and bullets are found in any language.
Entries are regular expressions in which a blank stands for any white space.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Phrases:
    """The phrases of one language, each kind joined into one alternation."""

    labels: str
    """Words before the number of an interview ("Borger 1:")."""
    ordinals: str
    """First to tenth, before such a word or a colon."""
    conjunctions: str
    """What joins two of them ("Borger 1 og 3")."""
    out_of: str
    """What stands between a count and its total ("seven out of ten")."""
    everyone: str
    """What makes a count a total ("all ten")."""
    favour: str
    against: str
    undecided: str
    """How a summary calls those in favour, against, and neither."""
    thinks: str
    """What people in a summary do before their view is told ("seven think that")."""
    closings: str
    """How remarks after the last opinion begin."""
    refusals: str
    """How a response begins that declines to answer."""
    numbers: dict[str, int]
    """Number words from nought."""


@cache
def phrases() -> tuple[Phrases, ...]:
    """Return the phrases of every language there is a file for, in the order of their codes."""
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
    """Return one alternation over all languages, as a response may not be in the prompt's."""
    return "|".join(getattr(p, kind) for p in phrases())


def _alternation(entries: list[str]) -> str:
    # Longest first: "interviewperson 1" must not be read as the word "interview".
    return "|".join(re.sub(r" +", r"\\s+", e) for e in sorted(entries, key=len, reverse=True))
