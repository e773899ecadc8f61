"""Summaries that count people instead of listing opinions ("seven in favour, three against")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from culture_ray.judging.phrases import Phrases, phrases


@dataclass(frozen=True)
class Tally:
    """Numbers of people that a summary puts on each side.

    Which side is pro depends on the topic's statements, so a tally only counts opinions; the
    stances are left to the judge.
    """

    favour: int = 0
    against: int = 0
    undecided: int = 0
    other: int = 0
    """People whose view the summary describes in words ("two think it depends")."""

    @property
    def people(self) -> int:
        """Number of all people counted."""
        return self.favour + self.against + self.undecided + self.other


def read_tally(text: str, *, groups: int = 2) -> Tally | None:
    """Return the tally stated in `text`, in the language that counts most people; None without one.

    A tally has at least `groups` groups of people, or mentions everyone ("all ten are in favour").
    """
    tallies = [
        tally
        for p, pattern in zip(phrases(), _patterns(), strict=True)
        if (tally := _tally(text, p.numbers, pattern, groups)) is not None
    ]
    return max(tallies, key=lambda t: t.people, default=None)


def _tally(
    text: str, numbers: dict[str, int], pattern: re.Pattern[str], at_least: int
) -> Tally | None:
    counts = dict.fromkeys(("favour", "against", "undecided", "other"), 0)
    groups, everyone = 0, False
    for match in pattern.finditer(text):
        number = match["count"] or match["after"]
        people = int(number) if number.isdigit() else _value(number, numbers)
        side = next(side for side in counts if match[side] or match.groupdict().get(side + "_"))
        counts[side] += people
        groups += 1
        everyone |= match["everyone"] is not None
    tally = Tally(**counts)
    return tally if tally.people and (groups >= at_least or everyone) else None


def _value(word: str, numbers: dict[str, int]) -> int:
    # Compared as by the pattern: "ſix" matches "six" although its lower case is "ſix".
    return next(n for w, n in numbers.items() if re.fullmatch(w, word, re.IGNORECASE))


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(map(_pattern, phrases()))


def _pattern(p: Phrases) -> re.Pattern[str]:
    """Return the pattern of a count, up to six words and a side, or a side, a colon and a count."""
    words = "|".join(sorted(p.numbers, key=len, reverse=True))
    number = rf"\d{{1,2}}|{words}"
    sides = (
        rf"(?:(?P<undecided>{p.undecided})|(?P<against>{p.against})|(?P<favour>{p.favour})"
        rf"|(?P<other>{p.thinks}))"
    )
    leading = (
        rf"(?:(?P<everyone>{p.everyone})\s+)?\b(?P<count>{number})\b"
        rf"(?:\s+(?:{p.out_of})\s+(?:{number})\b)?"
        rf"(?:\s+(?!(?:{number})\b)[^\W\d]+){{0,6}}?\s+{sides}(?!\w)"
    )
    trailing = (
        rf"(?<!\w)(?:(?P<undecided_>{p.undecided})|(?P<against_>{p.against})"
        rf"|(?P<favour_>{p.favour}))\s*(?:[*_]*[:=(]|[–-])[*_\s]*"
        rf"(?P<after>{number})\b"
    )
    return re.compile(f"{leading}|{trailing}", re.IGNORECASE)
