"""OpenAI client without retries of its own, and the conversion of its exceptions to problems."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from time import time
from typing import TYPE_CHECKING

import httpx2
import openai
from openai import AsyncOpenAI

from culture_ray.engines.api_settings import NO_KEY, ApiSettings
from culture_ray.engines.openai.answers.error_body import error_in_answer
from culture_ray.engines.openai.connection import (
    RedirectedPost,
    connection_words,
    proxy_status,
    refuse_redirected_post,
)
from culture_ray.engines.openai.problems import Problem
from culture_ray.engines.openai.retry_hint import retry_hint_s
from culture_ray.redaction.secrets import scrub_message
from culture_ray.spending.limiting.limit_headers import until_s

if TYPE_CHECKING:
    from openai import APIError


def openai_client(
    api: ApiSettings, key: str, in_flight: int, verified: ssl.SSLContext | None = None
) -> AsyncOpenAI:
    """Return a client that sends each request once, with up to `in_flight` at a time.

    `verified` holds the certificates that servers are verified by; None loads them.
    """
    # With too few connections, an admitted request would wait in the pool after its turn.
    limits = httpx2.Limits(max_connections=in_flight + 16, max_keepalive_connections=in_flight + 16)
    timeout = timeout_of(api)
    address = api.address
    headers = api.sent_headers()
    named = key != NO_KEY or "authorization" in (name.casefold() for name in headers)
    return AsyncOpenAI(
        api_key=key,
        base_url=None if address is None else address.url,
        default_query=None if address is None else dict(address.query),
        default_headers=headers,
        max_retries=0,
        timeout=timeout,
        http_client=openai.DefaultAsyncHttpxClient(
            limits=limits,
            timeout=timeout,
            verify=verified or True,
            event_hooks={
                "request": [] if named else [_without_authorization],
                "response": [refuse_redirected_post],
            },
        ),
    )


def timeout_of(api: ApiSettings, attempt: int = 1) -> httpx2.Timeout:
    """Return the longest wait for an answer: a later attempt waits longer, as each one is paid."""
    return httpx2.Timeout(api.timeout_s * attempt, connect=min(20.0, api.timeout_s))


def problem_of(error: APIError, key: str) -> Problem:
    """Return a client exception as a problem, without anything that looks like a key."""
    if isinstance(error, openai.APITimeoutError):
        unsent = isinstance(error.__cause__, httpx2.ConnectTimeout | httpx2.PoolTimeout)
        return Problem("unsent" if unsent else "timeout", _timeout_words(error, unsent=unsent))
    if isinstance(error, openai.APIStatusError):
        return _status_problem(error.response, key)
    if isinstance(error, openai.APIConnectionError):
        cause = error.__cause__
        if isinstance(cause, RedirectedPost):
            return Problem("status", without_key(str(cause), key), cause.status)
        if isinstance(cause, httpx2.DecodingError):
            words = f"the answer cannot be decompressed ({cause}): does a proxy relabel it?"
            return Problem("body", without_key(words, key))
        if isinstance(cause, httpx2.ProxyError) and (status := proxy_status(cause)) is not None:
            return Problem("status", without_key(f"the proxy says: {cause}", key), status)
        unsent = isinstance(
            cause, httpx2.ConnectError | httpx2.ProxyError | httpx2.UnsupportedProtocol
        )
        words = connection_words(error, error.request.url)
        return Problem("unsent" if unsent else "connection", without_key(words, key))
    return Problem("body", without_key(error.message, key))


async def _without_authorization(request: httpx2.Request) -> None:
    """Remove the placeholder that the client requires: some servers refuse what is not a key."""
    request.headers.pop("authorization", None)


def _status_problem(response: httpx2.Response, key: str) -> Problem:
    """Return a refusal in the provider's own words."""
    found = error_in_answer(response.content)
    stated = retry_after_s(response.headers)
    return Problem(
        "status",
        without_key(found.message or response.reason_phrase, key),
        response.status_code,
        found.code and without_key(found.code, key),
        found.param,
        retry_hint_s(found.message) if stated is None else stated,
    )


def _timeout_words(error: openai.APITimeoutError, *, unsent: bool) -> str:
    limits = error.request.extensions.get("timeout", {})
    if unsent:
        return f"no connection to {error.request.url.host} within {limits.get('connect', 0):g} s"
    return f"none within {limits.get('read', 0):g} s, raise api.timeout_s to wait longer"


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of Retry-After, None without a usable value."""
    if (milliseconds := _number(headers.get("retry-after-ms"))) is not None:
        return milliseconds / 1000
    value = headers.get("retry-after", "").split(";")[0].strip()
    if (seconds := until_s(value, time())) is not None:
        return seconds
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time())
    except ValueError:
        return until_s(value.split(",")[0], time())  # two headers in one, of two proxies


def without_key(words: str, key: str) -> str:
    """Return a message with the key, and anything like it, removed: messages end up in files."""
    if key != NO_KEY:
        words = words.replace(key, "[key]")
    return scrub_message(words)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 <= number < 1e6 else None
