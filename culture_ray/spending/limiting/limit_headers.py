"""Reader of the rate limits that an answer's headers state; pure.

Providers name them in many ways, and the same name stands for a limit per minute at one and for a
limit per day at another. The window follows, in this order, from the name (`...-tokens-minute`),
from the policy (`w=60`), and from the time until the limit is whole again. Sources: the API
references of OpenAI, Groq, Anthropic, Cerebras, Mistral and OpenRouter, and the IETF draft
"RateLimit header fields for HTTP" (draft-ietf-httpapi-ratelimit-headers).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

Kind = Literal["requests", "tokens"]

MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86_400.0

_LONGER_THAN_A_MINUTE_S = 66.0
"""A limit per minute is whole again sooner than this, with a tenth for clocks and rounding."""

_NEAR = 0.05
"""Relative distance at which an estimated window counts as an hour or a day."""

_EPOCH_S = 1e9
"""Larger resets are times, in seconds or milliseconds since 1970."""

_WINDOWS = {"second": 1.0, "minute": MINUTE_S, "hour": HOUR_S, "day": DAY_S, "month": 30 * DAY_S}
_KINDS: Mapping[str, Kind] = {
    "requests": "requests", "request": "requests", "req": "requests", "": "requests",
    "tokens": "tokens", "token": "tokens",
}  # fmt: skip
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": HOUR_S, "d": DAY_S}
_FIELD = re.compile(
    r"(?:x-|anthropic-)?ratelimit-(?:(?P<field>limit|remaining|reset)(?:-(?P<kind>.+))?"
    r"|(?P<kind_first>.+)-(?P<field_last>limit|remaining|reset))"
)
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+")
_DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_POLICY = re.compile(r";\s*(q|w|r|t|qu)\s*=\s*\"?([\w.-]+)\"?")


@dataclass(frozen=True)
class StatedLimit:
    """One limit that an answer's headers state."""

    kind: Kind
    limit: float | None = None
    """Requests or tokens per window."""
    remaining: float | None = None
    window_s: float | None = None
    """Length of the window; None if nothing tells it."""
    has_reset: bool = True
    """False if neither a window nor a time until the limit is whole again is stated."""
    shows_longer_window: bool = False
    """True if the time until the limit is whole again rules out a minute, whatever comes later."""

    @property
    def is_longer_than_a_minute(self) -> bool:
        """Return True for a limit per hour or day, which says nothing about a minute."""
        return self.window_s is not None and self.window_s > MINUTE_S

    @property
    def per_minute(self) -> float | None:
        """Return the limit per minute; a window that nothing tells counts as a minute."""
        if self.limit is None or self.is_longer_than_a_minute:
            return None
        return self.limit * MINUTE_S / (self.window_s or MINUTE_S)


def is_limit_header(name: str) -> bool:
    """Return True for a header that may state a rate limit."""
    return "ratelimit" in name.lower()


def stated_limits(headers: Mapping[str, str], now: float) -> list[StatedLimit]:
    """Return the limits that headers state, at `now` seconds since 1970.

    Numbers that are not positive or not readable say nothing; a `remaining` of 0 does.
    """
    fields: dict[tuple[Kind, float | None], dict[str, str]] = {}
    found: list[StatedLimit] = []
    for name, value in headers.items():
        if (parts := _parts(name.lower())) is not None:
            field, kind, window = parts
            fields.setdefault((kind, window), {})[field] = value
    for (kind, window), values in fields.items():
        found.append(_from_fields(kind, window, values, now))
    found += _from_policy(headers)
    return [limit for limit in found if limit.limit is not None or limit.remaining is not None]


def _parts(name: str) -> tuple[str, Kind, float | None] | None:
    """Return (field, kind, window) of a header's name; None for others."""
    match = _FIELD.fullmatch(name)
    if match is None:
        return None
    field = match["field"] or match["field_last"]
    words = [word for word in (match["kind"] or match["kind_first"] or "").split("-") if word]
    window = next((_WINDOWS[word] for word in words if word in _WINDOWS), None)
    rest = "-".join(word for word in words if word not in _WINDOWS and word != "per")
    kind = _KINDS.get(rest)
    return None if kind is None else (field, kind, window)


def _from_fields(
    kind: Kind, window: float | None, values: Mapping[str, str], now: float
) -> StatedLimit:
    stated = values.get("limit", "")
    first, _, policy = stated.partition(",")  # the draft's older form: "100, 100;w=60"
    limit = _positive(first.split(";")[0])
    remaining = _number(values.get("remaining", ""))
    parameters = dict(_POLICY.findall(policy or stated))
    window = window or _positive(parameters.get("w", ""))
    if window is not None or limit is None:
        return StatedLimit(kind, limit, remaining, window)
    reset_s = until_s(values.get("reset", ""), now)
    longer = reset_s is not None and reset_s > _LONGER_THAN_A_MINUTE_S
    window = _window(limit, remaining, reset_s)
    return StatedLimit(kind, limit, remaining, window, reset_s is not None, longer)


def _from_policy(headers: Mapping[str, str]) -> Iterator[StatedLimit]:
    """Yield the limits of `RateLimit-Policy: "a";q=100;w=60` and `RateLimit: "a";r=50;t=30`."""
    lower = {name.lower(): value for name, value in headers.items()}
    left = {
        item.split(";")[0].strip(): dict(_POLICY.findall(item))
        for item in lower.get("ratelimit", "").split(",")
    }
    for item in lower.get("ratelimit-policy", "").split(","):
        policy = dict(_POLICY.findall(item))
        limit = _positive(policy.get("q", ""))
        if limit is None or policy.get("qu", "requests") != "requests":
            continue
        remaining = _number(left.get(item.split(";")[0].strip(), {}).get("r", ""))
        yield StatedLimit("requests", limit, remaining, _positive(policy.get("w", "")))


def _window(limit: float, remaining: float | None, reset_s: float | None) -> float | None:
    """Return the window of a limit that is whole again in `reset_s`; None if it may be a minute.

    A bucket that refills evenly is whole again after window x used / limit, a fixed window at its
    end. So a reset beyond a minute shows a longer window in either case, and one within a minute
    shows it where it fits an hour or a day exactly.
    """
    if reset_s is None:
        return None
    used = 0.0 if remaining is None else limit - remaining
    refilled_in = reset_s * limit / used if used > 0 else None
    if reset_s > _LONGER_THAN_A_MINUTE_S:
        return max(reset_s, HOUR_S if refilled_in is None else min(refilled_in, 30 * DAY_S))
    for window in (HOUR_S, DAY_S):
        if refilled_in is not None and abs(refilled_in / window - 1) < _NEAR:
            return window
    return None


def until_s(text: str, now: float) -> float | None:
    """Return the seconds until a stated time, None if it cannot be read.

    It may be `6m0s`, `7.66s`, `86400`, a time since 1970 in seconds or milliseconds, or RFC 3339;
    `now` is in seconds since 1970.
    """
    text = text.strip().lower()
    if _DURATION.fullmatch(text):
        return sum(float(count) * _UNITS[unit] for count, unit in _DURATION_PART.findall(text))
    if (number := _number(text)) is not None:
        if number < _EPOCH_S:
            return number
        return max(0.0, (number if number < 1000 * _EPOCH_S else number / 1000) - now)
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, moment.timestamp() - now)


def _positive(text: str) -> float | None:
    number = _number(text)
    return number if number else None


def _number(text: str) -> float | None:
    """Return a number of at least 0; None for anything else."""
    try:
        value = float(text.strip())
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
