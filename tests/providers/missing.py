"""Lines of the table whose expected outcome is not reached yet, with the reason."""

from __future__ import annotations

from collections.abc import Mapping

_MISSING: Mapping[str, Mapping[str, str]] = {
    "batches do not leave out a refused parameter yet": {
        "temperature is fixed, in batches": "batch elicit",
        "temperature is fixed, while judging": "batch judge",
        "structured output is unknown, as 400": "batch judge",
        "structured output is unknown, as 422": "batch judge",
    },
}
"""By the reason: the behaviours with their modes."""

MISSING: Mapping[tuple[str, str], str] = {
    (name, mode): reason
    for reason, names in _MISSING.items()
    for name, modes in names.items()
    for mode in modes.split(", ")
}
"""Reason by the name of the behaviour and the mode. Strict: a line that passes has to go."""
