"""The usage is the largest consistent reading of its fields, and never below the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.engines.openai.answers.parts import AnswerParts
from culture_ray.engines.openai.answers.usage import fewest_tokens, usage_of
from culture_ray.spending.account import TokenUsage

TEXT = AnswerParts("one two three four five six seven eight", "end")
SILENT = AnswerParts(None, "error")


def counts(parts=TEXT, **usage):
    found = usage_of({"usage": usage}, parts, None)
    return None if found is None else (found.input_tokens, found.output_tokens)


def details(reasoning):
    return {"completion_tokens_details": {"reasoning_tokens": reasoning}}


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"prompt_tokens": 80, "completion_tokens": 50, "total_tokens": 130}, (80, 50)),
        ({"prompt_tokens": "80", "completion_tokens": 49.5}, (80, 50)),
        ({"input_tokens": 80, "output_tokens": 50}, (80, 50)),
        ({"prompt_tokens": 80, "input_tokens": 90, "completion_tokens": 50}, (90, 50)),
        ({"prompt_tokens": 80, "completion_tokens": None, "total_tokens": 130}, (80, 50)),
        ({"completion_tokens": 50, "total_tokens": 130}, (80, 50)),
        ({"prompt_tokens": -5, "completion_tokens": 50, "total_tokens": 130}, (80, 50)),
    ],
)
def test_fields_of_many_names_and_types(usage, expected):
    assert counts(**usage) == expected


@pytest.mark.parametrize(
    ("usage", "output"),
    [
        # xAI, Gemini: the total holds the reasoning, the completion does not
        ({"completion_tokens": 50, "total_tokens": 430} | details(300), 350),
        # hidden output without details
        ({"completion_tokens": 50, "total_tokens": 430}, 350),
        # OpenAI: the completion holds the reasoning
        ({"completion_tokens": 350, "total_tokens": 430} | details(300), 350),
        ({"completion_tokens": 350} | details(300), 350),
        # more reasoning than completion
        ({"completion_tokens": 50} | details(300), 350),
        # reasoning at the top, and a total without it
        ({"completion_tokens": 50, "total_tokens": 130, "reasoning_tokens": 300}, 350),
        ({"completion_tokens": 50, "total_tokens": 130, "reasoning_tokens": 300} | details(0), 350),
        # the rest of the completion is too small for the text
        ({"completion_tokens": 50, "total_tokens": 130} | details(49), 99),
        # a total that is too small is no reason to charge less
        ({"completion_tokens": 350, "total_tokens": 1}, 350),
    ],
)
def test_reasoning_outside_the_completion_is_output(usage, output):
    assert counts(prompt_tokens=80, **usage) == (80, output)


@pytest.mark.parametrize(
    "usage",
    [
        {},
        {"prompt_tokens": 80},
        {"completion_tokens": 50},
        {"total_tokens": 130},
        {"prompt_tokens": 80, "completion_tokens": -300_000},
        {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        {"prompt_tokens": 80, "completion_tokens": 0},
        {"prompt_tokens": 80, "completion_tokens": 10**30},
        {"prompt_tokens": [80], "completion_tokens": {"a": 50}},
    ],
)
def test_what_is_missing_or_cannot_be_believed_leaves_the_usage_unknown(usage):
    assert counts(**usage) is None


def test_zeros_are_believed_of_an_answer_without_a_text():
    assert counts(SILENT, prompt_tokens=0, completion_tokens=0) == (0, 0)


def test_an_output_smaller_than_its_text_is_not_believed():
    text = "word " * 4000
    assert counts(AnswerParts(text, "end"), prompt_tokens=80, completion_tokens=1) == (80, 1000)
    thought = AnswerParts("yes", "end", reasoning=text)
    assert counts(thought, prompt_tokens=80, completion_tokens=1) == (80, 1001)


def test_caches_are_read_under_their_names():
    def cached(**usage):
        found = usage_of({"usage": {"output_tokens": 50} | usage}, TEXT, None)
        return found.input_tokens, found.cached_tokens, found.cache_write_tokens

    anthropic = {"cache_read_input_tokens": 60, "cache_creation_input_tokens": 10}
    assert cached(input_tokens=10, **anthropic) == (80, 60, 10)
    assert cached(prompt_tokens=80, input_tokens=10, **anthropic) == (80, 60, 10)
    assert cached(prompt_tokens=80, prompt_cache_hit_tokens=60) == (80, 60, 0)
    assert cached(prompt_tokens=80, prompt_tokens_details={"cached_tokens": 60}) == (80, 60, 0)
    assert cached(prompt_tokens=80, prompt_tokens_details={"cached_tokens": 900}) == (80, 0, 0)
    assert cached(prompt_tokens=80, prompt_tokens_details={"cached_tokens": -900}) == (80, 0, 0)


@pytest.mark.parametrize("tier", [None, 5, ["flex"], "unheard-of"])
def test_an_unknown_tier_is_the_standard_one(tier):
    body = {"usage": {"prompt_tokens": 8, "completion_tokens": 9}, "service_tier": tier}
    assert usage_of(body, TEXT, None) == TokenUsage(8, 9)
    assert usage_of(body | {"service_tier": "flex"}, TEXT, None).tier == "flex"
    assert usage_of(body, TEXT, "batch").tier == "batch"


@given(st.text(max_size=300))
def test_the_weight_of_a_text_is_at_most_its_bytes(text):
    """A byte-level vocabulary of 256 tokens needs the most; no bound may pass even that."""
    assert fewest_tokens(text) <= len(text.encode("utf-8", "replace"))
    assert (fewest_tokens(text) > 0) == bool(text)


@pytest.mark.parametrize("text", [" " * 1280, "=" * 1280, "- " * 640, "\n" * 1280, "ÃÂ" * 320])
def test_runs_of_one_character_weigh_little(text):
    assert fewest_tokens(text) <= 10


@pytest.mark.parametrize(
    "usage",
    [
        {"promptTokenCount": 80, "candidatesTokenCount": 50, "totalTokenCount": 130},
        {"prompt_token_count": 80, "candidates_token_count": 50},
        {"Prompt-Tokens": 80, "completionTokens": 50},
        {"inputTokens": 80, "outputTokens": 50},
        {"input_token_count": 80, "generated_tokens": 50},
        {"prompt_tokens": None, "promptTokens": 80, "completion_tokens": 50},
    ],
)
def test_names_are_compared_by_their_letters(usage):
    assert counts(**usage) == (80, 50)


@pytest.mark.parametrize(
    "body",
    [
        {"usageMetadata": {"promptTokenCount": 80, "candidatesTokenCount": 50}},
        {"usage": None, "usage_metadata": {"prompt_token_count": 80, "candidates_token_count": 50}},
        {"x_groq": {"id": "r", "usage": {"prompt_tokens": 80, "completion_tokens": 50}}},
        {"usage": {"usage": {"prompt_tokens": 80, "completion_tokens": 50}}},
    ],
)
def test_usage_is_found_in_other_places(body):
    found = usage_of(body, TEXT, None)
    assert (found.input_tokens, found.output_tokens) == (80, 50)


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        # smaller than what the cache read and wrote: it is beside the prompt
        (
            {"prompt_tokens": 3, "cache_creation_input_tokens": 40, "cache_read_input_tokens": 37},
            80,
        ),
        # larger, and the total counts it once more
        ({"prompt_tokens": 70, "cache_read_input_tokens": 10, "total_tokens": 130}, 80),
        # larger, and the total counts it within the prompt
        ({"prompt_tokens": 80, "cache_read_input_tokens": 10, "total_tokens": 130}, 80),
        # Bedrock
        ({"inputTokens": 10, "cacheReadInputTokens": 60, "cacheWriteInputTokens": 10}, 80),
        # DeepSeek
        ({"prompt_cache_hit_tokens": 64, "prompt_cache_miss_tokens": 16}, 80),
        # Perplexity
        ({"prompt_tokens": 20, "citation_tokens": 60, "total_tokens": 70}, 80),
    ],
)
def test_input_is_all_that_was_read(usage, expected):
    assert counts(completion_tokens=50, **usage) == (expected, 50)
