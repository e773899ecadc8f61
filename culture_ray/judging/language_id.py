"""Offline language identification of responses, independent of the judge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from culture_ray.errors import UnknownName
from culture_ray.judging.words import words_of
from culture_ray.survey.language_tags import language_of, nearest_code


@dataclass(frozen=True)
class Detection:
    """Detected language of a text, None if the text is too short or too mixed."""

    language: str | None
    probability: float
    """Probability of the most likely candidate among the candidates, 0..1."""


class LanguageDetector:
    """Language detector for a set of candidate languages, based on py3langid.

    By default all languages of py3langid are candidates. A text in another language is assigned
    to the most similar candidate or left undetermined, so the candidates should include languages
    that are easily confused with those of interest (Norwegian with Danish).
    """

    def __init__(
        self,
        candidates: Iterable[str] | None = None,
        *,
        min_letters: int = 20,
        min_probability: float = 0.8,
    ) -> None:
        self.candidates = None if candidates is None else tuple(sorted(set(candidates)))
        self._min_letters = min_letters
        self._min_probability = min_probability
        self._identifier = _identifier(self.candidates)

    def detect(self, text: str) -> Detection:
        """Return the language of `text`, regardless of case, digits and layout."""
        words = " ".join(words_of(text))
        if not words:
            return Detection(None, 0.0)
        language, probability = self._identifier.classify(words)
        sure = len(words) >= self._min_letters and probability >= self._min_probability
        sure = sure and language != _NO_LANGUAGE
        return Detection(str(language) if sure else None, float(probability))

    def differs(self, detected: str | None, asked: str) -> bool:
        """Return True if a text is in another language than `asked`, a language tag (BCP 47).

        False where nothing was detected, and for languages that the detector does not know.
        """
        return (
            detected is not None
            and self.knows(asked)
            and (language_of(detected) != language_of(asked))
        )

    def knows(self, code: str) -> bool:
        """Return True if texts in this language can be detected."""
        return any(language_of(label) == language_of(code) for label in self._identifier.labels)


def undetectable(codes: Iterable[str]) -> list[str]:
    """Return the languages that the detector does not know, so that they cannot be checked."""
    unsure = [code for code in codes if language_of(code) not in _CERTAIN]
    # The detector takes a second to load, so it is asked only about less common languages.
    detector = LanguageDetector() if unsure else None
    return [code for code in unsure if detector is not None and not detector.knows(code)]


def detectable(codes: Iterable[str]) -> list[str]:
    """Return the detector's codes of these languages, without those that it does not know."""
    labels = _identifier(None).labels
    found = (nearest_code(code, labels) for code in codes)
    return sorted({code for code in found if code is not None})


@cache
def _identifier(candidates: tuple[str, ...] | None) -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    if candidates is None:
        return identifier
    for code in candidates:
        if code not in identifier.labels:
            raise UnknownName("language", code, identifier.labels, "the language detector")
    identifier.set_languages(candidates)
    return identifier


_NO_LANGUAGE = "zxx"
"""Label of texts without linguistic content."""
_CERTAIN = frozenset(
    {
        *("ar", "bg", "bn", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi"),
        *("hu", "is", "it", "ja", "ka", "ko", "lt", "lv", "ms", "nl", "no", "pl", "pt", "ro", "ru"),
        *("sh", "sk", "sl", "sq", "sv", "sw", "ta", "th", "tr", "uk", "ur", "vi", "zh"),
    }
)
"""Languages that every version of the detector knows."""
