"""What to do about what went wrong: a pure function of the kind of problem."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["status", "timeout", "connection", "unsent", "body"]
"""An HTTP error; no answer in time; a lost connection; never left this machine; unreadable."""

_QUOTA = frozenset(
    {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "access_terminated"}
)
_NO_ROOM_EVER = ("request too large",)
_LOST_UNBILLED = frozenset({"batch_expired", "batch_cancelled"})


@dataclass(frozen=True)
class Problem:
    """One thing that went wrong with one attempt."""

    kind: Kind
    message: str
    status: int | None = None
    code: str | None = None
    """The provider's own code or type of the error."""
    param: str | None = None
    """Which field of the request it is about."""
    retry_after_s: float | None = None


@dataclass(frozen=True)
class Decision:
    """What follows from a problem."""

    act: Literal["wait", "retry", "repair", "record", "stop"]
    """Send nothing for a while, then again; send again; send again once; keep the reason; stop the
    model."""
    billed: Literal["nothing", "unknown"]
    """Unknown: the most it can cost stays charged."""
    why: str
    busy: bool = False
    """The server is short of capacity: have fewer requests in flight."""


def decide(problem: Problem) -> Decision:
    """Return what follows from a problem."""
    why = _words(problem)
    match problem.kind:
        case "unsent":
            return Decision("retry", "nothing", why, busy=True)
        case "timeout" | "connection":
            return Decision("retry", "unknown", why, busy=True)
        case "body":
            return Decision("repair", "unknown", why)
    status = problem.status or 0
    if problem.code in _LOST_UNBILLED:
        return Decision("retry", "nothing", why)
    if problem.code in _QUOTA:
        return Decision("stop", "nothing", why)
    if status == 429:
        if any(words in problem.message.lower() for words in _NO_ROOM_EVER):
            return Decision("record", "nothing", why)
        return Decision("wait", "nothing", why)
    if status in (401, 403, 404):
        return Decision("stop", "nothing", why)
    if status == 408:
        return Decision("retry", "unknown", why, busy=True)
    if status == 409:
        return Decision("retry", "nothing", why)
    if status >= 500:
        return Decision("retry", "unknown", why, busy=True)
    return Decision("record", "nothing", why)


def pause_s(attempt: int, chance: float, *, first: float = 0.5, most: float = 60.0) -> float:
    """Return how long to wait before attempt number `attempt` (2, 3, ...), in seconds.

    Doubles each time; `chance` in 0..1 spreads it over the upper half, so that requests that
    failed together do not come back together.
    """
    return min(most, first * 2.0 ** (attempt - 2)) * (0.5 + 0.5 * chance)


def _words(problem: Problem) -> str:
    about = {
        "status": f"HTTP {problem.status}",
        "timeout": "no answer in time",
        "connection": "connection lost",
        "unsent": "could not connect",
        "body": "unreadable answer",
    }[problem.kind]
    code = f" {problem.code}" if problem.code else ""
    said = " ".join(problem.message.split())[:300]
    return f"{about}{code}: {said}" if said else f"{about}{code}"
