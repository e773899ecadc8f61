"""Reasons for which an answer ends, in the words of many providers; pure."""

from __future__ import annotations

import re
from typing import Literal

Finish = Literal["end", "length", "filter", "refusal", "tool", "error"]
"""Finished; limit of tokens; content filter; refused; called a tool; broken off by an error."""

_PATTERNS: tuple[tuple[Finish, re.Pattern[str]], ...] = (
    (
        "filter",
        re.compile(
            r"filter|safety|prohibited|recitation|blocklist|spii|sensitive|guardrail|toxic"
            r"|content_block|moderat|policy"
        ),
    ),
    ("refusal", re.compile(r"refus")),
    ("tool", re.compile(r"tool|function")),
    (
        "error",
        re.compile(r"error|fail|abort|cancel|insufficient|unavailable|overload|network|timeout"),
    ),
    ("length", re.compile(r"length|max_?(?:\w+_)?tokens|token_limit|context_(?:window|limit)")),
)
"""The first one that matches counts: ERROR_TOXIC is a filter, MALFORMED_FUNCTION_CALL a tool."""


def finish_of(reason: object) -> Finish:
    """Return the kind of a `finish_reason` or `stop_reason`; unknown and missing ones are ends."""
    words = reason.casefold() if isinstance(reason, str) else ""
    return next((finish for finish, pattern in _PATTERNS if pattern.search(words)), "end")
