"""HTTP status that an error would have had, for errors inside an answer with status 200; pure."""

from __future__ import annotations

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


def status_of(code: str | None) -> int:
    """Return the status that an error's code stands for; 500 for an unknown or missing one."""
    return _STATUS.get((code or "").casefold(), 500)
