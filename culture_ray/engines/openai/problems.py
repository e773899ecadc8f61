"""Problems of an attempt, and the decision that follows from each; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from culture_ray.redaction.secrets import scrub_message

Kind = Literal["status", "timeout", "connection", "unsent", "body"]
"""HTTP error; timeout; lost connection; never left this machine; unreadable body."""

_QUOTA = frozenset(
    {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "access_terminated"}
)
_ALWAYS_TOO_LARGE = ("request too large",)
_LOST_UNBILLED = frozenset({"batch_expired", "batch_cancelled"})


@dataclass(frozen=True)
class Problem:
    """Problem of one attempt."""

    kind: Kind
    message: str
    status: int | None = None
    code: str | None = None
    """Error code or type of the provider."""
    param: str | None = None
    """Field of the request that it refers to."""
    retry_after_s: float | None = None


@dataclass(frozen=True)
class Decision:
    """Consequence of a problem: next action, billing, and the reason in words."""

    act: Literal["wait", "retry", "repair", "record", "stop"]
    """Pause, then send again; send again; send again once; record the failure; stop the model."""
    billed: Literal["nothing", "unknown"]
    """Unknown: the maximum cost stays charged."""
    reason: str
    busy: bool = False
    """The server is overloaded: allow fewer requests in flight."""


def decide(problem: Problem) -> Decision:
    """Return the decision that follows from a problem."""
    reason = _describe(problem)
    match problem.kind:
        case "unsent":
            return Decision("retry", "nothing", reason, busy=True)
        case "timeout" | "connection":
            return Decision("retry", "unknown", reason, busy=True)
        case "body":
            return Decision("repair", "unknown", reason)
    status = problem.status or 0
    if problem.code in _LOST_UNBILLED:
        return Decision("retry", "nothing", reason)
    if problem.code in _QUOTA:
        return Decision("stop", "nothing", reason)
    if status == 429:
        if any(words in problem.message.lower() for words in _ALWAYS_TOO_LARGE):
            return Decision("record", "nothing", reason)
        return Decision("wait", "nothing", reason)
    if status in (401, 403, 404):
        return Decision("stop", "nothing", reason)
    if status == 408:
        return Decision("retry", "unknown", reason, busy=True)
    if status == 409:
        return Decision("retry", "nothing", reason)
    if status >= 500:
        return Decision("retry", "unknown", reason, busy=True)
    return Decision("record", "nothing", reason)


def backoff_s(attempt: int, chance: float, *, first: float = 0.5, longest: float = 60.0) -> float:
    """Return the seconds to wait before attempt number `attempt` (2, 3, ...).

    Exponential backoff with jitter: doubles each time, and `chance` in 0..1 spreads it over the
    upper half, so that requests that failed together are not repeated together.
    """
    return min(longest, first * 2.0 ** (attempt - 2)) * (0.5 + 0.5 * chance)


def _describe(problem: Problem) -> str:
    summary = {
        "status": f"HTTP {problem.status}",
        "timeout": "no answer in time",
        "connection": "connection lost",
        "unsent": "could not connect",
        "body": "unreadable answer",
    }[problem.kind]
    code = scrub_message(f" {problem.code}") if problem.code else ""
    message = scrub_message(" ".join(problem.message.split()))[:300]
    return f"{summary}{code}: {message}" if message else f"{summary}{code}"
