"""Problems of an attempt, and the decision that follows from each; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from culture_ray.redaction.secrets import scrub_message
from culture_ray.spending.account import TokenUsage

Kind = Literal["status", "timeout", "connection", "unsent", "body"]
"""HTTP error; timeout; lost connection; never left this machine; unreadable body."""

_QUOTA = frozenset(
    {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "access_terminated",
     "exceeded_current_quota_error"}
)  # fmt: skip
_NO_CREDIT = re.compile(
    r"insufficient[ _](?:balance|credits?|funds|quota)|(?:used|spent) all (?:\w+ )?credits"
    r"|(?:out of|not enough) credits?|spend(?:ing)?[ _](?:limit|cap)|balance is too low"
    r"|please recharge|\barrears\b|account\b.{0,80}\b(?:suspended|deactivated)",
    re.IGNORECASE,
)
"""Words of a 429 that no waiting ends: Moonshot, xAI and Z.ai have no status of its own for it."""

_ALWAYS_TOO_LARGE = ("request too large",)
LOST_UNBILLED = frozenset({"batch_expired", "batch_cancelled"})
"""Errors of requests in a batch that were never executed."""

_UNBILLED = frozenset({502, 503, 521, 522, 523, 525, 526, 529, 530})
"""Server errors of a gateway that got no answer from the model, or of a server that takes no more
requests: nothing was generated. After 500, 504 and 524 it may have been."""

_PASSING = frozenset({409, 423, 424, 425, 498})
"""Refusals that pass: conflicts, a dependency that failed, and a tier without room."""

_BROKEN_OFF = frozenset({408, 499})
"""Requests that the server gave up while it worked on them: 499 is Google's and nginx's status."""

_UNSUITABLE_ANSWER = frozenset({"json_validate_failed", "tool_use_failed"})
"""Codes of answers that the model gave and the provider could not bring into the form asked for."""

_MODEL_WIDE = frozenset({300, 301, 302, 303, 307, 308, 401, 402, 403, 404, 405, 407, 410, 426, 451})
"""Statuses that mostly refuse the key, the account, the address or the model."""

_MODERATED = re.compile(
    r"moderation|\bflagged\b|content[ _-]?(?:policy|filter|management)|safety (?:system|filter)"
    r"|data_inspection_failed|inappropriate content",
    re.IGNORECASE,
)
_CERTIFICATE = re.compile(r"certificate|self.signed|hostname mismatch", re.IGNORECASE)
_TOO_LONG = re.compile(
    r"context[ _]length|maximum context|too many tokens|(?:prompt|input) is too long", re.IGNORECASE
)


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
    usage: TokenUsage | None = None
    """Reported usage; None if it is unknown."""


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
    certain: bool = False
    """True if the refusal is surely about this request alone, whatever it is of the model."""


def decide(problem: Problem) -> Decision:
    """Return the decision that follows from a problem."""
    reason = _describe(problem)
    match problem.kind:
        case "unsent" if _CERTIFICATE.search(problem.message):
            return Decision("stop", "nothing", reason)
        case "unsent":
            return Decision("retry", "nothing", reason, busy=True)
        case "timeout" | "connection":
            return Decision("retry", "unknown", reason, busy=True)
        case "body":
            return Decision("repair", "unknown", reason)
        case "status":
            return _decide_status(problem, problem.status or 0, reason)


def backoff_s(attempt: int, chance: float, *, first: float = 0.5, longest: float = 60.0) -> float:
    """Return the seconds to wait before attempt number `attempt` (2, 3, ...).

    Exponential backoff with jitter: doubles each time, and `chance` in 0..1 spreads it over the
    upper half, so that requests that failed together are not repeated together.
    """
    return min(longest, first * 2.0 ** min(attempt - 2, 60)) * (0.5 + 0.5 * chance)


def _decide_status(problem: Problem, status: int, reason: str) -> Decision:
    if problem.code in LOST_UNBILLED:
        return Decision("retry", "nothing", reason)
    if problem.code in _QUOTA:
        return Decision("stop", "nothing", reason)
    if status == 429:
        if any(words in problem.message.lower() for words in _ALWAYS_TOO_LARGE):
            return Decision("record", "nothing", reason, certain=True)
        if problem.retry_after_s is None and _NO_CREDIT.search(f"{problem.code} {problem.message}"):
            return Decision("stop", "nothing", reason)
        return Decision("wait", "nothing", reason)
    if status in (400, 403, 422) and _MODERATED.search(f"{problem.code} {problem.message}"):
        return Decision("record", "nothing", f"refused by moderation: {reason}", certain=True)
    if status in _MODEL_WIDE:
        return Decision("stop", "nothing", reason)
    if status in _BROKEN_OFF:
        return Decision("retry", "unknown", reason, busy=True)
    if status in _PASSING:
        return Decision("retry", "nothing", reason)
    if problem.code in _UNSUITABLE_ANSWER:
        return Decision("repair", "unknown", reason)
    if status >= 500 and status != 501:
        billed: Literal["nothing", "unknown"] = "nothing" if status in _UNBILLED else "unknown"
        return Decision("retry", billed, reason, busy=True)
    too_long = status == 413 or _TOO_LONG.search(f"{problem.code} {problem.message}") is not None
    return Decision("record", "nothing", reason, certain=too_long)


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
