"""Usage in the dialects of providers: never charged less than what they bill for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.providers.behaviour import (
    BATCH,
    CHAT,
    CHAT_AND_BATCH,
    Behaviour,
    Expect,
    answered,
    stops,
)
from tests.providers.exchange import Ask, Reply, Script
from tests.providers.server import MONEY
from tests.providers.vocabulary import ABSENT, answer

_PERPLEXITY = "Perplexity: github.com/bgeneto/open-webui-cost-tracker/issues/6"
_OPENROUTER = "OpenRouter: github.com/RooCodeInc/Roo-Code/issues/5144"
_NO_NAMES = {"prompt_tokens": ABSENT, "completion_tokens": ABSENT, "total_tokens": ABSENT}
_ROOM = {"extra_input_tokens": 1000, "extra_output_tokens": 1000}
_FEE = 0.005
"""Dollars that a provider bills beside its tokens."""

_READ, _THOUGHT = 400, 150
"""Input that is not part of the prompt, and output that is not part of the text."""


def _named(prompt: str, output: str, total: str | None, **more: Any) -> Script:
    """Report the usage under other names, with `more` fields beside; thoughts are billed too."""

    def script(ask: Ask) -> Reply:
        reply = ask.good()
        counts = {prompt: reply.billed[0], output: reply.billed[1], **more}
        if total is not None:
            counts[total] = sum(reply.billed) + _THOUGHT
        return answer(top={"usage": counts}, unreported=_THOUGHT)(ask)

    return script


def _elsewhere(place: str, nested: str = "") -> Script:
    """Report the usage in another place of the answer."""

    def script(ask: Ask) -> Reply:
        usage = ask.good().body["usage"]
        return answer(top={"usage": ABSENT, place: {nested: usage} if nested else usage})(ask)

    return script


def _cache_beside(ask: Ask) -> Reply:
    """Count what a cache read and wrote beside the prompt, as Anthropic does."""
    fields = {"cache_creation_input_tokens": _READ - 100, "cache_read_input_tokens": 100}
    return answer(usage=fields | {"total_tokens": ABSENT}, read=_READ)(ask)


def _cache_in_total(ask: Ask) -> Reply:
    """Count a small cache beside the prompt, so that only the total shows it."""
    fields = {"cache_read_input_tokens": 5, "total_tokens": lambda n: n + 5}
    return answer(usage=fields, read=5)(ask)


def _hits_and_misses(ask: Ask) -> Reply:
    hit = ask.good().billed[0] // 2
    fields = {
        "prompt_cache_hit_tokens": hit,
        "prompt_cache_miss_tokens": ask.good().billed[0] - hit,
    }
    return answer(usage=fields | {"prompt_tokens": ABSENT, "total_tokens": ABSENT})(ask)


def _stated(usage: Callable[[float], Mapping[str, Any]]) -> Script:
    """State a cost in dollars that is above that of the tokens, and bill it."""

    def script(ask: Ask) -> Reply:
        tokens_in, tokens_out = ask.good().billed
        dollars = (MONEY.input * tokens_in + MONEY.output * tokens_out) / 1e6
        return answer(usage=usage(dollars + _FEE), fee=_FEE)(ask)

    return script


_GEMINI = {"thoughts_token_count": _THOUGHT, "prompt_tokens_details": [{"modality": "TEXT"}]}
_CAMEL = {"thoughtsTokenCount": _THOUGHT, "trafficType": "ON_DEMAND"}
_AUDIO = {"audio_tokens": 0, "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0}

BILLS = (
    Behaviour("thoughts beside the candidates", "Gemini: github.com/confident-ai/deepeval/pull/2943", _named("prompt_token_count", "candidates_token_count", "total_token_count", **_GEMINI), answered(), CHAT_AND_BATCH, api=_ROOM),
    Behaviour("thoughts beside the candidates, without a total", "Gemini: github.com/mozilla-ai/any-llm/issues/1290", _named("promptTokenCount", "candidatesTokenCount", None, **_CAMEL, candidatesTokensDetails=None), Expect(), CHAT, api=_ROOM),
    Behaviour("counts in words with capitals", "Bedrock: github.com/stdapi-ai/stdapi.ai/issues/146", _named("inputTokens", "outputTokens", "totalTokens"), answered(), CHAT_AND_BATCH, api=_ROOM),
    Behaviour("usage_metadata in place of usage", "Gemini: github.com/confident-ai/deepeval/pull/2943", _elsewhere("usage_metadata"), answered(), CHAT_AND_BATCH),
    Behaviour("usage within a usage", "new-api: github.com/QuantumNous/new-api/pull/936", _elsewhere("usage", "usage"), answered(), CHAT_AND_BATCH),
    Behaviour("usage in a field of the provider's own", "Groq: console.groq.com/docs/api-reference", _elsewhere("x_groq", "usage"), answered(), CHAT),
    Behaviour("a cache beside the prompt", "Anthropic: github.com/BerriAI/litellm/issues/9812", _cache_beside, answered(), CHAT_AND_BATCH, api=_ROOM),
    Behaviour("a small cache beside the prompt, in the total", "Anthropic: github.com/traceloop/openllmetry/pull/2175", _cache_in_total, answered(), CHAT_AND_BATCH, api=_ROOM),
    Behaviour("a cache beside the prompt, and no room for it", "Anthropic: github.com/BerriAI/litellm/issues/9812", _cache_beside, stops("extra_input_tokens", texts=(1, 8), failed=0, charge="tokens"), CHAT),
    Behaviour("cache hits and misses in place of the prompt", "DeepSeek: api-docs.deepseek.com/guides/kv_cache", _hits_and_misses, answered(), CHAT_AND_BATCH),
    Behaviour("audio and predictions in the details", "OpenAI: platform.openai.com/docs/guides/predicted-outputs", answer(usage={"completion_tokens_details": _AUDIO, "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0}}), answered(), CHAT_AND_BATCH),
    Behaviour("citations beside the prompt", _PERPLEXITY, answer(usage={"citation_tokens": _READ, "num_search_queries": 3}, read=_READ), answered(), CHAT, api=_ROOM),
    Behaviour("citations beside the prompt, and no room for them", _PERPLEXITY, answer(usage={"citation_tokens": 7299}, read=7299), stops("extra_input_tokens", texts=(1, 8), failed=0, charge="tokens"), CHAT),
    Behaviour("thoughts beside a total", _PERPLEXITY, answer(usage={"reasoning_tokens": 700}, unreported=700), answered(), CHAT, api=_ROOM),
    Behaviour("a stated cost above the reservation", _OPENROUTER, _stated(lambda cost: {"cost": cost, "is_byok": False, "cost_details": {"upstream_inference_cost": cost}}), stops("states this cost", texts=(1, 8), failed=0, charge="tokens"), CHAT),
    Behaviour("a stated cost above that of the tokens", _OPENROUTER, _stated(lambda cost: {"cost": cost}), answered(), CHAT, api=_ROOM),
    Behaviour("a fee, and a cost at the provider behind it", "OpenRouter: github.com/mastra-ai/mastra/pull/20336", _stated(lambda cost: {"cost": 0.0001, "is_byok": True, "cost_details": {"upstream_inference_cost": cost - 0.0001}}), answered(), CHAT, api=_ROOM),
    Behaviour("a stated cost with its parts", "Perplexity: docs.perplexity.ai/getting-started/pricing", _stated(lambda cost: {"cost": {"request_cost": _FEE, "total_cost": cost}}), answered(), CHAT, api=_ROOM),
    Behaviour("a stated cost in ticks", "xAI: github.com/Wei-Shaw/sub2api/issues/5771", _stated(lambda cost: {"cost_in_usd_ticks": round(cost * 1e10)}), answered(), CHAT, api=_ROOM),
    Behaviour("a stated estimate, in batches", "DeepInfra: deepinfra.com/docs/advanced/openai_api", _stated(lambda cost: {"estimated_cost": cost}), answered(charge="any"), BATCH, api=_ROOM),
    Behaviour("a stated cost in another unit, not heeded", _OPENROUTER, answer(usage={"cost": 1234.5}), answered(), CHAT_AND_BATCH, api={"stated_costs": False}),
    Behaviour("costs that are no amounts", "LiteLLM: github.com/BerriAI/litellm/pull/16493", answer(usage={"cost": "free", "estimated_cost": -1, "cost_in_usd_ticks": None, "is_byok": True}), answered(), CHAT_AND_BATCH),
)  # fmt: skip
