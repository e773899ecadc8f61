"""Rate limiter of one model: requests and tokens per minute together, first come first served.

Pure: the clock is passed in. It adapts when the provider differs from the configuration: to headers
with other limits (adopted at once), to headers with less remaining than estimated (never exceeded),
to 429s despite both (first shorter windows, then a lower rate), and to 5xx and timeouts (fewer
requests in flight).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Gt

from culture_ray.spending.account import TokenUsage, UsageBound
from culture_ray.spending.token_bucket import BucketCharge, TokenBucket

START_PER_MINUTE = 60.0
"""Initial requests per minute for a model whose limits are unknown."""

_DOUBLE_EVERY_S = 5.0
_REFUSAL_FACTOR, _REFUSAL_FLOOR = 0.85, 0.05
_RECOVER_EVERY_S, _RECOVER_FACTOR = 30.0, 1.02
_PAUSE_S = 1.0
_OVERLOAD_FACTOR, _CONCURRENCY_GROWTH = 0.7, 0.1
_MIN_OBSERVATIONS, _AVERAGE_WEIGHT = 8, 1 / 50
_INITIAL_TOKENS_PER_BYTE = 0.5
"""Starting value for text; hardly any language exceeds it, and answers correct it."""


@dataclass(frozen=True)
class Limits:
    """A provider's limits per minute for a model, as written in the model's YAML."""

    requests_per_minute: Annotated[float, Gt(0)] | None = None
    tokens_per_minute: Annotated[float, Gt(0)] | None = None
    """Null: taken from the provider's headers, after a careful start."""
    charge: Literal["sum", "max", "actual"] = "sum"
    """What the provider counts: input + max_tokens; the larger of max_tokens and characters / 4; or
    input + max_tokens until the answer arrives, and its true length from then on."""
    window_seconds: Annotated[float, Gt(0)] | None = None
    """Length of the provider's window; null: a minute, or shorter if 429s show it."""
    follow_headers: bool = True
    """False keeps these limits whatever the provider's headers say."""
    pool: str | None = None
    """Models with the same pool share their limits; null: models with the same source do."""


@dataclass
class SentRequest:
    """One request that was sent, or will be sent at `at`, and its charges."""

    bound: UsageBound
    at: float
    requests: BucketCharge
    tokens: BucketCharge
    ended: bool = False


class Limiter:
    """Computes when the next request may be sent. Times are monotonic seconds from any origin."""

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._guessing = limits.requests_per_minute is None and limits.tokens_per_minute is None
        """True while the limit on requests is our own guess."""
        window = limits.window_seconds
        token_window = window or (None if limits.charge == "actual" else 60.0)
        first = START_PER_MINUTE if self._guessing else limits.requests_per_minute
        self.requests = TokenBucket(first, window or 60.0)
        self.tokens = TokenBucket(limits.tokens_per_minute, token_window)
        self._last_doubled = self._last_recovered = now
        self._last_refused = self._last_overloaded = -math.inf
        self._paused_until = self._last_sent = -math.inf
        self._tokens_per_byte, self._deviation, self._observations = 0.0, 0.0, 0
        self._used_share = 1.0
        """Moving average of the share of a charge that was really used."""
        self.in_flight = 0
        self._max_in_flight = math.inf

    def earliest(self, bound: UsageBound, now: float) -> float:
        """Return the earliest time to send a request; infinite while too many are in flight."""
        if self.in_flight >= self._max_in_flight:
            return math.inf
        self._recover(now)
        earliest = max(now, self._paused_until, self._last_sent)
        return max(
            self.requests.earliest(earliest, 1.0),
            self.tokens.earliest(earliest, self._token_charge(bound)),
        )

    def charge(self, bound: UsageBound, at: float) -> SentRequest:
        """Charge a request that is sent at `at`, a time returned by `earliest`."""
        self._last_sent = at = max(at, self._last_sent)
        self.in_flight += 1
        charges = (
            self.requests.charge(at, 1.0),
            self.tokens.charge(at, self._token_charge(bound)),
        )
        return SentRequest(bound, at, *charges)

    def charge_external(self, bound: UsageBound, at: float, tokens: float) -> SentRequest:
        """Charge a request that another process sends at `at` on the same account."""
        charges = self.requests.charge(at, 1.0), self.tokens.charge(at, tokens)
        return SentRequest(bound, at, *charges, ended=True)

    def settle(self, sent: SentRequest, usage: TokenUsage) -> None:
        """Learn from the reported usage, and correct the charge where the provider does."""
        if sent.bound.input_tokens:
            self._update_tokens_per_byte(usage.input_tokens / sent.bound.input_tokens)
        if self._limits.charge == "sum":
            self.tokens.correct(sent.tokens, usage.input_tokens + sent.bound.output_tokens)
        elif self._limits.charge == "actual":
            used = usage.input_tokens + usage.output_tokens
            if sent.tokens.amount and not sent.tokens.final:
                share = used / sent.tokens.amount
                self._used_share += _AVERAGE_WEIGHT * (share - self._used_share)
            self.tokens.correct(sent.tokens, used)
        if not sent.ended:
            self._max_in_flight += _CONCURRENCY_GROWTH
        self.release(sent)

    def release(self, sent: SentRequest) -> None:
        """Stop counting a request as in flight."""
        if not sent.ended:
            sent.ended = True
            self.in_flight -= 1

    def refund(self, sent: SentRequest) -> None:
        """Return the whole charge of a request that was never sent."""
        self.requests.correct(sent.requests, 0.0)
        self.tokens.correct(sent.tokens, 0.0)
        self.release(sent)

    def observe_headers(self, sent: SentRequest, headers: Mapping[str, str], now: float) -> None:
        """Update limits and levels from the `x-ratelimit-*` headers of an answer."""
        pairs = (("requests", self.requests, sent.requests), ("tokens", self.tokens, sent.tokens))
        for kind, bucket, charge in pairs:
            limit = _number(headers, f"x-ratelimit-limit-{kind}")
            if limit is not None and self._limits.follow_headers and limit != bucket.per_minute:
                self._guessing = self._guessing and bucket is not self.requests
                bucket.set_limit(limit, now)
            remaining = _number(headers, f"x-ratelimit-remaining-{kind}")
            if remaining is not None:
                share = self._used_share if kind == "tokens" else 1.0
                bucket.observe_remaining(charge, remaining, now, share)

    def pause(self, retry_after_s: float | None, now: float) -> None:
        """Send nothing for a while after a 429, and less than before from then on."""
        is_new = now >= self._last_refused + max(_PAUSE_S, retry_after_s or 0.0)
        pause = _PAUSE_S if retry_after_s is None else retry_after_s
        self._paused_until = max(self._paused_until, now + pause)
        if not is_new:
            return  # one of those that were in flight when the first was refused
        self._last_refused = self._last_recovered = now
        if self._guessing:
            self._guessing = False
            self.requests.set_limit((self.requests.per_minute or START_PER_MINUTE) / 2, now)
            return
        if self.requests.shorten_window() | self.tokens.shorten_window():
            return
        for bucket in (self.requests, self.tokens):
            bucket.rate_factor = max(_REFUSAL_FLOOR, bucket.rate_factor * _REFUSAL_FACTOR)

    def reduce_concurrency(self, now: float) -> None:
        """Allow fewer requests in flight: the provider is overloaded."""
        if now >= self._last_overloaded + _PAUSE_S:
            self._last_overloaded = now
            self._max_in_flight = max(1.0, self.in_flight * _OVERLOAD_FACTOR)

    def _token_charge(self, bound: UsageBound) -> float:
        if self._limits.charge == "max":
            return max(bound.output_tokens, (bound.input_characters or bound.input_tokens) / 4)
        if self._observations >= _MIN_OBSERVATIONS:
            share = min(1.0, self._tokens_per_byte + self._deviation)
        else:
            share = _INITIAL_TOKENS_PER_BYTE if bound.input_characters else 1.0
        return bound.input_tokens * share + bound.output_tokens

    def _update_tokens_per_byte(self, tokens_per_byte: float) -> None:
        """Update the moving mean of input tokens over their bound, and its mean deviation."""
        self._observations += 1
        weight = max(1 / self._observations, _AVERAGE_WEIGHT)
        off = tokens_per_byte - self._tokens_per_byte
        self._tokens_per_byte += weight * off
        self._deviation += weight * (abs(off) - self._deviation)

    def _recover(self, now: float) -> None:
        """Raise a guessed limit, and the rate after earlier 429s, as time passes."""
        if self._guessing and now >= self._last_doubled + _DOUBLE_EVERY_S:
            self._last_doubled = now
            self.requests.set_limit(2 * (self.requests.per_minute or START_PER_MINUTE), now)
        if self.requests.rate_factor < 1 and now >= self._last_recovered + _RECOVER_EVERY_S:
            self._last_recovered = now
            for bucket in (self.requests, self.tokens):
                bucket.rate_factor = min(1.0, bucket.rate_factor * _RECOVER_FACTOR)


def _number(headers: Mapping[str, str], name: str) -> float | None:
    """Return a header's number; None if it is missing, unreadable, 0 or -1."""
    try:
        value = float(headers.get(name, ""))
    except ValueError:
        return None
    return value if math.isfinite(value) and value > 0 else None
