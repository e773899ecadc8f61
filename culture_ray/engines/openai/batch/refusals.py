"""Refusal of a whole batch, and the decision that follows; pure.

Nothing of a refused batch was processed, and nothing is billed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

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


def refusal_of(errors: Sequence[BatchError], count: int) -> Refusal:
    """Return what follows from the errors of a refused batch of `count` lines."""
    words = "; ".join(": ".join(filter(None, (e.code, e.message))) for e in errors[:_SHOWN])
    reason = scrub_message(f"the batch failed: {words or 'no reason given'}")[:600]
    if any(_NO_ROOM.search(f"{e.code} {e.message}") for e in errors):
        return Refusal("wait", reason)
    if any(_concerns_account(error) for error in errors):
        return Refusal("stop", reason)
    lines = frozenset(e.line - 1 for e in errors if e.line is not None and e.line <= count)
    return Refusal("without_lines", reason, lines) if lines else Refusal("halve", reason)


def _concerns_account(error: BatchError) -> bool:
    problem = Problem("status", error.message, None, error.code or None)
    return decide(problem).act == "stop" or bool(_ACCOUNT.search(f"{error.code} {error.message}"))
