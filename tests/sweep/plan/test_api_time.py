"""The time of an API model's requests follows from the limits that hold them back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from culture_ray.engines.model import Model
from culture_ray.spending.limiter import START_PER_MINUTE
from culture_ray.spending.limits import Limits
from culture_ray.sweep.plan.api_time import api_seconds

MODEL = Model("openai", "gpt", "gpt-4o", in_flight=500)


def seconds(limits: Limits | None, requests: int = 600, model: Model = MODEL) -> float | None:
    """Time of requests with 400 tokens of prompt and 100 of output each."""
    limited = replace(model, limits=limits)
    return api_seconds(limited, requests, 400.0 * requests, 100.0 * requests)


@pytest.mark.parametrize(
    ("limits", "minutes"),
    [
        (Limits(requests_per_minute=60), 10),
        (Limits(tokens_per_minute=50_000), 6),
        (Limits(requests_per_minute=60, tokens_per_minute=50_000), 10),
        (Limits(requests_per_minute=600, tokens_per_minute=50_000), 6),
        (Limits(tokens_per_minute=50_000, charge="max"), 4.8),
        (None, 600 / START_PER_MINUTE),
    ],
)
def test_the_lowest_rate_counts(limits: Limits | None, minutes: float) -> None:
    assert seconds(limits) == pytest.approx(60 * minutes)


def test_requests_in_flight_are_a_limit_too() -> None:
    one_by_one = replace(MODEL, in_flight=1, most_replicas=1)
    assert seconds(Limits(requests_per_minute=1e9), model=one_by_one) == pytest.approx(6000)


def test_a_batch_takes_as_long_as_its_provider_likes() -> None:
    assert seconds(None, model=replace(MODEL, engine="openai_batch")) is None
    assert seconds(None, requests=0) == 0.0
