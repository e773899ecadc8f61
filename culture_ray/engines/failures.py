"""The kind of a failure: the few words of a reason that many failed requests have in common."""

from __future__ import annotations

import re

LONGEST = 40
"""Letters of a kind, at most."""


def kind_of(why: str) -> str:
    """Return the kind of a failure, given its reason as the tables have it (column `failure`).

    That is what the reason says before it comes to particulars, quoted words left out. Two kinds
    that engines and providers word in many ways have one name each. Never empty.
    """
    for name, words in _NAMED.items():
        if words.search(why):
            return name
    plain = " ".join(_QUOTED.sub("", _FROM_PARTICULARS_ON.sub("", why)).split())
    if len(plain) > LONGEST:
        plain = plain[: LONGEST - 3].rsplit(maxsplit=1)[0] + "..."
    return plain or "no reason given"


_NAMED = {
    "prompt too long": re.compile(
        r"context.length|prompt is too long|prompt[^:]* is longer than", re.IGNORECASE
    ),
    "engine died": re.compile(r"^the engine died "),
}
_FROM_PARTICULARS_ON = re.compile(r"(?:: | \(|; ).*", re.DOTALL)
_QUOTED = re.compile(r"(?<!\w)'[^']*'|\"[^\"]*\"")
