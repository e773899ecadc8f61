"""Counted labels of people in any language: the same words around 1, 2, 3 at the start of lines.

"Респондент 1:", "受访者1：", "第一位受访者：", "Mtu wa 1 -" and "1-й респондент:" are recognised
without knowing the words: they repeat, and the numbers count.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from culture_ray.judging.lists.marker import Marker
from culture_ray.judging.lists.numerals import ANY, value_of
from culture_ray.judging.lists.patterns import EMOJI

_FLAGS = re.IGNORECASE | re.MULTILINE | re.VERBOSE


def counted_labels(text: str) -> list[Marker]:
    """Return the markers of the longest sequence of counted labels; empty if there is none.

    Two labels are enough where punctuation ends them, three where only their words repeat.
    """
    sequences: dict[str, list[_Label]] = defaultdict(list)
    for pattern in (_WORDS_FIRST, _NUMBER_FIRST):
        for match in pattern.finditer(text):
            label = _label(match)
            if label is not None and label.number == _next(sequences[label.key]):
                sequences[label.key].append(label)
    best = max(sequences.values(), key=len, default=[])
    if len(best) == 1 and best[0].stops and not best[0].key.startswith("\0"):
        best += _within_lines(text, best[0])
    fewest = 2 if all(label.stops for label in best) else 3
    return _markers(best) if len(best) >= fewest else []


@dataclass(frozen=True)
class _Label:
    start: int
    end_of_number: int
    end: int
    number: int
    key: str
    """Words that have to repeat."""
    tail: str
    """Words between the number and the punctuation that ends the label."""
    stops: bool
    """True if punctuation ends the label."""
    last: int
    """Number of the last person, in a range such as "Persons 1-4"."""


def _next(labels: list[_Label]) -> int:
    return labels[-1].last + 1 if labels else 1


def _within_lines(text: str, first: _Label) -> list[_Label]:
    """Return the labels with the words of `first` that follow it after ends of sentences."""
    words = r"\s+".join(map(re.escape, first.key.split()))
    pattern = re.compile(
        rf"(?<=[.!?;。！？；])\s*[*_]*{words}[ \t]*(?P<number>{ANY})[ \t*_]*[:：.)）][ \t*_]*",
        re.IGNORECASE,
    )
    found: list[_Label] = []
    for match in pattern.finditer(text, first.end):
        number = value_of(match["number"])
        if number is not None and number == _next([first, *found]):
            found.append(
                _Label(
                    match.start(), match.end("number"), match.end(), number, first.key, "", True,
                    number,
                )
            )  # fmt: skip
    return found


def _label(match: re.Match[str]) -> _Label | None:
    number = value_of(match["number"])
    words, tail = match.groupdict().get("before"), (match["tail"] or "").strip()
    # Before ordinals the end of a number may differ ("1st person", "2nd person").
    key = " ".join(words.casefold().split()) if words else "\0" + tail.casefold().split()[-1]
    if number is None:
        return None
    stops = match["stop"] is not None or match.groupdict().get("colon") is not None
    end = match.end("number")
    last = re.match(_RANGE, match["tail"] or "", re.VERBOSE)
    if words and last and (reached := value_of(last[1])) is not None and reached > number:
        tail, end = tail[last.end() :].strip(), end + last.end()
    else:
        reached = number
    return _Label(match.start(), end, match.end(), number, key, tail, stops, reached)


def _markers(labels: list[_Label]) -> list[Marker]:
    """Return the markers; a tail that differs, such as a name or an age, stays with its item."""
    repeats = labels[0].key.startswith("\0") or len({label.tail for label in labels}) == 1
    return [
        Marker(label.start, label.end if repeats else label.end_of_number, label.number, 0,
               label.last - label.number + 1, label.last)
        for label in labels
    ]  # fmt: skip


_LEAD = rf"^ [ \t]* [>\#*_|•·–—+\- \t\\{EMOJI}]*+"
_RANGE = rf"(?: [ \t]* [-–—~～〜至到] [ \t]* | [ \t]+ [^\W\d_]{{1,4}} [ \t]+ ) ({ANY})"
_STOP = r"(?P<stop> [ \t*_]*+ (?: [:：.．)）、|–—-] [ \t*_:：)）–—-]*+ | $ ) )"
_WORDS_FIRST = re.compile(
    rf"""
    {_LEAD} [(\[（【]? (?P<before> [^\W\d_] [^\n\d.!?:;,|(\[。！？：；，（【]{{0,28}}? )
    [ \t*_]* [(\[（]? (?: n[ro]?[.º°]* [ \t]* | № [ \t]* | \# )? (?P<number>{ANY}) [ºª°\])）】]?
    (?! \d | [.,]\d | [ \t]*% )
    (?: {_STOP} | (?P<tail> [^\n:：.!?。！？]{{1,40}} ) (?P<colon> [:：] [ \t*_]*+ ) | )
    """,
    _FLAGS,
)
_NUMBER_FIRST = re.compile(
    rf"""
    {_LEAD} (?P<number>{ANY}) (?P<tail> (?! [.)\]] [ \t] ) [^\n\d:：,;!?()（）。，]{{1,30}} )
    (?P<stop> [:：] [ \t*_]*+ )
    """,
    _FLAGS,
)
