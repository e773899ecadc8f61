"""Evidence on whether a request fails by itself, or with the whole model."""

from __future__ import annotations

import secrets
from collections import deque
from dataclasses import replace

from culture_ray.engines.interface import Request

CHANCE = 1e-4
"""A request that failed this improbably, at the rate at which others fail, fails by itself."""

_REMEMBERED = 50
_CONTROL, _CONTROL_TOKENS = "control-", 16


class Evidence:
    """Outcomes of the last attempts to other requests, and when the model last answered."""

    def __init__(self) -> None:
        self._recent: deque[tuple[str, bool]] = deque(maxlen=_REMEMBERED)
        """(request id, whether it was answered)."""
        self._answered_sent_at = float("-inf")

    def add(self, request_id: str, sent_at: float, *, answered: bool) -> None:
        """Add the outcome of an attempt that was sent at `sent_at`."""
        self._recent.append((request_id, answered))
        if answered:
            self._answered_sent_at = max(self._answered_sent_at, sent_at)

    def answered_since(self, at: float) -> bool:
        """Return True if the model has answered an attempt that was sent after `at`."""
        return self._answered_sent_at > at

    def is_own(self, request_id: str, failures: int) -> bool:
        """Return True if so many failures of one request are no chance while others fail so."""
        others = [answered for other, answered in self._recent if other != request_id]
        if not any(others):
            return False
        share = others.count(False) / len(others)
        return share**failures < CHANCE


def is_control(request_id: str) -> bool:
    """Return True for the id of a control request."""
    return request_id.startswith(_CONTROL)


def control_of(request: Request) -> Request:
    """Return a short request of the same form, whose answer shows that the model answers.

    It has the schema, options and sampling of `request`, so that the server refuses it for the same
    settings, and a text of its own.
    """
    tokens = min(request.sampling.max_tokens, _CONTROL_TOKENS)
    sampling = replace(request.sampling, max_tokens=tokens)
    system = "Answer in one word." if request.system else ""
    name = f"{_CONTROL}{secrets.token_hex(4)}"
    return replace(
        request, request_id=name, prompt=_PROMPT, system=system, turns=(), sampling=sampling
    )


_PROMPT = "Is water wet? Answer with the word yes or no."
