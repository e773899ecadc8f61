"""State of a batch as its provider reports it, read into types; pure.

Providers differ in their words for a state, and in which fields they fill.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Phase = Literal["open", "running", "ended", "refused"]
"""Not begun; at work; over, with results in files; over before any request was processed."""

LONGEST_S = 48 * 3600.0
"""Age of a batch of which no expiry is known, after which its results are not waited for."""

GRACE_S = 2 * 3600.0
"""Time after the expiry, or after the cancellation was asked for, until which results are waited
for."""

_RUNNING = frozenset({"in_progress", "finalizing", "running", "processing", "executing"})
_CANCELLING = frozenset({"cancelling", "canceling"})
_CANCELLED = frozenset({"cancelled", "canceled"})
_FAILED = frozenset({"failed", "failure", "error", "errored", "rejected", "invalid"})
_ENDED = frozenset(
    {"completed", "complete", "succeeded", "success", "done", "ended", "finished", "expired",
     "timeout_exceeded", "timed_out", "partially_completed"}
)  # fmt: skip


@dataclass(frozen=True)
class BatchError:
    """Reason why a batch was refused."""

    code: str
    message: str
    line: int | None = None
    """Line of the input file that it concerns, from 1."""
    param: str | None = None
    """Field of the request that it concerns."""


@dataclass(frozen=True)
class BatchState:
    """State of a batch; times are in seconds since 1970 by the provider's clock."""

    status: str
    """The provider's word, in small letters."""
    output_file: str | None = None
    error_file: str | None = None
    answered: int = 0
    """Requests that the provider counts as completed; 0 if it does not count."""
    errors: tuple[BatchError, ...] = ()
    created_at: float | None = None
    expires_at: float | None = None
    cancelling_at: float | None = None
    ended_at: float | None = None

    @property
    def is_over(self) -> bool:
        """Return True if the provider says that the batch has ended, however it did."""
        return self.status in _ENDED | _CANCELLED | _FAILED or self.ended_at is not None

    @property
    def was_cancelled(self) -> bool:
        """Return True if its open requests were dropped because somebody cancelled it."""
        return self.status in _CANCELLED | _CANCELLING


def state_of(content: Mapping[str, Any]) -> BatchState:
    """Return the state in a decoded batch object; what is odd in it counts as absent."""
    counts = content.get("request_counts")
    answered = _number(counts.get("completed")) if isinstance(counts, Mapping) else None
    ends = ("completed_at", "failed_at", "expired_at", "cancelled_at")
    return BatchState(
        status=str(content.get("status") or "").strip().lower(),
        output_file=_text(content.get("output_file_id")),
        error_file=_text(content.get("error_file_id")),
        answered=int(answered or 0),
        errors=_errors(content.get("errors")),
        created_at=_number(content.get("created_at")),
        expires_at=_number(content.get("expires_at")),
        cancelling_at=_number(content.get("cancelling_at")),
        ended_at=next((at for name in ends if (at := _number(content.get(name)))), None),
    )


def phase_of(state: BatchState, created: float, now: float) -> Phase:
    """Return the phase of a batch whose journal record is from `created`, by our clock."""
    has_files = bool(state.output_file or state.error_file)
    if state.status in _FAILED:
        return "ended" if has_files else "refused"
    if state.is_over:
        return "ended"
    if now > created + _lifetime(state):
        return "ended"
    return "running" if state.status in _RUNNING or has_files else "open"


def _lifetime(state: BatchState) -> float:
    """Return the seconds from its creation after which a batch is not waited for any longer."""
    began = state.created_at
    ends = [LONGEST_S]
    if began is not None and state.expires_at is not None and state.expires_at > began:
        ends = [state.expires_at - began + GRACE_S]
    if began is not None and state.status in _CANCELLING and state.cancelling_at is not None:
        ends.append(state.cancelling_at - began + GRACE_S)
    return min(ends)


def _errors(content: Any) -> tuple[BatchError, ...]:
    entries = content.get("data") if isinstance(content, Mapping) else content
    if isinstance(entries, str):
        return (BatchError("", entries),)
    if not isinstance(entries, list):
        return ()
    return tuple(
        BatchError(
            str(entry.get("code") or ""),
            str(entry.get("message") or ""),
            _line(entry.get("line")),
            _text(entry.get("param")),
        )
        for entry in entries
        if isinstance(entry, Mapping)
    )


def _line(value: Any) -> int | None:
    number = _number(value)
    return None if number is None or number < 1 else int(number)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _number(value: Any) -> float | None:
    """Return a finite number that is not negative, also from its digits as text."""
    try:
        number = None if isinstance(value, bool) or value is None else float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if number is not None and 0 <= number < 1e15 else None
