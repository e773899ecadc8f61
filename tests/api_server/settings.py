"""What the server enforces and how it misbehaves; every field can be changed while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Fault = Literal[
    "rate", "quota", "unauthorised", "forbidden", "bad_request", "conflict", "error",
    "unavailable", "stall", "dropped_before", "dropped_after", "truncated", "refusal",
    "content_filter", "malformed", "length",
]  # fmt: skip
"""What may happen to a request; `stall`, `dropped_after`, `truncated` and later ones are billed."""


@dataclass(frozen=True)
class Limits:
    """The account's limits, per minute; null is no limit."""

    rpm: float | None = None
    tpm: float | None = None
    charge: Literal["sum", "max", "actual"] = "sum"
    """Against tpm: input + max_tokens; the larger of the two; or input, then what came out."""
    burst_s: float = 1.0
    """Continuous refill: so many seconds of the limit may come at once."""
    window_s: float = 0.0
    """Above 0: fixed windows of this length instead, each with its share of the limit."""
    headers: bool = True
    """Whether answers carry x-ratelimit-* and refusals Retry-After."""


@dataclass(frozen=True)
class Answers:
    """How long answers take and how long they are."""

    seconds: float = 0.02
    seconds_spread: float = 0.0
    """Uniform, on top of `seconds`."""
    shortest: int = 20
    longest: int = 120
    """Output tokens, derived from the request; max_tokens cuts them off."""
    cached: float = 0.0
    """Share of the input tokens that counts as cached."""
    tier: str | None = None
    """Tier said to have served a request, whatever it asked for."""


@dataclass(frozen=True)
class Storm:
    """Probabilities of faults, drawn for every request by itself."""

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
    """Set: every batch stands at this share of its lines, whatever the clock says."""
    expired: bool = False
    """Every batch that is not complete expires."""
    failing_lines: float = 0.0
    """Share of lines that end in the error file with status 500, unbilled."""


@dataclass(frozen=True)
class Money:
    """Dollars per million tokens, by this server's own count."""

    input: float = 2.0
    cached: float = 0.5
    output: float = 8.0
    halved: tuple[str, ...] = ("batch", "flex")


@dataclass(frozen=True)
class Settings:
    """Everything."""

    key: str = "test-key-0123456789"
    limits: Limits = field(default_factory=Limits)
    answers: Answers = field(default_factory=Answers)
    storm: Storm = field(default_factory=Storm)
    batching: Batching = field(default_factory=Batching)
    money: Money = field(default_factory=Money)
