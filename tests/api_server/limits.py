"""The server's side of rate limiting: what a request charges, and whether it may come in now."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tests.api_server.settings import Limits


@dataclass(frozen=True)
class Verdict:
    """Whether a request came in, what is left, and how long to wait if it did not."""

    wait_s: float
    remaining_requests: int | None
    remaining_tokens: int | None

    @property
    def admitted(self) -> bool:
        """Whether it came in."""
        return self.wait_s <= 0


class Meter:
    """One account's meter of one kind (requests or tokens); the clock is passed in."""

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
        """Seconds until `amount` fits; what is larger than the capacity fits into a full meter."""
        missing = min(amount, self.capacity) - self.level
        if missing <= 1e-9:
            return 0.0
        if self.window_s:
            return (math.floor(now / self.window_s) + 1) * self.window_s - now
        return missing / self.rate


class Door:
    """Both meters together: a request comes in whole or not at all."""

    def __init__(self, limits: Limits, now: float) -> None:
        self.limits = limits
        self.requests = Meter(limits.rpm, limits, now) if limits.rpm else None
        self.tokens = Meter(limits.tpm, limits, now) if limits.tpm else None

    def knock(self, tokens: float, now: float) -> Verdict:
        wait = 0.0
        meters = [(self.requests, 1.0), (self.tokens, tokens)]
        for meter, amount in meters:
            if meter is not None:
                meter.refill(now)
                wait = max(wait, meter.wait(amount, now))
        if wait <= 0:
            self.take(1.0, tokens)
        return Verdict(wait, *(None if m is None else max(0, int(m.level)) for m, _ in meters))

    def take(self, requests: float, tokens: float) -> None:
        """Charge without asking; a level may fall below zero."""
        if self.requests is not None:
            self.requests.level -= requests
        if self.tokens is not None:
            self.tokens.level -= tokens


def charge(limits: Limits, input_tokens: int, max_tokens: int) -> float:
    """Return what a request charges against tokens per minute when it comes in."""
    if limits.charge == "sum":
        return input_tokens + max_tokens
    return max(input_tokens, max_tokens) if limits.charge == "max" else input_tokens
