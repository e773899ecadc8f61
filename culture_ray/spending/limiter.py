"""The rate limiter of one model: requests and tokens per minute, together, first come first served.

Pure: the clock is passed in. The ways in which it learns that the provider is not as configured:
headers with other limits (followed at once), headers with less remaining than thought (never more
than that), 429s in spite of all that (shorter windows first, then a lower rate), 5xx and timeouts
(fewer requests in flight).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from culture_ray.spending.account import Ask, TokenUsage
from culture_ray.spending.token_bucket import Charge, TokenBucket

START_PER_MINUTE = 60.0
"""Requests per minute of a model whose limits nobody has told yet."""

_DOUBLE_EVERY_S = 5.0
_STRIKE_FACTOR, _STRIKE_FLOOR = 0.85, 0.05
_RECOVER_EVERY_S, _RECOVER_FACTOR = 30.0, 1.02
_HOLD_S = 1.0
_CROWD_FACTOR, _CROWD_GROWTH = 0.7, 0.1
_FEWEST_SEEN, _LATELY = 8, 1 / 50
_TOKENS_PER_BYTE = 0.5
"""Of text, at first: no language's is higher by much, and what is wrong is corrected by answers."""


@dataclass(frozen=True)
class Limits:
    """What a provider allows for a model, per minute; as a user writes it into the model's YAML."""

    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    """Null: as the provider's headers say; carefully until they do."""
    charge: Literal["sum", "max", "actual"] = "sum"
    """What the provider counts: input + max_tokens; the larger of max_tokens and characters / 4; or
    input + max_tokens until the answer is there, and its true length from then on."""
    window_seconds: float | None = None
    """Over how long the provider counts; null: a minute, shorter when refusals show it."""
    follow_headers: bool = True
    """False holds on to these limits whatever the provider's headers say."""
    pool: str | None = None
    """Models with the same pool share their limits; null: those with the same source do."""


@dataclass
class Sent:
    """One request that was sent, or is to be sent at `at`."""

    ask: Ask
    at: float
    requests: Charge
    tokens: Charge
    ended: bool = False


class Limiter:
    """When may the next request go? Times are seconds that never go back, from any origin."""

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._growing = limits.requests_per_minute is None and limits.tokens_per_minute is None
        """Whether the requests' limit is our own guess."""
        window = limits.window_seconds
        of_tokens = window or (None if limits.charge == "actual" else 60.0)
        first = START_PER_MINUTE if self._growing else limits.requests_per_minute
        self.requests = TokenBucket(first, window or 60.0)
        self.tokens = TokenBucket(limits.tokens_per_minute, of_tokens)
        self._grown = self._recovered = now
        self._struck = self._crowded = self._held_until = self._last = -math.inf
        self._tokens_per_byte, self._spread, self._seen = 0.0, 0.0, 0
        self._used = 1.0
        """What of a charge was really used, lately."""
        self.in_flight = 0
        self._most_in_flight = math.inf

    def ready(self, ask: Ask, now: float) -> float:
        """Return the earliest time at which `ask` may be sent; infinite while too many are out."""
        if self.in_flight >= self._most_in_flight:
            return math.inf
        self._relax(now)
        earliest = max(now, self._held_until, self._last)
        return max(
            self.requests.ready(earliest, 1.0), self.tokens.ready(earliest, self._charge(ask))
        )

    def take(self, ask: Ask, at: float) -> Sent:
        """Charge a request that is sent at `at`, which `ready` has returned."""
        self._last = at = max(at, self._last)
        self.in_flight += 1
        charges = self.requests.take(at, 1.0), self.tokens.take(at, self._charge(ask))
        return Sent(ask, at, *charges)

    def charged(self, ask: Ask, at: float, tokens: float) -> Sent:
        """Charge a request that somebody else sends at `at`, on the same account."""
        charges = self.requests.take(at, 1.0), self.tokens.take(at, tokens)
        return Sent(ask, at, *charges, ended=True)

    def settled(self, sent: Sent, usage: TokenUsage) -> None:
        """Learn how long input and output were, and correct the charge where the provider does."""
        if sent.ask.input_tokens:
            self._learn(usage.input_tokens / sent.ask.input_tokens)
        if self._limits.charge == "sum":
            self.tokens.correct(sent.tokens, usage.input_tokens + sent.ask.output_tokens)
        elif self._limits.charge == "actual":
            used = usage.input_tokens + usage.output_tokens
            if sent.tokens.amount and not sent.tokens.final:
                self._used += _LATELY * (used / sent.tokens.amount - self._used)
            self.tokens.correct(sent.tokens, used)
        if not sent.ended:
            self._most_in_flight += _CROWD_GROWTH
        self.ended(sent)

    def ended(self, sent: Sent) -> None:
        """Learn that a request is not in flight any more."""
        if not sent.ended:
            sent.ended = True
            self.in_flight -= 1

    def unsent(self, sent: Sent) -> None:
        """Learn that a request never left."""
        self.requests.correct(sent.requests, 0.0)
        self.tokens.correct(sent.tokens, 0.0)
        self.ended(sent)

    def heard(self, sent: Sent, headers: Mapping[str, str], now: float) -> None:
        """Take in the `x-ratelimit-*` headers of the answer to a request."""
        pairs = (("requests", self.requests, sent.requests), ("tokens", self.tokens, sent.tokens))
        for kind, meter, charge in pairs:
            limit = _number(headers, f"x-ratelimit-limit-{kind}")
            if limit is not None and self._limits.follow_headers and limit != meter.per_minute:
                self._growing = self._growing and meter is not self.requests
                meter.limit(limit, now)
            remaining = _number(headers, f"x-ratelimit-remaining-{kind}")
            if remaining is not None:
                meter.heard(charge, remaining, now, self._used if kind == "tokens" else 1.0)

    def hold(self, seconds: float | None, now: float) -> None:
        """Send nothing for so long, and less than before: the provider refused a request."""
        news = now >= self._struck + max(_HOLD_S, seconds or 0.0)
        self._held_until = max(self._held_until, now + (_HOLD_S if seconds is None else seconds))
        if not news:
            return  # one of those that were under way when the first was refused
        self._struck = self._recovered = now
        if self._growing:
            self._growing = False
            self.requests.limit((self.requests.per_minute or START_PER_MINUTE) / 2, now)
            return
        if self.requests.narrow() | self.tokens.narrow():
            return
        for meter in (self.requests, self.tokens):
            meter.slow = max(_STRIKE_FLOOR, meter.slow * _STRIKE_FACTOR)

    def overloaded(self, now: float) -> None:
        """Have fewer in flight: the provider could not cope."""
        if now >= self._crowded + _HOLD_S:
            self._crowded = now
            self._most_in_flight = max(1.0, self.in_flight * _CROWD_FACTOR)

    def _charge(self, ask: Ask) -> float:
        if self._limits.charge == "max":
            return max(ask.output_tokens, (ask.input_characters or ask.input_tokens) / 4)
        if self._seen >= _FEWEST_SEEN:
            share = min(1.0, self._tokens_per_byte + self._spread)
        else:
            share = _TOKENS_PER_BYTE if ask.input_characters else 1.0
        return ask.input_tokens * share + ask.output_tokens

    def _learn(self, tokens_per_byte: float) -> None:
        """Keep the mean share of its bound that an input had lately, and how far shares lie off."""
        self._seen += 1
        weight = max(1 / self._seen, _LATELY)
        off = tokens_per_byte - self._tokens_per_byte
        self._tokens_per_byte += weight * off
        self._spread += weight * (abs(off) - self._spread)

    def _relax(self, now: float) -> None:
        if self._growing and now >= self._grown + _DOUBLE_EVERY_S:
            self._grown = now
            self.requests.limit(2 * (self.requests.per_minute or START_PER_MINUTE), now)
        if self.requests.slow < 1 and now >= self._recovered + _RECOVER_EVERY_S:
            self._recovered = now
            for meter in (self.requests, self.tokens):
                meter.slow = min(1.0, meter.slow * _RECOVER_FACTOR)


def _number(headers: Mapping[str, str], name: str) -> float | None:
    """Return a header's number; None when it is missing, unreadable, 0 or -1."""
    try:
        value = float(headers.get(name, ""))
    except ValueError:
        return None
    return value if math.isfinite(value) and value > 0 else None
