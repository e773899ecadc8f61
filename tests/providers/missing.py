"""Lines of the table whose expected outcome is not reached yet, with the reason."""

from __future__ import annotations

from collections.abc import Mapping

_MISSING: Mapping[str, Mapping[str, str]] = {
    "the first answer above its reservation does not stop the model yet": {
        "the output limit is ignored": "chat elicit, responses elicit",
        "the output limit is ignored, near a cap": "chat elicit, responses elicit",
    },
    "a refusal in a batch's line is read in OpenAI's form only": {
        "one prompt is too long": "batch elicit",
        "a refusal as message and code": "batch elicit",
        "a refusal as a list of details": "batch elicit",
    },
    "batches do not leave out a refused parameter yet": {
        "temperature is fixed, in batches": "batch elicit",
        "temperature is fixed, while judging": "batch judge",
        "structured output is unknown, as 400": "batch judge",
        "structured output is unknown, as 422": "batch judge",
    },
    "an answer that the provider could not bring into JSON is not asked for again yet": {
        "structured output fails now and then": "chat judge",
    },
    "498 and 424 are not taken for passing faults yet": {
        "498 for 60 s": "chat elicit, responses elicit",
        "424 once": "chat elicit, responses elicit",
    },
    "a limit per day in the headers replaces the user's limit per minute": {
        "headers with a limit per day": "chat elicit, responses elicit",
    },
    "half a surrogate pair in the refusal of a batch's line ends the ledger's loop": {
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
