"""The dollars that a usage states are read in the dialects of providers, and in no others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.engines.openai.answers.parts import AnswerParts
from culture_ray.engines.openai.answers.usage import usage_of

COUNTS = {"prompt_tokens": 8, "completion_tokens": 9}


def nano(**fields):
    return usage_of({"usage": COUNTS | fields}, AnswerParts("yes", "end"), None).stated_nano


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, 0),
        ({"cost": 0.00123}, 1_230_000),
        ({"cost": 1e-10}, 1),
        ({"cost": 2, "estimated_cost": 0.5}, 2 * 10**9),
        ({"estimated_cost": 0.0000123}, 12_300),
        ({"cost": {"total_cost": 0.006, "request_cost": 0.005}}, 6_000_000),
        ({"cost_in_usd_ticks": 232_856_001}, 23_285_601),
        ({"cost": 0.05, "is_byok": True, "cost_details": {"upstream_inference_cost": 1}},
         1_050_000_000),
        ({"cost": 1, "is_byok": False, "cost_details": {"upstream_inference_cost": 1}}, 10**9),
        ({"cost": 1, "cost_details": {"upstream_inference_cost": 1}}, 10**9),
        ({"cost": -1}, 0),
        ({"cost": 1e300}, 0),
        ({"cost": 100.5}, 0),
        ({"cost": float("nan")}, 0),
        ({"cost": True}, 0),
        ({"cost": "0.5"}, 0),
        ({"cost": [0.5], "cost_details": 3, "is_byok": True}, 0),
    ],
)  # fmt: skip
def test_the_dollars_are_those_of_the_providers_fields(fields, expected):
    assert nano(**fields) == expected


@given(st.dictionaries(st.sampled_from(["cost", "estimated_cost", "cost_in_usd_ticks", "is_byok",
                                        "cost_details"]), st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3),
    lambda inner: st.dictionaries(st.sampled_from(["total_cost", "upstream_inference_cost"]),
                                  inner), max_leaves=4)))  # fmt: skip
def test_no_field_raises_or_states_less_than_nothing(fields):
    assert nano(**fields) >= 0
