"""Counted labels of people in any language: the same words around 1, 2, 3 at the start of lines.

"Респондент 1:", "受访者1：", "第一位受访者：", "Mtu wa 1 -" and "1-й респондент:" are recognised
without knowing the words: they repeat, and the numbers count.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace

from culture_ray.judging.lists.marker import (
    Marker,
    name_everybody_once,
    people_of,
    with_one_person_each,
)
from culture_ray.judging.lists.numerals import ANY, value_of
from culture_ray.judging.lists.patterns import EMOJI, JOINT
from culture_ray.judging.vocabulary import Vocabulary

_FLAGS = re.IGNORECASE | re.MULTILINE | re.VERBOSE


def counted_labels(text: str, vocabulary: Vocabulary) -> list[Marker]:
    """Return the markers of the longest sequence of counted labels; empty if there is none.

    Two labels are enough where punctuation ends them, three where only their words repeat.
    """
    # "1 a 4" is a range in one language and two people in another.
    best = max((_longest(text, words) for words in (vocabulary, None)), key=len)
    if len(best) == 1 and best[0].stops and not best[0].key.startswith("\0"):
        best = _sequence([*best, *_within_lines(text, best[0])])
    fewest = 2 if all(label.stops for label in best) else 3
    return _markers(best) if len(best) >= fewest and _have_texts(text, best) else []


def _longest(text: str, vocabulary: Vocabulary | None) -> list[_Label]:
    """Return the longest sequence of labels with the same words."""
    labels: dict[str, list[_Label]] = defaultdict(list)
    for pattern in (_WORDS_FIRST, _NUMBER_FIRST):
        for match in pattern.finditer(text):
            if (label := _label(match, vocabulary)) is not None:
                labels[label.key].append(label)
    return max(map(_sequence, labels.values()), key=len, default=[])


def _have_texts(text: str, labels: list[_Label]) -> bool:
    """Return True if words follow most labels; sentences that end in a number are no labels."""
    ends = [label.marker.start for label in labels[1:]] + [len(text)]
    texts = [text[label.end : end] for label, end in zip(labels, ends, strict=True)]
    return 2 * sum(any(map(str.isalpha, one)) for one in texts) > len(texts)


@dataclass(frozen=True)
class _Label:
    marker: Marker
    """Marker up to its number, or with the numbers of several people up to the last of these."""
    end: int
    """Place after the punctuation that ends the label."""
    key: str
    """Words that have to repeat."""
    tail: str
    """Words between the number and the punctuation."""
    stops: bool
    """True if punctuation ends the label."""


def _sequence(labels: list[_Label]) -> list[_Label]:
    """Return the labels of the same words that count 1, 2, 3, ..., or name everybody once."""
    if name_everybody_once([label.marker for label in labels]):
        return labels
    kept: list[_Label] = []
    for label in labels:
        if label.marker.number == len(kept) + 1:
            kept.append(label)
    single = with_one_person_each([label.marker for label in kept])
    return [replace(label, marker=marker) for label, marker in zip(kept, single, strict=True)]


def _within_lines(text: str, first: _Label) -> list[_Label]:
    """Return the labels with the words of `first` that follow it after ends of sentences."""
    words = r"\s+".join(map(re.escape, first.key.split()))
    pattern = re.compile(
        rf"(?<=[.!?;。！？；])\s*[*_]*{words}[ \t]*(?P<number>{ANY})[ \t*_]*[:：.)）][ \t*_]*",
        re.IGNORECASE,
    )
    found: list[_Label] = []
    for match in pattern.finditer(text, first.end):
        if (number := value_of(match["number"])) is not None:
            marker = Marker(match.start(), match.end("number"), (number,))
            found.append(_Label(marker, match.end(), first.key, "", stops=True))
    return found


def _label(match: re.Match[str], vocabulary: Vocabulary | None) -> _Label | None:
    number = value_of(match["number"])
    words, tail = match.groupdict().get("before"), match["tail"] or ""
    if number is None or not (words or tail.strip()):
        return None
    # Before ordinals the end of a number may differ ("1st person", "2nd person").
    key = " ".join(words.casefold().split()) if words else "\0" + tail.casefold().split()[-1]
    stops = match["stop"] is not None or match.groupdict().get("colon") is not None
    marker = Marker(match.start(), match.end("number"), (number,))
    if words and (more := _MORE.match(tail)) is not None:
        people = people_of(match["number"] + more[0], vocabulary)
        marker = Marker(match.start(), match.end("number") + more.end(), people)
        tail = tail[more.end() :]
    return _Label(marker, match.end(), key, tail.strip(), stops)


def _markers(labels: list[_Label]) -> list[Marker]:
    """Return the markers; a tail that differs, such as a name or an age, stays with its item."""
    repeats = labels[0].key.startswith("\0") or len({label.tail for label in labels}) == 1
    return [replace(label.marker, end=label.end) if repeats else label.marker for label in labels]


_LEAD = rf"^ [ \t]* [>\#*_|•·–—+\- \t\\{EMOJI}]*+"
_MORE = re.compile(rf"(?: {JOINT} {ANY} )+", _FLAGS)
_STOP = r"(?P<stop> [ \t*_]*+ (?: [:：.．)）、|–—-] [ \t*_:：)）–—-]*+ | $ ) )"
_WORDS_FIRST = re.compile(
    rf"""
    {_LEAD} [(\[（【]? (?P<before> [^\W\d_] [^\n\d.!?:;,|(\[。！？：；，（【]{{0,28}}? )
    [ \t*_]* [(\[（]? (?: n[ro]?[.º°]* [ \t]* | № [ \t]* | \# )? (?P<number>{ANY}) [ºª°\])）】]?
    (?! \d | [.,]\d | [ \t]*% )
    (?: (?! {JOINT} {ANY} ) {_STOP}
      | (?P<tail> [^\n:：.!?。！？]{{1,40}} ) (?P<colon> [:：] [ \t*_]*+ )
      | )
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
