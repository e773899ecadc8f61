"""Summaries that count people instead of listing opinions ("seven in favour, three against")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from culture_ray.judging.vocabulary import Vocabulary, alternation
from culture_ray.prompts.phrases import Phrases

_SIDES = ("favour", "against", "undecided", "other")


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
    shares: tuple[tuple[str, int], ...] = ()
    """Percentages in the text, and the number of people that each stands for."""

    @property
    def people(self) -> int:
        """Number of all people counted."""
        return self.favour + self.against + self.undecided + self.other


@dataclass(frozen=True)
class _Group:
    side: str
    people: float
    share: str | None
    """Percentage as written; None if people are counted."""
    everyone: bool


def read_tally(
    text: str, vocabulary: Vocabulary, *, groups: int = 2, asked: int = 10
) -> Tally | None:
    """Return the tally stated in `text`, in the language that counts most people; None without one.

    A tally has at least `groups` groups of people, or mentions everyone ("all ten are in favour").
    More than twice the people `asked` for are ages or years, not people. Percentages are of the
    `asked` people, and count only where the text does not count people too.
    """
    if not any(map(str.isalpha, text)):
        return None
    tallies = [
        tally
        for one in vocabulary.phrases
        if one.counts_people
        and (tally := _tally(list(_groups(text, one, asked)), groups)) is not None
    ]
    possible = [tally for tally in tallies if tally.people <= 2 * asked]
    return max(possible, key=lambda t: t.people, default=None)


def _groups(text: str, phrases: Phrases, asked: int) -> Iterator[_Group]:
    for match in _pattern(phrases).finditer(text):
        found = match.groupdict()
        side = next(side for side in _SIDES if found[side] or found.get(side + "_"))
        share = found["share"] or found["share_"]
        if share is not None:
            people = float(re.sub(r"\s", "", share).replace(",", ".")) * asked / 100
            sign = next(c for c in (found["sign"], found["sign_"]) if c)
            yield _Group(side, people, f"{share}{sign}", everyone=False)
            continue
        number = found["count"] or found["count_"]
        people = int(number) if number.isdecimal() else _value(number, phrases)
        yield _Group(side, people, None, everyone=found["everyone"] is not None)


def _tally(found: list[_Group], at_least: int) -> Tally | None:
    counted = [group for group in found if group.share is None]
    shares = [group for group in found if group.share is not None]
    # "Six (60%) are in favour": people count more exactly than percentages of them.
    if len(counted) < at_least and sum(group.people for group in shares) > 0:
        found = _in_whole_people(shares)
    else:
        found = counted
    sums = dict.fromkeys(_SIDES, 0)
    for group in found:
        sums[group.side] += round(group.people)
    tally = Tally(
        **sums,
        shares=tuple((g.share, round(g.people)) for g in found if g.share is not None),
    )
    enough = len(found) >= at_least or any(group.everyone for group in found)
    return tally if tally.people and enough else None


def _in_whole_people(groups: list[_Group]) -> list[_Group]:
    """Return the groups in whole people whose sum is the rounded sum (largest remainders)."""
    left = round(sum(group.people for group in groups)) - sum(int(g.people) for g in groups)
    order = sorted(range(len(groups)), key=lambda i: int(groups[i].people) - groups[i].people)
    raised = set(order[: max(0, left)])
    return [
        _Group(g.side, int(g.people) + (i in raised), g.share, g.everyone)
        for i, g in enumerate(groups)
    ]


def _value(word: str, phrases: Phrases) -> int:
    # Compared as by the pattern: "ſix" matches "six" although its lower case is "ſix".
    return next(n for w, n in phrases.numbers.items() if re.fullmatch(w, word, re.IGNORECASE))


@cache
def _pattern(p: Phrases) -> re.Pattern[str]:
    """Return the pattern of a count, up to six words and a side, or a side, a colon and a count."""
    favour, against, undecided, thinks, out_of, everyone, percent = (
        alternation(getattr(p, kind))
        for kind in ("favour", "against", "undecided", "thinks", "out_of", "everyone", "percent")
    )
    number = "|".join([r"\d{1,2}", *sorted(p.numbers, key=len, reverse=True)])
    sign = rf"[ \t]*(?:[%٪％]|(?:{percent})\b)"
    share = r"\d{1,3}(?:[.,]\d+)?"
    sides = (
        rf"(?:(?P<undecided>{undecided})|(?P<against>{against})|(?P<favour>{favour})"
        rf"|(?P<other>{thinks}))"
    )
    word = r"(?![–—-])[^\s\d.,;:!?()।。，、]+"  # vowel signs are no letters to \w
    aside = r"(?:\s*\([^()\n]{1,20}\))?"
    leading = (
        rf"(?:(?:(?P<everyone>{everyone})\s+)?(?<!\w)(?:(?P<share>{share})(?P<sign>{sign})"
        rf"|(?P<count>{number})(?!\w|{sign})){aside}"
        rf"(?:(?:\s+(?:{out_of})\s+|\s*/\s*)(?:{number})(?!\w))?"
        rf"(?:\s+(?!(?:{number})(?!\w)){word}){{0,6}}?\s+{sides}(?!\w))"
    )
    trailing = (
        rf"(?<!\w)(?:(?P<undecided_>{undecided})|(?P<against_>{against})"
        rf"|(?P<favour_>{favour}))[\"'”]?\s*(?:[*_]*[:：=(]|[–-])[*_\s]*"
        rf"(?:(?P<share_>{share})(?P<sign_>{sign})|(?P<count_>{number})(?!\w|{sign}))"
    )
    return re.compile(f"{leading}|{trailing}", re.IGNORECASE)
