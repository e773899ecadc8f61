from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.engines.openai.output_bound import OutputBound, output_bound, paid_service


@pytest.mark.parametrize(
    ("body", "tokens", "reasoning"),
    [
        ({}, 600, 0),
        ({"max_tokens": 100}, 100, 0),
        ({"max_completion_tokens": 100, "max_tokens": 4000}, 4000, 0),
        ({"max_completion_tokens": 4000, "max_tokens": 100}, 4000, 0),
        ({"max_output_tokens": 100, "n": 4}, 400, 0),
        ({"max_tokens": 100, "n": 2, "best_of": 5}, 500, 0),
        ({"max_tokens": 100, "n": "4"}, 400, 0),
        ({"max_tokens": 100, "n": 0}, 100, 0),
        ({"max_tokens": 100, "n": None}, 100, 0),
        ({"max_tokens": 100.5}, 101, 0),
        ({"max_tokens": 100, "reasoning": {"max_tokens": 2000}}, 100, 2000),
        ({"max_tokens": 100, "reasoning": {"effort": "high"}}, 100, 0),
        ({"max_tokens": 100, "thinking": {"type": "enabled", "budget_tokens": 2000}}, 100, 2000),
        ({"max_tokens": 100, "thinking_budget": 2000, "n": 3}, 300, 6000),
        ({"max_tokens": 100,
          "google": {"thinking_config": {"thinking_budget": 2000, "max_output_tokens": 5}}},
         100, 2005),
        ({"max_tokens": 100, "thinking_budget": -1}, 100, 0),
        ({"max_tokens": 100, "metadata": {"max_tokens": 9}}, 100, 0),
    ],
)  # fmt: skip
def test_the_bound_covers_all_that_a_body_asks_for(
    body: dict[str, Any], tokens: int, reasoning: int
) -> None:
    assert output_bound(body, 600) == OutputBound(tokens, reasoning)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["n", "best_of", "max_tokens", "reasoning", "thinking_budget", "tools",
                         "type", "x"]), inner, max_size=4,
    ),
    max_leaves=8,
)  # fmt: skip


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from(["n", "max_tokens", "reasoning", "tools", "x"]), JSON))
def test_no_body_raises_and_no_bound_is_negative(body: dict[str, Any]) -> None:
    bound = output_bound(body, 600)
    assert bound.tokens >= 0
    assert bound.reasoning_tokens >= 0
    paid_service(body)


@pytest.mark.parametrize(
    ("body", "service"),
    [
        ({}, None),
        ({"web_search_options": {}}, "web_search_options"),
        ({"web_search_options": {"search_context_size": "low"}}, "web_search_options"),
        ({"web_search_options": None, "plugins": []}, None),
        ({"enable_search": False}, None),
        ({"enable_search": True}, "enable_search"),
        ({"plugins": [{"id": "web"}]}, "plugins"),
        ({"tools": [{"type": "function"}, {"name": "mine"}]}, None),
        ({"tools": [{"type": "function"}, {"type": "web_search"}]}, "the tool web_search"),
        ({"tools": "none"}, None),
        ({"tools": ["none"]}, None),
    ],
)
def test_services_that_are_billed_per_request_are_found(
    body: dict[str, Any], service: str | None
) -> None:
    assert paid_service(body) == service
