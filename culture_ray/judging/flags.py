"""Flags of a response by its text: refusal, empty, repetitive."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from culture_ray.judging.opinions import USUAL_NUMBER, Split
from culture_ray.judging.vocabulary import Vocabulary
from culture_ray.judging.words import units_of


def is_refusal(
    text: str, split: Split, vocabulary: Vocabulary, *, asked: int = USUAL_NUMBER
) -> bool:
    """Return True if `text` declines to describe opinions.

    The rule is conservative: the text starts with a phrase of refusal and is short and lists fewer
    than three opinions; or such a phrase stands there or before its list, as in "Thank you for
    asking, but I cannot ...", the list has fewer items than `asked`, and words around it say that
    it gives reasons or offers something else. A citizen who is "sorry" in a list of ten does not
    make it a refusal.
    """
    listed = split.count if split.enumerated else 0
    declines = vocabulary.refusal.match(text) is not None
    if declines and listed < 3 and len(text) <= 700:
        return True
    if not declines and not (listed and vocabulary.declined.search(split.preamble)):
        return False
    around = split.preamble if listed else text
    if vocabulary.introduction.search(around) and not vocabulary.reason.search(split.preamble):
        return False
    reasons = vocabulary.reason.search(f"{around}\n{split.closing}") is not None
    return reasons and listed < asked and len(text) <= _LONGEST_REFUSAL


def is_empty(split: Split) -> bool:
    """Return True if the response contains no opinion: no text, or only bare numbers."""
    return split.count == 0


def is_repetitive(text: str, split: Split) -> bool:
    """Return True if the response repeats the same opinion, words or characters.

    Either an opinion of at least four words makes up half of all opinions and at least three; or
    half of the 5-word sequences of a text of at least 40 words are repeats; or a string of up to 12
    characters occurs 12 times in a row. In scripts without spaces, every character is a word. Short
    answers ("Yes." ten times) are not repetition.
    """
    opinions = [units_of(opinion.lower()) for opinion in split.items]
    short_answers = bool(opinions) and sum(map(len, opinions)) < 4 * len(opinions)
    if not short_answers and (_repeats_opinion(opinions) or _repeats_words(units_of(text.lower()))):
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


_LONGEST_REFUSAL = 3000
"""Most characters of a refusal that explains itself."""
_LOOP = re.compile(r"([^\W\d_][^\n]{0,11}?)\1{11,}")
