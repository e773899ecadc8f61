"""Words of a text in any script, for language identification and the search for repetition."""

from __future__ import annotations

import re
import unicodedata


def words_of(text: str) -> list[str]:
    """Return the words of `text`: letters with their vowel signs, apostrophes and hyphens."""
    letters = "".join(c if _in_word(c) else " " for c in text)
    return [word for word in (part.strip(_INNER) for part in letters.split()) if word]


def units_of(text: str) -> list[str]:
    """Return the words of `text`, or its characters in scripts that put no spaces between words."""
    return [unit for word in words_of(text) for unit in _UNIT.findall(word)]


def _in_word(character: str) -> bool:
    return character in _INNER or unicodedata.category(character)[0] in "LM"


_INNER = "'’-\u200c\u200d"
"""Characters within words besides letters and marks; the last two are joiners of letters."""
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Thai, Lao, Burmese, Khmer, Kana and Chinese characters."""
_UNIT = re.compile(f"[{_UNSPACED}]|[^{_UNSPACED}]+")
