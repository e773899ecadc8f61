"""HTTP headers of an API from its settings: values name environment variables for secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping

_VARIABLE = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_SECRET = re.compile(
    r"authorization|cookie|(?:^|[-_])(?:key|apikey|token|secret|password|credential)s?$", re.I
)
_OURS = frozenset({"content-type", "content-length", "host", "x-client-request-id"})
"""Headers that every request has already."""


def header_variables(headers: Mapping[str, str]) -> list[str]:
    """Return the environment variables that headers name, each once."""
    found = [one or other for value in headers.values() for one, other in _VARIABLE.findall(value)]
    return list(dict.fromkeys(found))


def sent_headers(headers: Mapping[str, str], environment: Mapping[str, str]) -> dict[str, str]:
    """Return headers with each $VARIABLE replaced by its value, empty if it is not set."""

    def value_of(match: re.Match[str]) -> str:
        return environment.get(match[1] or match[2], "").strip()

    return {name: _VARIABLE.sub(value_of, value) for name, value in headers.items()}


def header_problem(name: str, value: str) -> str | None:
    """Return the problem of a header and the line to write instead, None if it can be sent.

    The words never contain the value.
    """
    if not _NAME.fullmatch(name):
        return "is not a name that a header can have"
    if name.casefold() in _OURS:
        return "is set by culture_ray: remove it"
    if not value.isascii() or not value.isprintable():
        return "holds characters that a header cannot have: write it in printable ASCII"
    if _SECRET.search(name) and not _VARIABLE.search(value):
        variable = re.sub(r"\W+", "_", name).upper()
        return (
            f"is a secret and must not stand in a file: write {name}: ${variable} and run "
            f"export {variable}=... first"
        )
    return None
