"""What is wrong with a response as text: refusal, empty, repetitive, more or fewer than asked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from culture_ray.judging.opinions import Split
from culture_ray.judging.phrases import in_any_language

CountFlag = Literal["as asked", "fewer", "more"]


def is_refusal(text: str, split: Split) -> bool:
    """Say whether `text` declines to describe opinions.

    Conservative: a short text that begins with a phrase of refusal and lists fewer than three
    opinions. A citizen who is sorry in a list of ten is not a refusal.
    """
    listed = split.count if split.enumerated else 0
    return len(text) <= 700 and listed < 3 and _REFUSAL.match(text) is not None


def is_empty(split: Split) -> bool:
    """Say whether nothing in the response can be an opinion: no text, or only bare numbers."""
    return split.count == 0


def is_repetitive(text: str, split: Split) -> bool:
    """Say whether the response says the same opinion, the same words or characters over and over.

    The same opinion of four words or more three times and in half of all; or half of all
    5-word sequences said before, in a text of at least 40 words; or a run of 12 equal pieces.
    Bare answers ("Yes." ten times) are answers, not repetition.
    """
    said = [_words(opinion) for opinion in split.opinions]
    bare = bool(said) and sum(map(len, said)) < 4 * len(said)
    if not bare and (_same_opinion(said) or _same_words(_words(text))):
        return True
    return _LOOP.search(text) is not None


def count_flag(found: int, asked: int) -> CountFlag:
    """Compare the number of opinions found with the number that was asked for."""
    if found == asked:
        return "as asked"
    return "fewer" if found < asked else "more"


def _same_opinion(said: Sequence[Sequence[str]]) -> bool:
    counts = Counter(tuple(words) for words in said if len(words) >= 4)
    top = max(counts.values(), default=0)
    return top >= 3 and 2 * top >= len(said)


def _same_words(words: Sequence[str], n: int = 5) -> bool:
    if len(words) < 40:
        return False
    grams = [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
    return 2 * len(set(grams)) <= len(grams)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.lower())


_REFUSAL = re.compile(rf"[\s\"'“«*_>#-]*(?:{in_any_language('refusals')})", re.IGNORECASE)
_LOOP = re.compile(r"([^\W\d_][^\n]{0,11}?)\1{11,}")
