"""Stances in a cell: a list, its JSON or Python text, words with separators, or their numbers."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from culture_ray.tools.scored.choices import StanceWords

_MOST = 1000
"""Most opinions with one stance in a response."""


def stance_words(words: StanceWords) -> dict[str, str]:
    """Return pro, con or neutral by each word, in lower case."""
    return {
        str(word).strip().casefold(): stance
        for stance in ("neutral", "con", "pro")
        for word in getattr(words, stance)
    }


def listed_stances(cell: Any, words: Mapping[str, str]) -> list[str] | None:
    """Return the stances in a cell, none for an empty list; None if it holds no such list."""
    found = _entries(cell)
    if found is None:
        return None
    stances = [words.get(_word(entry)) for entry in found]
    return None if None in stances else [stance for stance in stances if stance]


def _entries(cell: Any) -> Sequence[Any] | None:
    if isinstance(cell, list | tuple):
        return cell
    if isinstance(cell, Mapping):
        return _repeated(cell)
    if not isinstance(cell, str) or not cell.strip():
        return None
    text = cell.strip()
    if text[0] in "[({":
        return _parsed(text)
    return [word for word in re.split(r"[\s;,|/]+", text) if word]


def _repeated(numbers: Mapping[Any, Any]) -> list[Any] | None:
    """Return each word as often as a mapping says: {"pro": 7, "con": 3}; None for other values."""
    if not all(type(number) is int and 0 <= number <= _MOST for number in numbers.values()):
        return None
    return [word for word, number in numbers.items() for _ in range(number)]


def _parsed(text: str) -> Sequence[Any] | None:
    if "," not in text and text[0] != "{":
        # numpy prints an array as ['pro' 'con'], which Python would read as one word.
        return text.strip("[]()").split()
    for parse in (json.loads, ast.literal_eval):
        try:
            found = parse(text)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
        if isinstance(found, Mapping):
            return _repeated(found)
        return found if isinstance(found, list | tuple) else None
    if text[0] == "{":
        return None
    return [word for word in re.split(r"[\s,;]+", text.strip("[]()")) if word]


def _word(entry: Any) -> str:
    return "null" if entry is None else str(entry).strip(" '\"").casefold()
