"""Lines of the table whose expected outcome is not reached yet, with the reason."""

from __future__ import annotations

from collections.abc import Mapping

_MISSING: Mapping[str, Mapping[str, str]] = {
    "usage is not read as the largest consistent reading yet": {
        "the output limit is ignored": "chat elicit, responses elicit",
        "the output limit is ignored, near a cap": "chat elicit, responses elicit",
    },
    "the provider's words are not found in every form of error yet": {
        "one prompt is too long": "batch elicit",
        "a refusal as message and code": "batch elicit",
        "a refusal as a list of details": "batch elicit",
    },
    "not every refused parameter is recognised yet": {
        "temperature is fixed, in batches": "batch elicit",
        "temperature is fixed, while judging": "batch judge",
        "structured output is unknown, as 400": "batch judge",
        "structured output is unknown, as 422": "batch judge",
        "structured output fails now and then": "chat judge",
    },
    "not every passing fault is recognised yet": {
        "498 for 60 s": "chat elicit, responses elicit",
        "424 once": "chat elicit, responses elicit",
    },
    "limits are not followed in every form yet": {
        "headers with a limit per day": "chat elicit, responses elicit",
    },
    "odd batches are not mended yet": {
        "one line is not JSON": "batch elicit, batch judge",
    },
    "what a provider says is not made harmless everywhere yet": {
        "half a surrogate pair in a refusal": "batch elicit",
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
