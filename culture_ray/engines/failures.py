"""Kinds of failure: a short class for the free-text reason of a failed request."""

from __future__ import annotations

import re

MAX_LENGTH = 40
"""Maximum number of characters of a kind."""


def kind_of(reason: str) -> str:
    """Return the kind of a failure, given its reason (column `failure` of the tables).

    The kind is the reason up to its details, without quoted words. Two kinds that engines and
    providers word in many ways have fixed names. Never empty.
    """
    for name, pattern in _NAMED.items():
        if pattern.search(reason):
            return name
    plain = " ".join(_QUOTED.sub("", _DETAILS.sub("", reason)).split())
    if len(plain) > MAX_LENGTH:
        plain = plain[: MAX_LENGTH - 3].rsplit(maxsplit=1)[0] + "..."
    return plain or "no reason given"


_NAMED = {
    "prompt too long": re.compile(
        r"context.length|prompt is too long|prompt[^:]* is longer than", re.IGNORECASE
    ),
    "engine died": re.compile(r"^the engine died "),
}
_DETAILS = re.compile(r"(?:: | \(|; ).*", re.DOTALL)
_QUOTED = re.compile(r"(?<!\w)'[^']*'|\"[^\"]*\"")
