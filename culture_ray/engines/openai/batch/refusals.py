"""Refusal of a whole batch, and its division until the refused requests are found; pure.

Nothing of a refused batch was processed, and nothing is billed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from typing import Literal

from culture_ray.engines.openai.batch.queue import PendingRequest
from culture_ray.engines.openai.batch.states import BatchError
from culture_ray.engines.openai.problems import Problem, decide
from culture_ray.redaction.secrets import scrub_message

_NO_ROOM = re.compile(r"token_limit_exceeded|enqueued[ _]token", re.IGNORECASE)
_ACCOUNT = re.compile(
    r"billing|quota|credit|payment|insufficient|balance|deactivated|suspended|unauthori[sz]ed|"
    r"permission|api.key",
    re.IGNORECASE,
)
_SHOWN = 3
"""Errors that a reason names."""


@dataclass(frozen=True)
class Refusal:
    """Consequence of a refused batch, and its reason in words."""

    act: Literal["again", "wait", "stop", "without_lines", "halve"]
    """Send again; wait for room at the provider; stop the model; send the other lines without the
    named ones; send each half on its own."""
    reason: str
    lines: frozenset[int] = frozenset()
    """Places of the named lines in the input file, from 0."""
    errors: tuple[BatchError, ...] = ()
    """Errors of a batch that does not concern the account or the room at the provider."""


@dataclass(frozen=True)
class Division:
    """Batches to send in place of a refused one, and requests that are refused for good."""

    groups: tuple[tuple[PendingRequest, ...], ...]
    refused: tuple[PendingRequest, ...]


def refusal_of(errors: Sequence[BatchError], count: int) -> Refusal:
    """Return the consequence of the errors of a refused batch of `count` lines."""
    words = "; ".join(": ".join(filter(None, (e.code, e.message))) for e in errors[:_SHOWN])
    reason = scrub_message(f"the batch failed: {words or 'no reason given'}")[:600]
    if any(_NO_ROOM.search(f"{e.code} {e.message}") for e in errors):
        return Refusal("wait", reason)
    if any(_concerns_account(error) for error in errors):
        return Refusal("stop", reason)
    lines = frozenset(e.line - 1 for e in errors if e.line is not None and e.line <= count)
    return Refusal("without_lines" if lines else "halve", reason, lines, tuple(errors))


def divide(requests: Sequence[PendingRequest | None], named: Set[int]) -> Division:
    """Return the division of a refused batch; `named` are the places of the lines to blame.

    `requests` are those of the batch in the order of its lines, None if nobody waits for one. A
    named request is sent once more, without the others, and refused when it is named again. Without
    names the batch is halved, and a request that was alone is refused.
    """
    waited = [request for request in requests if request is not None]
    blamed = {id(requests[place]) for place in named if place < len(requests)}
    if not blamed:
        if len(waited) <= 1:
            return Division((), tuple(waited))
        middle = len(waited) // 2
        return Division((tuple(waited[:middle]), tuple(waited[middle:])), ())
    others = tuple(request for request in waited if id(request) not in blamed)
    suspects = [request for request in waited if id(request) in blamed]
    again = tuple(replace(r, refused=r.refused + 1) for r in suspects if not r.refused)
    groups = tuple(group for group in (others, again) if group)
    return Division(groups, tuple(request for request in suspects if request.refused))


def _concerns_account(error: BatchError) -> bool:
    problem = Problem("status", error.message, None, error.code or None)
    return decide(problem).act == "stop" or bool(_ACCOUNT.search(f"{error.code} {error.message}"))
