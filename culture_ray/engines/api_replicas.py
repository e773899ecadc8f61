"""Number of processes that an API model may need; pure.

A process holds hundreds of requests in flight and does not wait for the provider: it is a second
process only where the provider's limit is above what one can send.
"""

from __future__ import annotations

import math

from culture_ray.spending.limits import Limits

REQUESTS_PER_S = 200.0
"""Requests per second that one process sends and reads, measured on one core."""

TYPICAL_S = 10.0
"""Seconds for which a request is in flight, where answers are long."""

TYPICAL_TOKENS = 250.0
"""Tokens of a short request with its answer, to compare a limit on tokens with one on requests."""

USUAL_MOST = 4
"""Most replicas of a model that does not state their number; each takes 0.2 GiB."""

MOST = 16
"""Most replicas of any API model: more only take memory."""


def api_replicas(limits: Limits | None, in_flight: int, stated: int | None) -> int:
    """Return the most replicas of an API model.

    `stated` is the number in its YAML, at most MOST. Without one it follows from the provider's
    limit: as many as send that rate, and as have that many requests in flight. A model without
    limits learns them slowly, so it has one.
    """
    if stated is not None:
        return min(stated, MOST)
    per_s = requests_per_s(limits)
    if per_s is None:
        return 1
    processes = math.ceil(max(per_s / REQUESTS_PER_S, per_s * TYPICAL_S / in_flight))
    return min(max(1, processes), USUAL_MOST)


def requests_per_s(limits: Limits | None) -> float | None:
    """Return the requests per second that the stated limits admit; None if there are none."""
    if limits is None:
        return None
    per_minute = [
        limit
        for limit in (
            limits.requests_per_minute,
            limits.tokens_per_minute and limits.tokens_per_minute / TYPICAL_TOKENS,
        )
        if limit is not None
    ]
    return min(per_minute) / 60 if per_minute else None
