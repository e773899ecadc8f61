"""HTTP status that an error would have had, for errors inside an answer with status 200; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

_STATUS: Mapping[str, int] = {
    "invalid_request_error": 400,
    "invalid_argument": 400,
    "failed_precondition": 400,
    "unknown_parameter": 400,
    "unsupported_parameter": 400,
    "unsupported_value": 400,
    "context_length_exceeded": 400,
    "content_filter": 400,
    "authentication_error": 401,
    "invalid_api_key": 401,
    "unauthenticated": 401,
    "billing_error": 402,
    "insufficient_credits": 402,
    "permission_error": 403,
    "permission_denied": 403,
    "not_found_error": 404,
    "not_found": 404,
    "model_not_found": 404,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "resource_exhausted": 429,
    "insufficient_quota": 429,
    "timeout_error": 504,
    "deadline_exceeded": 504,
    "overloaded_error": 503,
    "unavailable": 503,
}
"""Codes and types of OpenAI, Anthropic and Google, in small letters."""


_BY_WORDS = (
    (503, r"overloaded|\bbusy\b|capacity|unavailable|try again|temporar|timed? ?out|upstream"),
    (429, r"rate limit|too many requests"),
    (402, r"insufficient (?:balance|credits?|funds|quota)|out of credits|please recharge"),
    (401, r"unauthori[sz]ed|api[ _-]key|authenticat|invalid token|credential"),
    (404, r"model\b.*(?:does not exist|not (?:be )?found)|(?:unknown|no such|invalid) model"),
    (400, r"invalid (?:parameter|argument|field)|unsupported|not supported|unknown (?:para|field)"),
)
"""Statuses by words of an error whose code says nothing; the first one that matches counts."""


def status_of(code: str | None, words: str = "") -> int:
    """Return the status that an error's code or else its words stand for; 500 if they do not."""
    stated = _STATUS.get((code or "").casefold())
    found = (status for status, said in _BY_WORDS if re.search(said, words, re.IGNORECASE))
    return next(found, 500) if stated is None else stated
