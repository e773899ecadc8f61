"""Thoughts as providers return and count them: kept apart from the text, and paid for."""

from __future__ import annotations

from typing import Any

from tests.providers.behaviour import (
    CHAT_AND_BATCH,
    CHAT_JUDGE,
    RESPONSES,
    Behaviour,
    Expect,
    fails,
    thought,
)
from tests.providers.exchange import Script
from tests.providers.vocabulary import answer, item

_FIRST = "1. Citizen 1"
_HM = "Ten people. 1. A nurse?"
"""A draft, which must not be read as an opinion."""

_TOKENS = 120
_COUNTED = {"completion_tokens_details": {"reasoning_tokens": _TOKENS}}
_THINKS = {"thinking_tokens": 300}
_DRAFT = 'First: {"language": "en", "stances": ["con"]}'


def _more(tokens: int) -> int:
    return tokens + _TOKENS


def _around(start: str, end: str, thoughts: str = _HM) -> Script:
    """Answer with thoughts between marks before the text, counted in the output."""
    return answer(
        lambda text: f"{start}{thoughts}{end}{text}",
        usage={"completion_tokens": _more, "total_tokens": _more},
        unreported=_TOKENS,
    )


def _counted(**message: Any) -> Script:
    """Answer with thoughts in a field, counted in the output and in its details."""
    usage = {"completion_tokens": _more, "total_tokens": _more, **_COUNTED}
    return answer(message=message, usage=usage, unreported=_TOKENS)


def _summaries(document: dict[str, Any]) -> None:
    parts = [{"type": "summary_text", "text": part} for part in ("Ten people.", " 1. A nurse?")]
    document["output"].insert(0, {"type": "reasoning", "id": "rs_1", "summary": parts})


def _no_message(document: dict[str, Any]) -> None:
    parts = [{"type": "summary_text", "text": _HM}]
    document["output"] = [{"type": "reasoning", "id": "rs_1", "summary": parts}]
    document["status"] = "incomplete"
    document["incomplete_details"] = {"reason": "max_output_tokens"}


_CUT = fails("cut off while thinking", charge="tokens")

THOUGHTS = (
    Behaviour("thoughts in reasoning_content, counted", "DeepSeek: api-docs.deepseek.com/guides/reasoning_model", _counted(reasoning_content=_HM), thought(_HM, _FIRST, tokens=_TOKENS), CHAT_AND_BATCH, model=_THINKS),
    Behaviour("thoughts in reasoning, counted", "Groq: console.groq.com/docs/reasoning", _counted(reasoning=_HM), thought(_HM, _FIRST, tokens=_TOKENS), CHAT_AND_BATCH, model=_THINKS),
    Behaviour("thoughts in reasoning_details alone", "OpenRouter: openrouter.ai/docs/use-cases/reasoning-tokens#preserving", _counted(reasoning_details=[{"type": "reasoning.text", "text": _HM}]), thought(_HM, _FIRST, tokens=_TOKENS), CHAT_AND_BATCH, model=_THINKS),
    Behaviour("thoughts counted and not returned", "OpenAI: platform.openai.com/docs/guides/reasoning", _counted(), Expect(text=_FIRST, thoughts="", reasoning_tokens=_TOKENS, charge="tokens"), CHAT_AND_BATCH, model=_THINKS),
    Behaviour("thoughts in the text of a server without a parser", "vLLM: docs.vllm.ai/en/latest/features/reasoning_outputs.html", _around("<think>\n", "\n</think>\n\n"), thought(_HM, _FIRST), CHAT_AND_BATCH, model=_THINKS),
    Behaviour("thoughts in the text, begun by the template", "SGLang: docs.sglang.ai/advanced_features/separate_reasoning.html", _around("", "\n</think>\n\n"), thought(_HM, _FIRST), CHAT_AND_BATCH, model=_THINKS),
    Behaviour("thoughts between marks of Gemini", "Gemini: ai.google.dev/gemini-api/docs/openai#thinking", _around("<thought>", "</thought>"), thought(_HM, _FIRST), CHAT_AND_BATCH, model=_THINKS),
    Behaviour("channels in the text", "llama.cpp: github.com/ggml-org/llama.cpp/discussions/15396", _around("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"), thought(_HM, _FIRST), CHAT_AND_BATCH, model=_THINKS),
    Behaviour("marks in brackets in the text", "Mistral: docs.mistral.ai/capabilities/reasoning", _around("[THINK]", "[/THINK]"), thought(_HM, _FIRST), CHAT_AND_BATCH, model=_THINKS),
    Behaviour("thoughts in the text, never ended", "Ollama: docs.ollama.com/capabilities/thinking", answer(f"<think>{_HM}", choice={"finish_reason": "length"}), Expect(failed=(8, 8), reason="cut off while thinking", thoughts=_HM, finish="length", charge="tokens"), CHAT_AND_BATCH, model=_THINKS),
    Behaviour("thoughts in a field, and then the limit", "Together: docs.together.ai/docs/deepseek-r1", answer("", message={"reasoning_content": _HM}, choice={"finish_reason": "length"}), Expect(failed=(8, 8), reason="cut off while thinking", thoughts=_HM, finish="length", charge="tokens"), CHAT_AND_BATCH, model=_THINKS),
    Behaviour("counted thoughts, and then the limit", "OpenAI: platform.openai.com/docs/guides/reasoning#allocating-space", answer("", choice={"finish_reason": "length"}, output=500, usage=_COUNTED), _CUT, CHAT_AND_BATCH, model=_THINKS),
    Behaviour("a judge that drafts its answer in its thoughts", "vLLM: docs.vllm.ai/en/latest/features/reasoning_outputs.html#structured", _around("<think>", "</think>", _DRAFT), thought("First: "), CHAT_JUDGE, model=_THINKS),
    Behaviour("summaries of thoughts", "OpenAI: platform.openai.com/docs/guides/reasoning#reasoning-summaries", item(_summaries), thought("Ten people. 1. A nurse?", _FIRST), RESPONSES, model=_THINKS),
    Behaviour("summaries of thoughts, and then the limit", "OpenAI: platform.openai.com/docs/guides/reasoning#handling-incomplete", item(_no_message), Expect(failed=(8, 8), reason="cut off while thinking", thoughts=_HM, finish="length", charge="tokens"), RESPONSES, model=_THINKS),
)  # fmt: skip
