"""Rate limiter of one model: requests and tokens per minute together, first come first served.

Pure: the clock is passed in. It adapts when the provider differs from the configuration: to headers
with other limits (adopted at once), to headers with less remaining than estimated (never exceeded),
to 429s despite both (first shorter windows, then the rate that was accepted, unless they come by
chance), to a provider that refuses everything (one request at a time, after ever longer pauses),
and to 5xx and timeouts (fewer requests in flight).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from culture_ray.spending.account import TokenUsage, UsageBound
from culture_ray.spending.breaker import LONGEST_HEEDED_S
from culture_ray.spending.limiting.limit_headers import Kind, StatedLimit, stated_limits
from culture_ray.spending.limiting.longer_windows import LongerWindows
from culture_ray.spending.limiting.rate_search import RateSearch
from culture_ray.spending.limiting.refusal_pause import RefusalPause
from culture_ray.spending.limiting.token_charges import TokenCharges
from culture_ray.spending.limits import Limits
from culture_ray.spending.token_bucket import BucketCharge, TokenBucket

START_PER_MINUTE = 300.0
"""Initial requests per minute for a model whose limits are unknown."""

_DOUBLE_EVERY_S = 0.25
"""Least time between two doublings of a guessed limit. Each waits for an answer at its rate too."""

_OVERLOADED_S = 1.0
_OVERLOAD_FACTOR, _CONCURRENCY_GROWTH = 0.7, 0.1


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
        self._guessed = self._guessing
        """True while nobody has told the limit, so that it may rise beyond the guess."""
        self._last_doubled, self._doubled_answered = now, False
        self._last_overloaded = self._last_sent = -math.inf
        self._pause, self._search = RefusalPause(), RateSearch(now)
        self._answered = False
        """True if the provider accepts requests again, until that is taken in."""
        self._longer_windows, self._charges = LongerWindows(), TokenCharges(limits.charge)
        self.in_flight = 0
        self._max_in_flight = math.inf

    def earliest(self, bound: UsageBound, now: float) -> float:
        """Return the earliest time to send a request; infinite while too many are in flight."""
        if self.in_flight >= self._max_in_flight:
            return math.inf
        self._advance(now)
        earliest = max(self._pause.earliest(now), self._last_sent)
        return max(
            self.requests.earliest(earliest, 1.0),
            self.tokens.earliest(earliest, self._charges.of(bound)),
        )

    def charge(self, bound: UsageBound, at: float) -> SentRequest:
        """Charge a request that is sent at `at`, a time returned by `earliest`."""
        self._last_sent = at = max(at, self._last_sent)
        self.in_flight += 1
        self._pause.sent(at)
        self._search.add_request(at)
        charges = (
            self.requests.charge(at, 1.0),
            self.tokens.charge(at, self._charges.of(bound)),
        )
        return SentRequest(bound, at, *charges)

    def charge_external(self, bound: UsageBound, at: float, tokens: float) -> SentRequest:
        """Charge a request that another process sends at `at` on the same account."""
        charges = self.requests.charge(at, 1.0), self.tokens.charge(at, tokens)
        return SentRequest(bound, at, *charges, ended=True)

    def settle(self, sent: SentRequest, usage: TokenUsage) -> None:
        """Learn from the reported usage, and correct the charge where the provider does."""
        corrected = self._charges.corrected(sent.tokens, sent.bound, usage)
        if corrected is not None:
            self.tokens.correct(sent.tokens, corrected)
        if not sent.ended:
            self._max_in_flight += _CONCURRENCY_GROWTH
            self._answered = self._answered or self._pause.answered(sent.at)
            self._doubled_answered |= sent.at >= self._last_doubled
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
        """Update limits and levels from the rate-limit headers of an answer."""
        pairs: dict[Kind, tuple[TokenBucket, BucketCharge]] = {
            "requests": (self.requests, sent.requests),
            "tokens": (self.tokens, sent.tokens),
        }
        stated = [limit for limit in stated_limits(headers, now) if self._is_per_minute(limit, now)]
        for kind, (bucket, charge) in pairs.items():
            limits = [limit for limit in stated if limit.kind == kind]
            told = [limit.per_minute for limit in limits if limit.per_minute is not None]
            if told and self._limits.follow_headers and min(told) != bucket.per_minute:
                self._adopt(bucket, min(told), now)
            for remaining in [limit.remaining for limit in limits if limit.remaining]:
                share = self._charges.used_share if kind == "tokens" else 1.0
                bucket.observe_remaining(charge, remaining, now, share)

    def pause(self, retry_after_s: float | None, now: float) -> None:
        """Take in a 429 of a request that has ended: pause or send less, where it shows a cause.

        A 429 among many answers concerns its own request only. Where refusals are many, the rate
        becomes what was accepted. Where nothing is accepted any more, the model pauses as long as
        the provider says; then requests go one at a time, after ever longer pauses, until one is.
        """
        self._advance(now)
        if retry_after_s is not None:
            retry_after_s = min(retry_after_s, LONGEST_HEEDED_S)
        share = self._search.add_refusal(now)
        if now < self._pause.until or self._pause.blocked:
            if self.in_flight == 0 and not self._pause.blocked:
                self._pause.block()
            self._pause.extend(retry_after_s, now)
            return
        shortened = not self._guessing and (
            self.requests.shorten_window() | self.tokens.shorten_window()
        )
        blocked = self.in_flight == 0 or self._search.is_blocked(share, now)
        if share is None and not blocked:
            return
        self._pause.start(retry_after_s, now, blocked=blocked)
        if self._guessing:
            self._guessing = False
            self.requests.set_limit((self.requests.per_minute or START_PER_MINUTE) / 2, now)
        elif share is not None and not blocked and not shortened:
            self._search.lower(share, self._allowed_per_s, now)
            self._apply_factor(now)

    def reduce_concurrency(self, now: float) -> None:
        """Allow fewer requests in flight: the provider is overloaded."""
        if now >= self._last_overloaded + _OVERLOADED_S:
            self._last_overloaded = now
            self._max_in_flight = max(1.0, self.in_flight * _OVERLOAD_FACTOR)

    def _is_per_minute(self, stated: StatedLimit, now: float) -> bool:
        """Return False for a limit per hour or day, which says nothing about a minute.

        A limit that was taken for one per minute before is taken back.
        """
        is_of_requests = stated.kind == "requests"
        configured = (
            self._limits.requests_per_minute if is_of_requests else self._limits.tokens_per_minute
        )
        bucket = self.requests if is_of_requests else self.tokens
        if (
            self._longer_windows.noticed(stated)
            and configured is not None
            and bucket.per_minute != configured
        ):
            self._adopt(bucket, configured, now)
        return self._longer_windows.is_per_minute(stated, configured)

    def _adopt(self, bucket: TokenBucket, per_minute: float, now: float) -> None:
        """Adopt a limit that the provider tells: earlier refusals were about another one."""
        if bucket is self.requests:
            self._guessing = self._guessed = False
        bucket.set_limit(per_minute, now)
        self._search.restart(now)
        self._apply_factor(now)

    @property
    def _allowed_per_s(self) -> float:
        """Return the requests per second that the limits admit."""
        return min(self.requests.rate, self.tokens.rate / max(1e-9, self.tokens.mean_charge))

    def _apply_factor(self, now: float) -> None:
        """Use the factor of the search; beyond 1 it raises a limit that was guessed."""
        if self._search.factor > 1 and self.requests.per_minute is not None:
            self.requests.set_limit(self.requests.per_minute * self._search.factor, now)
            self._search.factor = 1.0
        for bucket in (self.requests, self.tokens):
            bucket.rate_factor = self._search.factor

    def _advance(self, now: float) -> None:
        """Raise a guessed limit, and the rate after earlier 429s, as time passes."""
        if self._answered | self._pause.accepted(now):
            self._answered = False
            self._search.unblocked(self._allowed_per_s, now)
            self._apply_factor(now)
        if not self._guessing:
            largest = math.inf if self._guessed else 1.0
            self._search.advance(self._allowed_per_s, now, largest=largest)
            self._apply_factor(now)
        elif self._doubled_answered and now >= self._last_doubled + _DOUBLE_EVERY_S:
            self._last_doubled, self._doubled_answered = now, False
            self.requests.set_limit(2 * (self.requests.per_minute or START_PER_MINUTE), now)
