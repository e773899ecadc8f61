"""Surface of free text: language, repetition and refusal, found by rule in any script."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from culture_ray.judging.language_id import LanguageDetector
from culture_ray.judging.vocabulary import Vocabulary
from culture_ray.judging.words import units_of

GRAM, TIMES = 20, 4
"""Words of a sequence, and how often it occurs in a text that repeats itself: the rule of CaLMQA
(Arora et al. 2024, arXiv 2406.17761)."""
_LONGEST_REFUSAL = 700
"""Most characters of an answer that starts like a refusal and is one."""


@dataclass(frozen=True)
class Surface:
    """Properties of an answer in free text."""

    empty: bool
    refusal: bool
    repetitive: bool
    wrong_language: bool | None
    """None if the language of the text cannot be told: it is too short, or unknown to the
    detector."""


def surface_of(
    text: str, language: str, detector: LanguageDetector, vocabulary: Vocabulary
) -> Surface:
    """Return the surface of an answer that was asked for in `language`."""
    words = units_of(text)
    detected = detector.detect(text).language
    known = detected is not None and detector.knows(language)
    return Surface(
        empty=not words,
        refusal=refuses(text, vocabulary),
        repetitive=repeats(text),
        wrong_language=detector.differs(detected, language) if known else None,
    )


def repeats(text: str, gram: int = GRAM, times: int = TIMES) -> bool:
    """Return True if a sequence of `gram` words occurs `times` times or more.

    In scripts without spaces between words every character is a word.
    """
    words = units_of(text.casefold())
    grams = Counter(tuple(words[i : i + gram]) for i in range(len(words) - gram + 1))
    return max(grams.values(), default=0) >= times


def refuses(text: str, vocabulary: Vocabulary) -> bool:
    """Return True if a short answer starts with a phrase of refusal in any known language."""
    return len(text) <= _LONGEST_REFUSAL and vocabulary.refusal.match(text) is not None
