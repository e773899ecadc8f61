"""Flags of a response by its text: refusal, empty, repetitive."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from culture_ray.judging.opinions import Split
from culture_ray.judging.phrases import in_any_language


def is_refusal(text: str, split: Split) -> bool:
    """Return True if `text` declines to describe opinions.

    The rule is conservative: the text is short, starts with a phrase of refusal and lists fewer
    than three opinions. A citizen who says "sorry" in a list of ten does not make it a refusal.
    """
    listed = split.count if split.enumerated else 0
    return len(text) <= 700 and listed < 3 and _REFUSAL.match(text) is not None


def is_empty(split: Split) -> bool:
    """Return True if the response contains no opinion: no text, or only bare numbers."""
    return split.count == 0


def is_repetitive(text: str, split: Split) -> bool:
    """Return True if the response repeats the same opinion, words or characters.

    Either an opinion of at least four words makes up half of all opinions and at least three; or
    half of the 5-word sequences of a text of at least 40 words are repeats; or a string of up to 12
    characters occurs 12 times in a row. Short answers ("Yes." ten times) are not repetition.
    """
    opinions = [_words(opinion) for opinion in split.opinions]
    short_answers = bool(opinions) and sum(map(len, opinions)) < 4 * len(opinions)
    if not short_answers and (_repeats_opinion(opinions) or _repeats_words(_words(text))):
        return True
    return _LOOP.search(text) is not None


def _repeats_opinion(opinions: Sequence[Sequence[str]]) -> bool:
    counts = Counter(tuple(words) for words in opinions if len(words) >= 4)
    top = max(counts.values(), default=0)
    return top >= 3 and 2 * top >= len(opinions)


def _repeats_words(words: Sequence[str], n: int = 5) -> bool:
    if len(words) < 40:
        return False
    grams = [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
    return 2 * len(set(grams)) <= len(grams)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.lower())


_REFUSAL = re.compile(rf"[\s\"'“«*_>#-]*(?:{in_any_language('refusals')})", re.IGNORECASE)
_LOOP = re.compile(r"([^\W\d_][^\n]{0,11}?)\1{11,}")
