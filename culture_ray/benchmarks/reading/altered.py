"""Value words that an affix or a hedge turns into another word: "safe-ish", "almost safe"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol, TypeVar

from culture_ray.benchmarks.reading.words.affix_words import (
    HEDGE,
    PREFIX,
    SUFFIX,
    UNSPACED_SUFFIX,
)


class Span(Protocol):
    """Place of a value word in a text."""

    @property
    def start(self) -> int:
        """Return the index of its first character."""

    @property
    def end(self) -> int:
        """Return the index after its last character."""


_Word = TypeVar("_Word", bound=Span)


def unaltered(text: str, words: Sequence[_Word], *, is_label: bool) -> list[_Word]:
    """Return the value words of a text that still mean the value.

    Affixes that alter a meaning drop any word: "safe-ish", "rice-like". A label, a word of common
    language, is also dropped by any other word that a hyphen joins to it ("fail-safe", "yes-man"),
    unless that is a value too, and by a hedge before it ("almost safe").
    """
    starts, ends = {one.start for one in words}, {one.end for one in words}
    kept = []
    for one in words:
        before, after = text[: one.start], text[one.end :]
        if _PREFIX.search(before) or _SUFFIX.match(after):
            continue
        if is_label and _HEDGE.search(before):
            continue
        first = _HYPHEN_BEFORE.search(before) and one.start - 1 not in ends
        last = _HYPHEN_AFTER.match(after) and one.end + 1 not in starts
        if is_label and (first or last):
            continue
        kept.append(one)
    return kept


_PREFIX = re.compile(rf"(?<!\w)(?:{PREFIX})-\s?$", re.IGNORECASE)
_SUFFIX = re.compile(
    rf"(?:[\s(-]{{1,2}}ish|-(?:{SUFFIX}))(?!\w)|(?:{UNSPACED_SUFFIX})", re.IGNORECASE
)
_HEDGE = re.compile(rf"(?:{HEDGE})[\s\"'“-]*$", re.IGNORECASE)
_HYPHEN_BEFORE = re.compile(r"[^\W\d_]{2}-$")
_HYPHEN_AFTER = re.compile(r"-[^\W\d_]{2}")
