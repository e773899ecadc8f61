"""OpenAI client without retries of its own, and the conversion of its exceptions to problems."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from time import time
from typing import TYPE_CHECKING

import httpx2
import openai
from openai import AsyncOpenAI

from culture_ray.engines.api_settings import NO_KEY, ApiSettings
from culture_ray.engines.openai.problems import Problem
from culture_ray.redaction.secrets import scrub_message

if TYPE_CHECKING:
    from openai import APIError


def openai_client(api: ApiSettings, key: str, in_flight: int) -> AsyncOpenAI:
    """Return a client that sends each request once, with up to `in_flight` at a time."""
    # With too few connections, an admitted request would wait in the pool after its turn.
    limits = httpx2.Limits(max_connections=in_flight + 16, max_keepalive_connections=in_flight + 16)
    timeout = httpx2.Timeout(api.timeout_s, connect=min(20.0, api.timeout_s))
    return AsyncOpenAI(
        api_key=key,
        base_url=api.base_url,
        max_retries=0,
        timeout=timeout,
        http_client=openai.DefaultAsyncHttpxClient(limits=limits, timeout=timeout),
    )


def problem_of(error: APIError, key: str) -> Problem:
    """Return a client exception as a problem, without anything that looks like a key."""
    words = without_key(error.message, key)
    if isinstance(error, openai.APITimeoutError):
        unsent = isinstance(error.__cause__, httpx2.ConnectTimeout | httpx2.PoolTimeout)
        return Problem("unsent" if unsent else "timeout", words)
    if isinstance(error, openai.APIStatusError):
        return Problem(
            "status",
            words,
            error.status_code,
            error.code or error.type,
            error.param,
            retry_after_s(error.response.headers),
        )
    if isinstance(error, openai.APIConnectionError):
        unsent = isinstance(error.__cause__, httpx2.ConnectError)
        return Problem("unsent" if unsent else "connection", _cause(error, words))
    return Problem("body", words)


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of Retry-After, None without a usable value."""
    if (milliseconds := _number(headers.get("retry-after-ms"))) is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    if (seconds := _number(value)) is not None or value is None:
        return seconds
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time())
    except ValueError:
        return None


def without_key(words: str, key: str) -> str:
    """Return a message with the key, and anything like it, removed: messages end up in files."""
    if key != NO_KEY:
        words = words.replace(key, "[key]")
    return scrub_message(words)


def _cause(error: BaseException, words: str) -> str:
    cause = error.__cause__
    return f"{type(cause).__name__} {cause}".strip() if cause is not None else words


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 <= number < 1e6 else None
