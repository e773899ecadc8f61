from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.engines.api_replicas import MOST, USUAL_MOST, api_replicas
from culture_ray.engines.model import Model
from culture_ray.spending.limits import Limits
from culture_ray.sweep.execute.placement import spec_of


@pytest.mark.parametrize(
    ("limits", "in_flight", "replicas"),
    [
        (None, 64, 1),
        (Limits(), 64, 1),
        (Limits(600), 256, 1),
        (Limits(600), 100, 1),
        (Limits(606), 100, 2),
        (Limits(12_000), 4000, 1),
        (Limits(12_001), 4000, 2),
        (Limits(10_000_000), 4000, USUAL_MOST),
        (Limits(None, 150_000), 100, 1),
        (Limits(None, 165_000), 100, 2),
        (Limits(10_000_000, 150_000), 100, 1),
        (Limits(600, 10_000_000), 100, 1),
        (Limits(0.5), 256, 1),
    ],
)
def test_an_api_model_has_the_replicas_that_its_limit_needs(
    limits: Limits | None, in_flight: int, replicas: int
) -> None:
    assert api_replicas(limits, in_flight, None) == replicas


@given(
    limit=st.none() | st.floats(0.001, 1e12),
    tokens=st.none() | st.floats(0.001, 1e15),
    in_flight=st.integers(1, 10**6),
    stated=st.none() | st.integers(1, 10**9),
)
def test_no_settings_give_more_than_16_replicas(
    limit: float | None, tokens: float | None, in_flight: int, stated: int | None
) -> None:
    replicas = api_replicas(Limits(limit, tokens), in_flight, stated)
    assert 1 <= replicas <= MOST
    if stated is None:
        assert replicas <= USUAL_MOST
    else:
        assert replicas == min(stated, MOST)


def test_the_bound_reaches_the_schedule_and_other_engines_keep_theirs() -> None:
    lab = Model("openai", "llama", "l", gpus_per_replica=0, in_flight=64, limits=Limits(600))
    spec = spec_of("lab", lab)
    assert (spec.max_replicas, spec.limited_outside) == (2, True)
    gemma = Model("vllm", "gemma", "g")
    assert (spec_of("g", gemma).max_replicas, spec_of("g", gemma).limited_outside) == (
        float("inf"),
        False,
    )
    batch = Model("openai_batch", "openai", "b", most_replicas=3)
    assert spec_of("b", batch).max_replicas == 1
