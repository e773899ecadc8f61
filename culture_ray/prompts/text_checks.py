"""Checks on one text or a few: placeholders, encoding damage, texts that are the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from culture_ray.errors import BadPrompts


def check_braces(place: str, text: str, slots: Sequence[str]) -> None:
    """Raise BadPrompts unless `text` holds each of `slots` in braces and no other brace."""
    rest = text
    for name in slots:
        slot = f"{{{name}}}"
        if slot not in text:
            raise BadPrompts(f"{place}: there is no {slot} in it; write {slot} where that belongs")
        rest = rest.replace(slot, "")
    found = re.search(r"\{[^{}]*\}?|\}", rest)
    if found:
        raise BadPrompts(f"{place}: '{found[0]}' is no placeholder here; take the braces out")


def check_readable(place: str, text: str) -> None:
    """Raise BadPrompts for a blank text, or one that was read in another encoding than written."""
    if not text.strip():
        raise BadPrompts(f"{place}: the text is empty; write one or take the entry out")
    for word in text.split():
        if "\N{REPLACEMENT CHARACTER}" in word or _misread(word):
            raise BadPrompts(f"{place}: '{word}' looks garbled; mend it and save the file as UTF-8")


def check_different(texts: Mapping[str, str]) -> None:
    """Raise BadPrompts for two texts, given by place, that differ at most in case and blanks."""
    seen: dict[str, str] = {}
    for place, text in texts.items():
        first = seen.setdefault(_folded(text), place)
        if first != place:
            raise BadPrompts(f"{place}: the same text as {first}; change one or take it out")


def _misread(word: str) -> bool:
    # UTF-8 read as Windows-1252 or Latin-1 turns each accented letter into two signs that, put
    # back into bytes, are valid UTF-8 again; a word that was read correctly is not.
    for encoding in ("cp1252", "latin-1"):
        try:
            if word.encode(encoding).decode("utf-8") != word:
                return True
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    return False


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
