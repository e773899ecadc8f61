"""Shares over answer codes in a cell: a list, a mapping from codes, or the text of either."""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_TOLERANCE = 0.02
"""Published shares are rounded, so that their sum is not exactly 1."""


def listed_shares(
    cell: Any, codes: Sequence[int], number: Callable[[Any], float | None]
) -> list[float] | None:
    """Return one share per code, in their order; None if the cell does not fit the codes.

    A code that a mapping lacks has share 0. `number` reads one value.
    """
    content = _parsed(cell) if isinstance(cell, str) else cell
    if isinstance(content, Mapping):
        by_code = {_code(key): value for key, value in content.items() if value is not None}
        if not set(by_code) <= set(codes):
            return None
        content = [by_code.get(code, 0.0) for code in codes]
    if not isinstance(content, list | tuple) or len(content) != len(codes):
        return None
    shares = [number(value) for value in content]
    known = [0.0 if share is not None and math.isnan(share) else share for share in shares]
    fits = all(share is not None and 0 <= share < math.inf for share in known)
    return [share for share in known if share is not None] if fits else None


def normalised(shares: Sequence[float]) -> list[float] | None:
    """Return shares of 1 from shares, percentages or counts; None if they do not add up.

    Shares may add up to less than 1: the rest is what the model said besides the options.
    """
    total = sum(shares)
    if total == 0:
        return None
    if total <= 1 + _TOLERANCE:
        return [share / max(total, 1.0) for share in shares]
    if abs(total - 100) <= 100 * _TOLERANCE or all(float(s).is_integer() for s in shares):
        return [share / total for share in shares]
    return None


def _parsed(text: str) -> Any:
    for parse in (json.loads, ast.literal_eval):
        try:
            return parse(text.strip())
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
    return [part for part in re.split(r"[\s;|]+", text.strip("[]() ")) if part]


def _code(key: Any) -> int | None:
    text = str(key).strip()
    return int(float(text)) if re.fullmatch(r"-?\d+(\.0+)?", text) else None
