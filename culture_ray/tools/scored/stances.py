"""Lists of stances in a cell: a list, its JSON or Python text, or words with separators."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from culture_ray.tools.scored.choices import StanceWords


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
    if not isinstance(cell, str) or not cell.strip():
        return None
    text = cell.strip()
    if text[0] in "[(":
        return _parsed(text)
    return [word for word in re.split(r"[\s;,|/]+", text) if word]


def _parsed(text: str) -> Sequence[Any] | None:
    if "," not in text:
        # numpy prints an array as ['pro' 'con'], which Python would read as one word.
        return text.strip("[]()").split()
    for parse in (json.loads, ast.literal_eval):
        try:
            found = parse(text)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
        return found if isinstance(found, list | tuple) else None
    return [word for word in re.split(r"[\s,;]+", text.strip("[]()")) if word]


def _word(entry: Any) -> str:
    return "null" if entry is None else str(entry).strip(" '\"").casefold()
