"""Answers of an odd shape: each is a row with its text, or a row with the reason for its lack."""

from __future__ import annotations

from typing import Any

from tests.providers.behaviour import (
    CHAT_AND_BATCH,
    CHAT_JUDGE,
    EVERYWHERE,
    JUDGE,
    ONLINE,
    Behaviour,
    Expect,
    answered,
    fails,
    retried,
    stops,
)
from tests.providers.vocabulary import (
    ABSENT,
    answer,
    body,
    error,
    every,
    first,
    html,
    of_request,
    padded,
    raw,
    sse,
    unbilled,
)

_FIRST = "1. Citizen 1"
"""Beginning of a good text."""


def _parts(text: Any) -> list[dict[str, Any]]:
    thinking = [{"type": "text", "text": "Who might they be?"}]
    return [{"type": "thinking", "thinking": thinking}, {"type": "text", "text": text}]


def _halves(text: Any) -> list[dict[str, Any]]:
    return [{"type": "text", "text": text[:20]}, {"type": "text", "text": text[20:]}]


def _fenced(text: Any) -> str:
    return f"Here is the JSON:\n```json\n{text}\n```"


_CALL = {"id": "c1", "type": "function", "function": {"name": "answer", "arguments": "{}"}}
_UPSTREAM = {"code": 502, "message": "Upstream error from provider: overloaded"}
_FLAGGED = {"code": 502, "message": "This content was flagged for possible cybersecurity risk"}
_ZEROS = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}

ANSWERS = (
    Behaviour("content as thinking and text parts", "Mistral: github.com/vercel/ai/pull/17779", every(2, answer(_parts)), answered(_FIRST), CHAT_AND_BATCH),
    Behaviour("content as thinking and text parts, judged", "Mistral: github.com/spring-projects/spring-ai/issues/5019", answer(_parts), answered(), CHAT_JUDGE),
    Behaviour("content as several text parts", "Mistral: github.com/langchain4j/langchain4j/pull/4474", answer(_halves), answered(_FIRST), CHAT_AND_BATCH),
    Behaviour("half a surrogate pair in the text", "Gemini behind LiteLLM: github.com/Aider-AI/aider/issues/3693", every(2, answer(lambda t: f"{t} \ud83d")), answered(_FIRST), CHAT_AND_BATCH),
    Behaviour("half a surrogate pair in thoughts and model name", "Kimi: github.com/MoonshotAI/kimi-cli/issues/994", answer(message={"reasoning_content": "\udc97"}, top={"model": "m\ud83d", "id": "\ud83d"}), answered(_FIRST), CHAT_AND_BATCH),
    Behaviour("reasoning_content beside the text", "DeepSeek: api-docs.deepseek.com/guides/reasoning_model", answer(message={"reasoning_content": "First, ten people."}), answered(_FIRST), CHAT_AND_BATCH),
    Behaviour("reasoning beside the text", "OpenRouter: openrouter.ai/docs/use-cases/reasoning-tokens", answer(message={"reasoning": "Hm.", "reasoning_details": [{"type": "reasoning.text", "text": "Hm."}]}), answered(_FIRST), CHAT_AND_BATCH),
    Behaviour("only thoughts, no text", "Gemini: github.com/evalstate/fast-agent/issues/184", answer(None, message={"reasoning_content": "First, ten people."}), fails("no text", charge="tokens"), CHAT_AND_BATCH),
    Behaviour("the output limit is used up by thoughts", "Gemini: github.com/googleapis/python-genai/issues/811", answer("", choice={"finish_reason": "length"}, output=200, usage={"completion_tokens_details": {"reasoning_tokens": 200}}), fails("limit of tokens", charge="tokens"), CHAT_AND_BATCH),
    Behaviour("content is null although the answer stopped", "Gemini: github.com/stanford-crfm/helm/pull/3804", answer(None), fails("no text", charge="tokens"), CHAT_AND_BATCH),
    Behaviour("content is absent", "Gemini: github.com/stanford-crfm/helm/pull/3804", answer(ABSENT), fails("no text", charge="tokens"), CHAT_AND_BATCH),
    Behaviour("a tool call nobody offered", "vLLM: docs.vllm.ai/en/latest/features/tool_calling.html", answer(None, message={"tool_calls": [_CALL]}, choice={"finish_reason": "tool_calls"}), fails("called a tool", charge="tokens"), CHAT_AND_BATCH),
    Behaviour("a refusal in its own field", "OpenAI: platform.openai.com/docs/guides/structured-outputs#refusals", of_request("r3", answer(None, message={"refusal": "I cannot help with that."})), fails("refused", 1, charge="tokens"), (*CHAT_AND_BATCH, *CHAT_JUDGE)),
    Behaviour("an answer cut by the content filter", "Azure: github.com/openai/openai-dotnet/issues/55", of_request("r3", answer("1. Citi", choice={"finish_reason": "content_filter"})), fails("content filter", 1, charge="tokens"), CHAT_AND_BATCH),
    Behaviour("finish_reason eos", "Together: docs.together.ai/reference/chat-completions-1", answer(choice={"finish_reason": "eos"}), answered(_FIRST), CHAT_AND_BATCH),
    Behaviour("finish_reason null", "llama.cpp: github.com/ggml-org/llama.cpp/tree/master/tools/server", answer(choice={"finish_reason": None}), answered(_FIRST), CHAT_AND_BATCH),
    Behaviour("finish_reason in capitals", "Cohere: docs.cohere.com/reference/chat", answer(choice={"finish_reason": "COMPLETE"}), answered(_FIRST), CHAT_AND_BATCH),
    Behaviour("finish_reason absent", "SGLang: docs.sglang.ai/basic_usage/openai_api_completions.html", answer(choice={"finish_reason": ABSENT, "index": ABSENT, "logprobs": None}), answered(_FIRST), CHAT_AND_BATCH),
    Behaviour("finish_reason error, with the error in the choice", "OpenRouter: openrouter.ai/docs/errors", first(4, unbilled(answer("", choice={"finish_reason": "error", "native_finish_reason": None, "error": _UPSTREAM}, usage=_ZEROS))), retried(), CHAT_AND_BATCH),
    Behaviour("an error body within a 200", "OpenRouter: github.com/SWE-agent/mini-swe-agent/pull/902", first(3, body({"error": _UPSTREAM})), retried(), EVERYWHERE),
    Behaviour("an error within a 200 for one input, always", "OpenRouter: github.com/SWE-agent/mini-swe-agent/pull/902", of_request("r3", body({"error": _FLAGGED})), fails("flagged", 1), EVERYWHERE),
    Behaviour("choices empty, usage reported", "Azure: github.com/openai/openai-python/issues/331", of_request("r3", answer(top={"choices": []})), Expect(failed=(1, 1), repeats=(0, 10), charge="tokens"), CHAT_AND_BATCH),
    Behaviour("choices null", "LiteLLM: github.com/BerriAI/litellm/issues/2395", of_request("r3", unbilled(answer(top={"choices": None}))), Expect(failed=(1, 1), repeats=(0, 10)), CHAT_AND_BATCH),
    Behaviour("message null", "Gemini: github.com/evalstate/fast-agent/issues/184", of_request("r3", answer(choice={"message": None})), Expect(failed=(1, 1), repeats=(0, 10)), CHAT_AND_BATCH),
    Behaviour("several choices although one was asked for", "vLLM: docs.vllm.ai/en/latest/serving/openai_compatible_server.html", answer(top={"choices": lambda c: [*c, *c]}), answered(_FIRST), CHAT_AND_BATCH),
    Behaviour("fields nobody knows", "Perplexity: docs.perplexity.ai/getting-started/pricing", answer(top={"citations": ["https://example.org"], "search_results": [{"title": None}], "object": None, "created": 1.5, "id": ABSENT}), answered(_FIRST), CHAT_AND_BATCH),
    Behaviour("service_tier of its own", "Groq: console.groq.com/docs/flex-processing", answer(top={"service_tier": "on_demand", "x_groq": {"id": "req_1"}}), answered(_FIRST), CHAT_AND_BATCH),
    Behaviour("service_tier null and another model's name", "OpenRouter: openrouter.ai/docs/features/model-routing", answer(top={"service_tier": None, "model": "other/model", "provider": "Together"}), answered(_FIRST), CHAT_AND_BATCH),
    Behaviour("a stream although none was asked for", "Unsloth: github.com/unslothai/unsloth/issues/6570", sse, answered(_FIRST, charge="any"), ("chat elicit",)),
    Behaviour("blank lines before the answer", "DeepSeek: api-docs.deepseek.com/quick_start/rate_limit", padded(b"\n\n   \n", b"\n"), answered(_FIRST), ONLINE),
    Behaviour("an empty body once", "LiteLLM: github.com/BerriAI/litellm/pull/37457", first(1, raw(b"")), retried(), ONLINE),
    Behaviour("half an answer, closed as if it were whole", "DeepSeek: github.com/BerriAI/litellm/pull/37457", first(1, raw(b'{"id": "x", "choices": [{"message": {"con')), retried(), ONLINE),
    Behaviour("a list in place of an answer, once", "Gemini: github.com/continuedev/continue/issues/10290", first(1, body([{"candidates": []}])), retried(), EVERYWHERE),
    Behaviour("null in place of an answer, once", "LiteLLM: github.com/BerriAI/litellm/issues/2395", first(1, body(None)), retried(), EVERYWHERE),
    Behaviour("a string in place of an answer, once", "minimind: github.com/jingyaogong/minimind/pull/851", first(1, body("Ten citizens.")), retried(), EVERYWHERE),
    Behaviour("a page of a proxy in place of every answer", "nginx: github.com/tsundereraws/aisub-translator/issues/2", html(200, "Sign in to the network"), stops("HTML"), ONLINE),
    Behaviour("JSON within a fence and words", "Ollama: docs.ollama.com/openai", answer(_fenced), Expect(), CHAT_JUDGE),
    Behaviour("thoughts before the JSON", "Groq: console.groq.com/docs/reasoning", answer(lambda t: f"<think>One pro, one con.</think>\n{t}"), Expect(), CHAT_JUDGE),
    Behaviour("JSON cut in the middle, once", "OpenAI: platform.openai.com/docs/guides/structured-outputs", first(1, answer(lambda t: t[:12])), retried(), CHAT_JUDGE),
    Behaviour("no judgement at all", "Together: docs.together.ai/docs/json-mode", of_request("r3", answer(None)), fails("no text", 1), CHAT_JUDGE),
    Behaviour("an outage while judging", "OpenAI: github.com/openai/openai-python/issues/414", first(2, body(error("overloaded", kind="server_error"))), retried(), JUDGE),
)  # fmt: skip
