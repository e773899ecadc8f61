"""Nothing that a server may send in place of an answer raises."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from culture_ray.engines.interface import Request, Sampling
from culture_ray.engines.openai.parsing import ParsedAnswer, parse
from culture_ray.engines.openai.problems import Problem
from tests.engines.openai.answer_bodies import REQUEST, parsed

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


EXAMPLES = 500 if settings.default.max_examples <= 100 else 10_000
"""More in `make chaos`, whose profile asks for more of everything."""


OPTIONS = Request("r", "prompt", Sampling(stop=("END",)), schema="{}", options=("A", "B"))


@pytest.mark.slow
@settings(max_examples=EXAMPLES)
@given(ANSWERS)
def test_no_json_document_in_place_of_an_answer_raises(body):
    found = parsed(body, OPTIONS)
    assert isinstance(found, ParsedAnswer | Problem)
    if isinstance(found, Problem):
        found.message.encode()
        (found.code or "").encode()
    else:
        ((found.text or "") + (found.failure or "")).encode()
        assert "\0" not in (found.text or "")
    if found.usage is not None:
        usage = vars(found.usage)
        counts = [v for name, v in usage.items() if name not in ("tier", "stated_nano")]
        assert all(type(count) is int and 0 <= count < 2**31 for count in counts)


@given(st.binary(max_size=60))
def test_no_bytes_crash_the_reading(content):
    assert isinstance(parse(content, REQUEST), ParsedAnswer | Problem)


@given(st.sampled_from(["data: ", "<html>", "[" * 2000, '{"choices":', "\ufeff", "\0"]), st.text())
def test_no_text_crashes_the_reading(start, rest):
    assert isinstance(
        parse((start + rest).encode("utf-8", "replace"), REQUEST), ParsedAnswer | Problem
    )
