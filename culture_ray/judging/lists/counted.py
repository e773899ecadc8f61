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

_FLAGS = re.IGNORECASE | re.MULTILINE | re.VERBOSE


def counted_labels(text: str) -> list[Marker]:
    """Return the markers of the longest sequence of counted labels; empty if there is none.

    Two labels are enough where punctuation ends them, three where only their words repeat.
    """
    sequences: dict[str, list[_Label]] = defaultdict(list)
    for pattern in (_WORDS_FIRST, _NUMBER_FIRST):
        for match in pattern.finditer(text):
            label = _label(match)
            if label is not None and label.number == len(sequences[label.key]) + 1:
                sequences[label.key].append(label)
    best = max(sequences.values(), key=len, default=[])
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


def _label(match: re.Match[str]) -> _Label | None:
    number = value_of(match["number"])
    words, tail = match.groupdict().get("before"), (match["tail"] or "").strip()
    # Before ordinals the end of a number may differ ("1st person", "2nd person").
    key = " ".join(words.casefold().split()) if words else "\0" + tail.casefold().split()[-1]
    if number is None:
        return None
    stops = match["stop"] is not None or match.groupdict().get("colon") is not None
    return _Label(match.start(), match.end("number"), match.end(), number, key, tail, stops)


def _markers(labels: list[_Label]) -> list[Marker]:
    """Return the markers; a tail that differs, such as a name or an age, stays with its item."""
    repeats = labels[0].key.startswith("\0") or len({label.tail for label in labels}) == 1
    return [
        Marker(label.start, label.end if repeats else label.end_of_number, label.number, 0, 1,
               label.number)
        for label in labels
    ]  # fmt: skip


_LEAD = r"^ [ \t]* [>\#*_|•·–—+\- \t\\]*+"
_STOP = r"(?P<stop> [ \t*_]*+ (?: [:：.．)）、|–—-] [ \t*_:：)）–—-]*+ | $ ) )"
_WORDS_FIRST = re.compile(
    rf"""
    {_LEAD} [(\[（【]? (?P<before> [^\W\d_] [^\n\d.!?:;,|(\[。！？：；，（【]{{0,28}}? )
    [ \t*_]* (?: n[ro]?[.º°]* [ \t]* | № [ \t]* | \# )? (?P<number>{ANY}) [ºª°\])）】]?
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
