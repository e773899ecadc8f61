"""Time of an API model's requests under its provider's limits; pure."""

from __future__ import annotations

import math

from culture_ray.engines.api_replicas import TYPICAL_S
from culture_ray.engines.model import Model
from culture_ray.spending.limiter import START_PER_MINUTE
from culture_ray.spending.limits import Limits


def api_seconds(
    model: Model, requests: int, prompt_tokens: float, output_tokens: float
) -> float | None:
    """Return the seconds that requests take at the lowest of the rates that hold them back.

    These are the stated requests and tokens per minute, and the requests in flight over the usual
    time of one. Without stated limits it is the rate at which a sweep starts; it sends more as soon
    as the provider allows it. Token counts are totals over the requests. None for batches, which a
    provider may take a day for.
    """
    if model.engine == "openai_batch":
        return None
    if not requests:
        return 0.0
    limits = model.limits or Limits()
    counted = _counted_tokens(limits, prompt_tokens / requests, output_tokens / requests)
    in_flight = model.in_flight * model.replicas_at_most
    per_minute = [60 * in_flight / TYPICAL_S]
    if limits.requests_per_minute is not None:
        per_minute.append(limits.requests_per_minute)
    if limits.tokens_per_minute is not None and counted:
        per_minute.append(limits.tokens_per_minute / counted)
    if limits.requests_per_minute is None and limits.tokens_per_minute is None:
        per_minute.append(START_PER_MINUTE)
    seconds = 60 * requests / min(per_minute)
    return seconds if math.isfinite(seconds) else None


def _counted_tokens(limits: Limits, prompt: float, output: float) -> float:
    """Return the tokens of one request that the provider counts against its limit, at most."""
    return max(prompt, output) if limits.charge == "max" else prompt + output
