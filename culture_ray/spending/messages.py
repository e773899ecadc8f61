"""Messages between workers and the governor; all of them pickle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from culture_ray.errors import CultureRayError
from culture_ray.spending.account import TokenUsage, UsageBound
from culture_ray.spending.breaker import Outage, PassingFault


@dataclass(frozen=True)
class Reserve:
    """Request to reserve the maximum cost of an attempt, and a turn under the rate limit."""

    ticket: str
    model: str
    bound: UsageBound


@dataclass(frozen=True)
class Settle:
    """Billed token counts of an attempt."""

    ticket: str
    model: str
    usage: TokenUsage


@dataclass(frozen=True)
class Void:
    """Cancellation of a reservation; `sent` is False if the request never left the worker."""

    ticket: str
    reason: str
    sent: bool = True


@dataclass(frozen=True)
class MarkUnresolved:
    """Notice that the cost of an attempt will never be known."""

    ticket: str
    reason: str


@dataclass(frozen=True)
class RateLimitHeaders:
    """The rate-limit headers of an answer."""

    ticket: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class RateLimited:
    """Notice of a 429 response for a model."""

    model: str
    retry_after_s: float | None


@dataclass(frozen=True)
class Overloaded:
    """Notice of a 5xx, a timeout or a lost connection for a model."""

    model: str


@dataclass(frozen=True)
class Answered:
    """Notice that a model has answered an attempt."""

    ticket: str
    model: str


@dataclass(frozen=True)
class Unavailable:
    """Notice of a passing fault of an attempt."""

    ticket: str
    model: str
    fault: PassingFault


@dataclass(frozen=True)
class StopModel:
    """Notice that no request to a model can succeed any more."""

    model: str
    reason: str


@dataclass(frozen=True)
class ModelNotice:
    """Sentence on a model for the user, such as a parameter that had to be left out."""

    model: str
    sentence: str


@dataclass(frozen=True)
class InFlight:
    """Attempts of a worker that are in flight, reported to a governor that has restarted."""

    tickets: Sequence[str]


Message = (
    Reserve
    | Settle
    | Void
    | MarkUnresolved
    | RateLimitHeaders
    | RateLimited
    | Overloaded
    | Answered
    | Unavailable
    | StopModel
    | ModelNotice
    | InFlight
)


@dataclass(frozen=True)
class Admission:
    """Decision on a reservation: send after `delay` seconds, or the error that refuses it."""

    ticket: str
    delay: float = 0.0
    error: CultureRayError | None = None
    decided_at: float | None = None
    """Time of the decision on the governor's clock; `delay` counts from then."""


@dataclass(frozen=True)
class Overview:
    """State of a run's accounts, for its driver."""

    dollars: Mapping[str, float]
    """Amount charged to each model."""
    outages: Mapping[str, Outage]
    """Outage of each model whose requests wait for its provider."""
    notices: Sequence[tuple[str, str]] = ()
    """Sentences for the user as (model, sentence), in the order in which they came."""


@dataclass(frozen=True)
class Reply:
    """Admissions that are ready for one worker."""

    governor: str
    """Id of the governor that answers; a new id means that it has restarted and forgotten what was
    queued."""
    admissions: Sequence[Admission]
