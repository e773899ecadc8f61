"""Simulated provider with its own counts, and clients that send through a limiter."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from culture_ray.spending.account import TokenUsage, UsageBound
from culture_ray.spending.limiter import Limiter, SentRequest
from culture_ray.spending.limits import Limits

LATENCY_S = 5.0


@dataclass
class Provider:
    """Provider that counts requests and tokens by its own rule, in buckets or fixed windows."""

    requests_per_minute: float
    tokens_per_minute: float
    charge: str = "sum"
    window_s: float | None = None
    """Length of fixed windows; null: buckets instead."""
    holds_s: float = 60.0
    """Seconds of its limit that a bucket holds."""
    sends_headers: bool = True
    by_chance: float = 0.0
    """Share of requests that it refuses whatever their rate."""
    chance_seed: int = 7
    retry_after_s: float | None = 1.0
    refused: int = 0
    refused_late: int = 0
    """After the first 30 s."""
    counted: dict[str, float] = field(default_factory=lambda: {"requests": 0.0, "tokens": 0.0})
    _state: dict[str, tuple[float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.chance_seed)

    def admit(self, at: float, bound: UsageBound, usage: TokenUsage) -> bool:
        if self._chance.random() < self.by_chance:
            self.refused += 1
            self.refused_late += at > 30
            return False
        costs = {"requests": 1.0, "tokens": self.cost(bound, usage)}
        left = {kind: self.left(kind, at) for kind in costs}
        if any(costs[kind] > left[kind] + 1e-6 for kind in costs):
            self.refused += 1
            self.refused_late += at > 30
            return False
        for kind, cost in costs.items():
            self._state[kind] = (at, left[kind] - cost)
        return True

    def finish(self, at: float, bound: UsageBound, usage: TokenUsage) -> None:
        if self.charge == "actual":
            self.give(at, bound.output_tokens - usage.output_tokens)

    def headers(self, at: float) -> Mapping[str, str]:
        if not self.sends_headers:
            return {}
        return {
            "x-ratelimit-limit-requests": f"{self.requests_per_minute:.0f}",
            "x-ratelimit-limit-tokens": f"{self.tokens_per_minute:.0f}",
            "x-ratelimit-remaining-requests": f"{self.left('requests', at):.0f}",
            "x-ratelimit-remaining-tokens": f"{self.left('tokens', at):.0f}",
            "x-ratelimit-reset-requests": "1s",  # shorter than a minute, which is all it tells
            "x-ratelimit-reset-tokens": "1s",
        }

    def cost(self, bound: UsageBound, usage: TokenUsage) -> float:
        if self.charge == "max":
            return max(bound.output_tokens, bound.input_characters / 4)
        return usage.input_tokens + bound.output_tokens

    def give(self, at: float, tokens: float) -> None:
        left = self.left("tokens", at) + tokens
        self._state["tokens"] = (at, min(left, self._holds("tokens")))

    def left(self, kind: str, at: float) -> float:
        holds = self._holds(kind)
        before, left = self._state.get(kind, (at, holds))
        if self.window_s is not None:
            return left if at // self.window_s == before // self.window_s else holds
        per_minute = holds * 60 / self.holds_s
        return min(holds, left + per_minute * max(0.0, at - before) / 60)

    def _holds(self, kind: str) -> float:
        per_minute = self.requests_per_minute if kind == "requests" else self.tokens_per_minute
        return per_minute * (self.window_s or self.holds_s) / 60


Draw = Callable[[random.Random], tuple[UsageBound, TokenUsage]]


def typical(chance: random.Random) -> tuple[UsageBound, TokenUsage]:
    """Draw an interview prompt whose answer has an unknown length, at most 600 tokens."""
    characters = chance.randint(700, 1100)
    words = int(characters / chance.uniform(3.5, 3.9))
    usage = TokenUsage(words, min(600, int(chance.lognormvariate(5.5, 0.6))))
    return UsageBound(
        "r", "elicit", int(characters * 1.03), 600, input_characters=characters
    ), usage


@dataclass
class SimulationResult:
    """Result of a simulation."""

    requests: float
    tokens: float
    """Requests and tokens per minute counted by the provider, from the second minute on."""
    refused: int
    refused_late: int
    sent: list[tuple[float, float]]
    """(arrival time, true charge) of each request."""


def run(
    limits: Limits, provider: Provider, draw: Draw = typical, *, minutes: float = 4, seed: int = 0
) -> SimulationResult:
    """Send as fast as the limiter allows, and return the provider's counts."""
    chance, order = random.Random(seed), itertools.count()
    limiter = Limiter(limits, 0.0)
    events: list[tuple[float, int, str, tuple[UsageBound, TokenUsage], SentRequest | None]] = []
    now, sent, counted = 0.0, [], {"requests": 0.0, "tokens": 0.0}
    pending = draw(chance)
    while now < 60 * minutes:
        due = limiter.earliest(pending[0], now)
        while due <= now + 0.25:
            sent_request = limiter.charge(pending[0], due)
            arrives = due + chance.uniform(0.001, 0.006)
            heapq.heappush(events, (arrives, next(order), "arrive", pending, sent_request))
            pending = draw(chance)
            due = limiter.earliest(pending[0], now)
        turn = min(due, now + 0.25)
        if not events or turn < events[0][0]:
            now = max(turn, now + 1e-3)
            continue
        now, _, what, (bound, usage), sent_request = heapq.heappop(events)
        assert sent_request is not None
        if what == "arrive":
            if not provider.admit(now, bound, usage):
                limiter.observe_headers(sent_request, provider.headers(now), now)
                limiter.release(sent_request)
                limiter.pause(provider.retry_after_s, now)
                continue
            sent.append((now, provider.cost(bound, usage)))
            if now > 60:
                counted["requests"] += 1
                used = usage.input_tokens + usage.output_tokens
                true = used if provider.charge == "actual" else provider.cost(bound, usage)
                counted["tokens"] += true
            takes = chance.uniform(0.2, 2.0) * LATENCY_S
            heapq.heappush(
                events, (now + takes, next(order), "answer", (bound, usage), sent_request)
            )
        else:
            provider.finish(now, bound, usage)
            limiter.observe_headers(sent_request, provider.headers(now), now)
            limiter.settle(sent_request, usage)
    spent = minutes - 1
    return SimulationResult(
        counted["requests"] / spent,
        counted["tokens"] / spent,
        provider.refused,
        provider.refused_late,
        sent,
    )
