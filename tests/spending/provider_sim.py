"""A provider that counts, and clients that ask it through a limiter, in simulated time."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from culture_ray.spending.account import Ask, TokenUsage
from culture_ray.spending.limiter import Limiter, Limits, Sent

LATENCY_S = 5.0


@dataclass
class Provider:
    """Counts requests and tokens by its own rule, in buckets or in fixed windows."""

    requests_per_minute: float
    tokens_per_minute: float
    charge: str = "sum"
    window_s: float | None = None
    """Null: buckets that hold a minute."""
    holds_s: float = 60.0
    """How much of its limits a bucket holds."""
    says: bool = True
    """Whether it sends headers."""
    refused: int = 0
    refused_late: int = 0
    """After the first 30 s."""
    counted: dict[str, float] = field(default_factory=lambda: {"requests": 0.0, "tokens": 0.0})
    _state: dict[str, tuple[float, float]] = field(default_factory=dict)

    def admit(self, at: float, ask: Ask, usage: TokenUsage) -> bool:
        costs = {"requests": 1.0, "tokens": self.cost(ask, usage)}
        left = {kind: self.left(kind, at) for kind in costs}
        if any(costs[kind] > left[kind] + 1e-6 for kind in costs):
            self.refused += 1
            self.refused_late += at > 30
            return False
        for kind, cost in costs.items():
            self._state[kind] = (at, left[kind] - cost)
        return True

    def finish(self, at: float, ask: Ask, usage: TokenUsage) -> None:
        if self.charge == "actual":
            self.give(at, ask.output_tokens - usage.output_tokens)

    def headers(self, at: float) -> Mapping[str, str]:
        if not self.says:
            return {}
        return {
            "x-ratelimit-limit-requests": f"{self.requests_per_minute:.0f}",
            "x-ratelimit-limit-tokens": f"{self.tokens_per_minute:.0f}",
            "x-ratelimit-remaining-requests": f"{self.left('requests', at):.0f}",
            "x-ratelimit-remaining-tokens": f"{self.left('tokens', at):.0f}",
        }

    def cost(self, ask: Ask, usage: TokenUsage) -> float:
        if self.charge == "max":
            return max(ask.output_tokens, ask.input_characters / 4)
        return usage.input_tokens + ask.output_tokens

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


Draw = Callable[[random.Random], tuple[Ask, TokenUsage]]


def typical(chance: random.Random) -> tuple[Ask, TokenUsage]:
    """Interview prompts: the length of the answer is unknown, 600 tokens at most."""
    characters = chance.randint(700, 1100)
    words = int(characters / chance.uniform(3.5, 3.9))
    usage = TokenUsage(words, min(600, int(chance.lognormvariate(5.5, 0.6))))
    return Ask("r", "elicit", int(characters * 1.03), 600, input_characters=characters), usage


@dataclass
class Ran:
    """What came of a simulation."""

    requests: float
    tokens: float
    """Per minute that the provider counted, from the second minute on."""
    refused: int
    refused_late: int
    sent: list[tuple[float, float]]
    """When each request arrived, and its true charge."""


def run(
    limits: Limits, provider: Provider, draw: Draw = typical, *, minutes: float = 4, seed: int = 0
) -> Ran:
    """Keep asking as fast as the limiter lets it, and return what the provider saw."""
    chance, order = random.Random(seed), itertools.count()
    limiter = Limiter(limits, 0.0)
    events: list[tuple[float, int, str, tuple[Ask, TokenUsage], Sent | None]] = []
    now, sent, counted = 0.0, [], {"requests": 0.0, "tokens": 0.0}
    pending = draw(chance)
    while now < 60 * minutes:
        due = limiter.ready(pending[0], now)
        while due <= now + 0.25:
            ticket = limiter.take(pending[0], due)
            arrives = due + chance.uniform(0.001, 0.006)
            heapq.heappush(events, (arrives, next(order), "arrive", pending, ticket))
            pending = draw(chance)
            due = limiter.ready(pending[0], now)
        turn = min(due, now + 0.25)
        if not events or turn < events[0][0]:
            now = max(turn, now + 1e-3)
            continue
        now, _, what, (ask, usage), ticket = heapq.heappop(events)
        assert ticket is not None
        if what == "arrive":
            if not provider.admit(now, ask, usage):
                limiter.heard(ticket, provider.headers(now), now)
                limiter.ended(ticket)
                limiter.hold(1.0, now)
                continue
            sent.append((now, provider.cost(ask, usage)))
            if now > 60:
                counted["requests"] += 1
                used = usage.input_tokens + usage.output_tokens
                true = used if provider.charge == "actual" else provider.cost(ask, usage)
                counted["tokens"] += true
            takes = chance.uniform(0.2, 2.0) * LATENCY_S
            heapq.heappush(events, (now + takes, next(order), "answer", (ask, usage), ticket))
        else:
            provider.finish(now, ask, usage)
            limiter.heard(ticket, provider.headers(now), now)
            limiter.settled(ticket, usage)
    spent = minutes - 1
    return Ran(
        counted["requests"] / spent,
        counted["tokens"] / spent,
        provider.refused,
        provider.refused_late,
        sent,
    )
