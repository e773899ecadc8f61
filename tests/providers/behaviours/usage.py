"""Usage as providers report it, and what is charged for it."""

from __future__ import annotations

from tests.providers.behaviour import (
    CHAT,
    CHAT_AND_BATCH,
    EVERYWHERE,
    ONLINE,
    Behaviour,
    Expect,
    answered,
    stops,
)
from tests.providers.vocabulary import ABSENT, answer, every

_THOUGHTS = 120
"""Tokens of thoughts."""


def _text(tokens: object) -> str:
    return str(tokens)


def _more(tokens: int) -> int:
    return tokens + _THOUGHTS


_DETAILS = {"reasoning_tokens": _THOUGHTS}
_UPWARDS = {"completion_tokens": lambda n: n + 0.5, "total_tokens": ABSENT}

USAGE = (
    Behaviour("thoughts outside completion_tokens", "xAI: github.com/UKGovernmentBEIS/inspect_ai/issues/5528", answer(usage={"total_tokens": _more, "completion_tokens_details": _DETAILS}, unreported=_THOUGHTS), stops("extra_output_tokens", texts=(1, 8), failed=0, charge="tokens"), CHAT),
    Behaviour("thoughts in total_tokens alone", "Gemini: github.com/router-for-me/CLIProxyAPI/pull/5743", answer(usage={"total_tokens": _more}, unreported=_THOUGHTS), stops("extra_output_tokens", texts=(1, 8), failed=0, charge="tokens"), ONLINE),
    Behaviour("thoughts outside, and room for them", "xAI: github.com/UKGovernmentBEIS/inspect_ai/issues/5528", answer(usage={"total_tokens": _more, "completion_tokens_details": _DETAILS}, unreported=_THOUGHTS), answered(), CHAT_AND_BATCH, api={"extra_output_tokens": 200}),
    Behaviour("thoughts in total_tokens alone, and room for them", "Gemini: github.com/router-for-me/CLIProxyAPI/pull/5743", answer(usage={"total_tokens": _more}, unreported=_THOUGHTS), answered(), EVERYWHERE, api={"extra_output_tokens": 200}),
    Behaviour("thoughts in the details alone", "xAI: github.com/vercel/ai/pull/12425", answer(usage={"total_tokens": ABSENT, "completion_tokens": 1, "completion_tokens_details": {"reasoning_tokens": 199}}, output=200), Expect(), CHAT_AND_BATCH),
    Behaviour("usage null", "Azure: github.com/openai/openai-python/issues/1145", answer(usage=None), answered(charge="maximum"), CHAT_AND_BATCH),
    Behaviour("usage absent", "TGI: github.com/BerriAI/litellm/pull/16493", answer(top={"usage": ABSENT}), answered(charge="maximum"), EVERYWHERE),
    Behaviour("usage empty", "LiteLLM: github.com/BerriAI/litellm/pull/16493", answer(top={"usage": {}}), answered(charge="maximum"), EVERYWHERE),
    Behaviour("usage is a list", "LiteLLM: github.com/BerriAI/litellm/pull/16493", answer(usage=[1, 2]), answered(charge="maximum"), CHAT_AND_BATCH),
    Behaviour("completion_tokens null", "a proxy: github.com/livekit/agents/issues/6595", every(2, answer(usage={"completion_tokens": None})), answered(charge="any"), EVERYWHERE),
    Behaviour("every count null", "OpenAI: github.com/vercel/ai/issues/4239", answer(usage={"prompt_tokens": None, "completion_tokens": None, "total_tokens": None}), answered(charge="maximum"), EVERYWHERE),
    Behaviour("counts as strings", "new-api: github.com/QuantumNous/new-api/pull/936", answer(usage={"prompt_tokens": _text, "completion_tokens": _text, "total_tokens": _text}), answered(), EVERYWHERE),
    Behaviour("counts as whole floats", "llama.cpp: github.com/ggml-org/llama.cpp/tree/master/tools/server", answer(usage={"prompt_tokens": float, "completion_tokens": float, "total_tokens": float}), answered(), EVERYWHERE),
    Behaviour("half a token", "Perplexity: docs.perplexity.ai/getting-started/pricing", answer(usage=_UPWARDS), answered(charge="any"), CHAT_AND_BATCH),
    Behaviour("negative completion_tokens", "xAI: github.com/lobehub/lobehub/issues/8036", answer(usage={"completion_tokens": -1000}), answered(charge="any"), EVERYWHERE),
    Behaviour("every count 0", "RWKV server: github.com/langgenius/dify/issues/2144", answer(usage={"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}), answered(charge="any"), EVERYWHERE),
    Behaviour("more cached than prompted", "a proxy: github.com/livekit/agents/issues/6595", answer(usage={"prompt_tokens_details": {"cached_tokens": 10**9}}), answered(charge="any"), CHAT_AND_BATCH),
    Behaviour("details null", "vLLM: github.com/BerriAI/litellm/issues/15376", answer(usage={"prompt_tokens_details": None, "completion_tokens_details": None}), answered(), EVERYWHERE),
    Behaviour("counts in the details null", "Azure: github.com/BerriAI/litellm/issues/15376", answer(usage={"prompt_tokens_details": {"cached_tokens": None, "audio_tokens": None}}), answered(), CHAT_AND_BATCH),
    Behaviour("details as lists", "LiteLLM: github.com/BerriAI/litellm/pull/16493", answer(usage={"prompt_tokens_details": [], "completion_tokens_details": [1]}), answered(), CHAT_AND_BATCH),
    Behaviour("cache hits beside the counts", "DeepSeek: api-docs.deepseek.com/guides/kv_cache", answer(usage={"prompt_cache_hit_tokens": 0, "prompt_cache_miss_tokens": 9}), answered(), CHAT_AND_BATCH),
    Behaviour("the provider's own price", "xAI: github.com/Wei-Shaw/sub2api/issues/5771", answer(usage={"cost_in_usd_ticks": 1000000, "cost": {"total_cost": 0.00005}, "num_sources_used": 0}), answered(), CHAT_AND_BATCH),
    Behaviour("times beside the counts", "Groq: console.groq.com/docs/api-reference", answer(usage={"queue_time": 0.02, "prompt_time": 0.01, "total_time": 0.3}), answered(), CHAT_AND_BATCH),
    Behaviour("the output limit is ignored", "Ollama: docs.ollama.com/openai", answer(output=2000), stops("", texts=(1, 8), failed=0, charge="tokens"), ONLINE),
    Behaviour("the output limit is ignored, near a cap", "Ollama: docs.ollama.com/openai", answer(output=2000), stops("", texts=(1, 8), failed=0, charge="tokens"), ONLINE, cap=0.1),
)  # fmt: skip
