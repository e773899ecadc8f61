"""Limits, answers and faults of the server; every field can be changed while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Fault = Literal[
    "rate", "quota", "unauthorised", "forbidden", "bad_request", "conflict", "error",
    "unavailable", "stall", "dropped_before", "dropped_after", "truncated", "refusal",
    "content_filter", "malformed", "length", "odd",
]  # fmt: skip
"""Faults of a request; `stall`, `dropped_after`, `truncated` and later ones are billed."""


@dataclass(frozen=True)
class Limits:
    """Limits of the account per minute; null means no limit."""

    rpm: float | None = None
    tpm: float | None = None
    charge: Literal["sum", "max", "actual"] = "sum"
    """Charge against tpm: input + max_tokens; the larger of the two; or input, then the output."""
    burst_s: float = 1.0
    """Continuous refill: seconds of the limit that may arrive at once."""
    window_s: float = 0.0
    """Above 0: fixed windows of this length instead, each with its share of the limit."""
    headers: bool = True
    """True if answers have x-ratelimit-* headers and 429s have Retry-After."""


@dataclass(frozen=True)
class Answers:
    """Latency and length of answers."""

    seconds: float = 0.02
    seconds_spread: float = 0.0
    """Range of a uniform addition to `seconds`."""
    shortest: int = 20
    longest: int = 120
    """Range of output tokens, derived from the request; max_tokens truncates them."""
    cached: float = 0.0
    """Share of the input tokens that counts as cached."""
    thoughts: Literal["none", "field", "marks"] = "none"
    """Thoughts before a text: none, in a field of their own, or between marks in the text."""
    thought_tokens: int = 0
    """Tokens of the thoughts; the output limit covers them."""
    tier: str | None = None
    """Tier reported for all requests; null reports the one requested."""


@dataclass(frozen=True)
class Storm:
    """Probabilities of faults, drawn independently for every request."""

    rates: dict[Fault, float] = field(default_factory=dict)
    stall_s: float = 30.0
    retry_after_s: float = 0.2
    seed: int = 1


@dataclass(frozen=True)
class Batching:
    """Limits and progress of batches."""

    most_requests: int = 50_000
    most_bytes: int = 200_000_000
    enqueued_tokens: float | None = None
    lines_per_s: float = 2000.0
    share: float | None = None
    """Share of its lines that every batch is at, regardless of the clock; None for the clock."""
    expired: bool = False
    """Every batch that is not complete expires."""
    failing_lines: float = 0.0
    """Share of lines that fail with status 500, unbilled, and go to the error file."""


@dataclass(frozen=True)
class Money:
    """Prices of the server, in dollars per million tokens."""

    input: float = 2.0
    cached: float = 0.5
    output: float = 8.0
    halved: tuple[str, ...] = ("batch", "flex")


@dataclass(frozen=True)
class Settings:
    """All settings of the server."""

    key: str = "test-key-0123456789"
    limits: Limits = field(default_factory=Limits)
    answers: Answers = field(default_factory=Answers)
    storm: Storm = field(default_factory=Storm)
    batching: Batching = field(default_factory=Batching)
    money: Money = field(default_factory=Money)
