"""Places of described opinions in a response, with the judge's stance of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class MarkedOpinion:
    """An opinion in a text: characters `start` up to `end`, and its stance."""

    start: int
    end: int
    stance: str


def marked_opinions(
    text: str, opinions: Sequence[str], stances: Sequence[str]
) -> tuple[MarkedOpinion, ...]:
    """Return the opinions that stand in a text word by word, in its order.

    `opinions` are as `split_opinions` gives them, without the text's marks and line breaks. There
    is nothing to mark unless each opinion has one stance. An opinion that the text does not hold,
    such as one from JSON with escapes, is left out; an item that speaks for several people is
    marked once if they agree.
    """
    if len(opinions) != len(stances):
        return ()
    words = [(found.group(), found.start(), found.end()) for found in _WORD.finditer(text)]
    spoken = [word for word, _, _ in words]
    found: list[MarkedOpinion] = []
    position, before = 0, ""
    for opinion, stance in zip(opinions, stances, strict=True):
        own = _WORD.findall(opinion)
        if opinion == before and found:
            if found[-1].stance != stance:
                found.pop()  # one item of people who disagree has no one stance
            continue
        place = _find(spoken, own, position)
        if place is None:
            continue
        before, position = opinion, place + len(own)
        end = words[position - 1][2]
        while end < len(text) and text[end] in ".!?…。！？’”\"'»)":
            end += 1
        found.append(MarkedOpinion(words[place][1], end, stance))
    return tuple(found)


def _find(words: list[str], sought: list[str], begin: int) -> int | None:
    """Return the position at which a sequence of words next occurs, from `begin` on."""
    if not sought:
        return None
    for place in range(begin, len(words) - len(sought) + 1):
        if words[place] == sought[0] and words[place : place + len(sought)] == sought:
            return place
    return None
