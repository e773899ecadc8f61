"""Checks of texts: placeholders, damaged encoding, duplicates."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from culture_ray.errors import BadPrompts


def check_braces(place: str, text: str, slots: Sequence[str]) -> None:
    """Raise BadPrompts unless `text` has each of `slots` in braces and no other braces."""
    rest = text
    for name in slots:
        slot = f"{{{name}}}"
        if slot not in text:
            raise BadPrompts(f"{place}: {slot} is missing; put {slot} where it belongs")
        rest = rest.replace(slot, "")
    found = re.search(r"\{[^{}]*\}?|\}", rest)
    if found:
        raise BadPrompts(f"{place}: '{found[0]}' is not a placeholder here; remove the braces")


def check_readable(place: str, text: str) -> None:
    """Raise BadPrompts for a blank text, or one that was decoded with the wrong encoding."""
    if not text.strip():
        raise BadPrompts(f"{place}: the text is empty; write one or remove the entry")
    for word in text.split():
        if "\N{REPLACEMENT CHARACTER}" in word or _misread(word):
            raise BadPrompts(
                f"{place}: '{word}' looks garbled; correct it and save the file as UTF-8"
            )


def check_different(texts: Mapping[str, str]) -> None:
    """Raise BadPrompts for two texts, given by place, that differ at most in case and spaces."""
    seen: dict[str, str] = {}
    for place, text in texts.items():
        first = seen.setdefault(_folded(text), place)
        if first != place:
            raise BadPrompts(f"{place}: the same text as {first}; change or remove one of them")


def _misread(word: str) -> bool:
    # UTF-8 decoded as Windows-1252 or Latin-1 turns each accented letter into two characters whose
    # bytes are valid UTF-8 again; those of a correctly decoded word are not.
    for encoding in ("cp1252", "latin-1"):
        try:
            if word.encode(encoding).decode("utf-8") != word:
                return True
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    return False


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
