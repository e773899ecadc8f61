"""Values that a text holds as JSON, or as Python and its libraries print lists and dicts."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

_QUOTED = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_UNPARTED = re.compile(rf"\[\s*(?:(?:{_QUOTED})\s*){{2,}}\]", re.DOTALL)
"""A list of texts without commas, as numpy prints it; Python would join the texts."""
_ARRAY = re.compile(r"\barray\((.*?)(?:,\s*dtype=\w+)?\)(?=\s*[,}\])]|\s*$)", re.DOTALL)


def said_by(text: str) -> Any:
    """Return the value that a text holds; None for an empty one.

    JSON, a list or dict as Python prints it, and one with arrays of numpy in it, as tables of
    pandas are saved. Raises ValueError for another text.
    """
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError as problem:
        plain = text if "array(" not in text else _ARRAY.sub(r"\1", text)
        plain = _UNPARTED.sub(_with_commas, plain)
        try:
            value = ast.literal_eval(plain.strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            raise ValueError(f"{problem}: '{text.strip()[:40]}'") from None
    unordered = isinstance(value, set | bytes | complex)
    if unordered:
        raise ValueError(f"a {type(value).__name__}, '{text.strip()[:40]}'")
    return value


def _with_commas(match: re.Match[str]) -> str:
    return "[" + ", ".join(re.findall(_QUOTED, match[0], re.DOTALL)) + "]"
