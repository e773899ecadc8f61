"""Offline language identification of responses, independent of the judge."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from culture_ray.errors import UnknownName


@dataclass(frozen=True)
class Detection:
    """Detected language of a text, None if the text is too short or too mixed."""

    language: str | None
    probability: float
    """Probability of the most likely candidate among the candidates, 0..1."""


class LanguageDetector:
    """Language detector for a set of candidate languages, based on py3langid.

    By default all 97 languages of py3langid are candidates. A text in another language is assigned
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
        words = " ".join(_WORD.findall(text))
        if not words:
            return Detection(None, 0.0)
        language, probability = self._identifier.classify(words)
        sure = len(words) >= self._min_letters and probability >= self._min_probability
        return Detection(str(language) if sure else None, float(probability))


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


_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
