"""Answers of the Responses API."""

from __future__ import annotations

from typing import Any

from tests.providers.behaviour import RESPONSES, Behaviour, answered, fails, retried
from tests.providers.vocabulary import answer, first, item, of_request, unbilled

_FAILED = {"code": "server_error", "message": "The server had an error."}
_THOUGHTS = {"type": "reasoning", "id": "rs_1", "status": "incomplete", "summary": []}


def _with_thoughts(document: dict[str, Any]) -> None:
    document["output"].insert(0, _THOUGHTS)


def _in_halves(document: dict[str, Any]) -> None:
    (part,) = document["output"][0]["content"]
    text = part["text"]
    document["output"][0]["content"] = [part | {"text": text[:20]}, part | {"text": text[20:]}]


def _refusal(document: dict[str, Any]) -> None:
    document["output"][0]["content"] = [{"type": "refusal", "refusal": "I cannot help."}]


_LENGTH = {"reason": "max_output_tokens"}
_FILTER = {"reason": "content_filter"}

RESPONSES_ANSWERS = (
    Behaviour("thoughts as an item before the message", "OpenAI: platform.openai.com/docs/guides/reasoning", item(_with_thoughts), answered("1. Citizen 1"), RESPONSES),
    Behaviour("a message in two parts", "OpenAI: platform.openai.com/docs/api-reference/responses", item(_in_halves), answered("1. Citizen 1"), RESPONSES),
    Behaviour("incomplete with thoughts only", "DeepSeek: github.com/openai/openai-agents-python/issues/4901", answer(top={"status": "incomplete", "incomplete_details": _LENGTH, "output": [_THOUGHTS]}, output=200), fails("limit of tokens", charge="tokens"), RESPONSES),
    Behaviour("incomplete by the content filter", "Azure: learn.microsoft.com/azure/ai-services/openai/concepts/content-filter", of_request("r3", answer(top={"status": "incomplete", "incomplete_details": _FILTER})), fails("content filter", 1, charge="tokens"), RESPONSES),
    Behaviour("a refusal as a part", "OpenAI: platform.openai.com/docs/guides/structured-outputs#refusals", of_request("r3", item(_refusal)), fails("refused", 1, charge="tokens"), RESPONSES),
    Behaviour("status failed within a 200", "OpenAI: platform.openai.com/docs/api-reference/responses", first(2, unbilled(answer(top={"status": "failed", "error": _FAILED, "output": [], "usage": None}))), retried(), RESPONSES),
    Behaviour("status cancelled within a 200", "OpenAI: platform.openai.com/docs/api-reference/responses", first(1, unbilled(answer(top={"status": "cancelled", "output": [], "usage": None}))), retried(), RESPONSES),
    Behaviour("no output at all", "OpenAI: platform.openai.com/docs/api-reference/responses", of_request("r3", answer(top={"output": []})), fails("no text", 1, charge="tokens"), RESPONSES),
    Behaviour("output null", "vLLM: docs.vllm.ai/en/latest/serving/openai_compatible_server.html", of_request("r3", answer(top={"output": None})), fails("", 1), RESPONSES),
    Behaviour("usage null, in Responses", "LiteLLM: github.com/BerriAI/litellm/issues/15376", answer(usage=None), answered("1. Citizen 1", charge="maximum"), RESPONSES),
)  # fmt: skip
