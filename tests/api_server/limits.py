"""Rate limiting on the server's side: charges and admission of requests."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tests.api_server.settings import Limits


@dataclass(frozen=True)
class Admission:
    """Decision on a request: remaining limits, and the time to wait if it is refused."""

    wait_s: float
    remaining_requests: int | None
    remaining_tokens: int | None

    @property
    def admitted(self) -> bool:
        """Return True if the request was admitted."""
        return self.wait_s <= 0


class TokenBucket:
    """Bucket or window of one kind (requests or tokens); the clock is passed in."""

    def __init__(self, per_minute: float, limits: Limits, now: float) -> None:
        self.rate = per_minute / 60
        self.window_s = limits.window_s
        self.capacity = self.rate * (limits.window_s or limits.burst_s)
        self.level = self.capacity
        self.updated = now

    def refill(self, now: float) -> None:
        if self.window_s:
            if math.floor(now / self.window_s) > math.floor(self.updated / self.window_s):
                self.level = self.capacity
        else:
            self.level = min(self.capacity, self.level + (now - self.updated) * self.rate)
        self.updated = now

    def wait(self, amount: float, now: float) -> float:
        """Return the seconds until `amount` fits; more than the capacity fits a full bucket."""
        missing = min(amount, self.capacity) - self.level
        if missing <= 1e-9:
            return 0.0
        if self.window_s:
            return (math.floor(now / self.window_s) + 1) * self.window_s - now
        return missing / self.rate


class RateLimiter:
    """Both buckets together: a request is charged to both or refused."""

    def __init__(self, limits: Limits, now: float) -> None:
        self.limits = limits
        self.requests = TokenBucket(limits.rpm, limits, now) if limits.rpm else None
        self.tokens = TokenBucket(limits.tpm, limits, now) if limits.tpm else None

    def admit(self, tokens: float, now: float) -> Admission:
        wait = 0.0
        buckets = [(self.requests, 1.0), (self.tokens, tokens)]
        for bucket, amount in buckets:
            if bucket is not None:
                bucket.refill(now)
                wait = max(wait, bucket.wait(amount, now))
        if wait <= 0:
            self.take(1.0, tokens)
        return Admission(wait, *(None if m is None else max(0, int(m.level)) for m, _ in buckets))

    def take(self, requests: float, tokens: float) -> None:
        """Charge unconditionally; a level may fall below zero."""
        if self.requests is not None:
            self.requests.level -= requests
        if self.tokens is not None:
            self.tokens.level -= tokens


def charge(limits: Limits, input_tokens: int, max_tokens: int) -> float:
    """Return the tokens per minute that a request is charged on arrival."""
    if limits.charge == "sum":
        return input_tokens + max_tokens
    return max(input_tokens, max_tokens) if limits.charge == "max" else input_tokens
