"""Lines of the table whose expected outcome is not reached yet, with the reason."""

from __future__ import annotations

from collections.abc import Mapping

_MISSING: Mapping[str, Mapping[str, str]] = {
    "answers are not read into types yet": {
        "content as thinking and text parts": "chat elicit, batch elicit",
        "content as thinking and text parts, judged": "chat judge, batch judge",
        "content as several text parts": "chat elicit, batch elicit",
        "half a surrogate pair in the text": "chat elicit, batch elicit",
        "finish_reason error, with the error in the choice": "chat elicit, batch elicit",
        "an error within a 200 for one input, always": (
            "chat elicit, responses elicit, batch elicit"
        ),
        "choices empty, usage reported": "chat elicit, batch elicit",
        "a stream although none was asked for": "chat elicit",
        "a page of a proxy in place of every answer": "chat elicit, responses elicit",
    },
    "usage is not read as the largest consistent reading yet": {
        "thoughts outside completion_tokens": "chat elicit, batch elicit",
        "thoughts in total_tokens alone": "chat elicit, responses elicit, batch elicit",
        "thoughts in the details alone": "chat elicit, batch elicit",
        "usage is a list": "chat elicit, batch elicit",
        "completion_tokens null": "chat elicit, responses elicit, batch elicit",
        "every count null": "chat elicit, responses elicit, batch elicit",
        "counts as strings": "chat elicit, responses elicit, batch elicit",
        "negative completion_tokens": "chat elicit, responses elicit, batch elicit",
        "every count 0": "chat elicit, responses elicit, batch elicit",
        "details as lists": "chat elicit, batch elicit",
        "the output limit is ignored": "chat elicit, responses elicit",
        "the output limit is ignored, near a cap": "chat elicit, responses elicit",
    },
    "the provider's words are not found in every form of error yet": {
        "a bad key as 400, in a list": "chat elicit, responses elicit",
        "a bad key as 400, while judging": "chat judge, responses judge",
        "a base_url that knows no POST": "chat elicit, responses elicit",
        "a page of Cloudflare refuses": "chat elicit, responses elicit",
        "a bad key, in batches": "batch elicit, batch judge",
        "one prompt is too long": "batch elicit",
        "a refusal as a plain string": "chat elicit",
        "a refusal as plain text": "chat elicit, responses elicit",
        "a refusal as message and code": "batch elicit",
        "a refusal as a list of details": "chat elicit, responses elicit, batch elicit",
        "a refusal with a code that is a number": "chat elicit, responses elicit",
    },
    "not every refused parameter is recognised yet": {
        "temperature is fixed, in batches": "batch elicit",
        "temperature is fixed, while judging": "batch judge",
        "max_completion_tokens is unknown": "chat elicit",
        "seed is unknown": "chat elicit",
        "store is unknown": "responses elicit",
        "a parameter of the user is unknown": "chat elicit",
        "a parameter of the user that is not OpenAI's": "chat elicit, responses elicit",
        "structured output is unknown, as 400": "batch judge",
        "structured output is unknown, as 422": "batch judge",
        "structured output fails now and then": "chat judge",
        "a system message is unknown": "chat judge",
    },
    "not every passing fault is recognised yet": {
        "498 for 60 s": "chat elicit, responses elicit",
        "424 once": "chat elicit, responses elicit",
        "every first byte is later than timeout_s": "chat elicit, responses elicit",
        "an outage within a 200, for 60 s": "chat elicit, responses elicit",
    },
    "limits are not followed in every form yet": {
        "headers with a limit per day": "chat elicit, responses elicit",
    },
    "odd batches are not mended yet": {
        "one line is not JSON": "batch elicit, batch judge",
    },
    "what a provider says is not made harmless everywhere yet": {
        "half a surrogate pair in a refusal": "chat elicit, responses elicit, batch elicit",
        "a cap, and thoughts outside completion_tokens": "chat elicit",
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
