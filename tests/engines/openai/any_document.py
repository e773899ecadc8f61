"""Any JSON document, and documents that are answers in all but some of their fields."""

from __future__ import annotations

from hypothesis import strategies as st

NAMES = [
    "choices", "message", "content", "output", "status", "type", "text", "usage", "error", "code",
    "finish_reason", "refusal", "logprobs", "top_logprobs", "token", "logprob", "tool_calls",
    "function", "reasoning", "reasoning_content", "summary", "detail", "loc", "msg", "metadata",
    "raw", "prompt_tokens", "completion_tokens", "total_tokens", "completion_tokens_details",
    "reasoning_tokens", "input_tokens", "output_tokens", "incomplete_details", "reason", "name",
    "cost", "cost_details", "is_byok", "tokens", "token_logprobs", "success", "usage_metadata",
]  # fmt: skip
"""Fields that the parser looks at: documents of them reach deeper than documents of others."""

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**17)
    | st.floats()
    | st.text(st.characters(codec=None), max_size=6)
    | st.sampled_from(["message", "output_text", "error", "length", "{}", '{"error": "x"}', "80"])
)

JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=25,
)

ANSWERS = JSON | st.fixed_dictionaries(
    {
        "choices": st.lists(
            st.fixed_dictionaries(
                {"message": st.fixed_dictionaries({"content": JSON}, optional={"refusal": JSON})},
                optional={
                    "finish_reason": JSON,
                    "logprobs": st.fixed_dictionaries({"content": JSON}),
                },
            ),
            max_size=2,
        )
    },
    optional={"usage": st.dictionaries(st.sampled_from(NAMES), JSON, max_size=5), "error": JSON},
)
"""Any JSON document, and documents that are answers in all but some of their fields."""
