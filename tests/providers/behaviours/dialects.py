"""Dialects of answers and errors: other shapes of the same thing, and errors within a 200."""

from __future__ import annotations

import json
from typing import Any

from tests.providers.behaviour import (
    CHAT,
    CHAT_AND_BATCH,
    EVERYWHERE,
    ONLINE,
    REQUESTS,
    Behaviour,
    Expect,
    answered,
    fails,
    retried,
    stops,
)
from tests.providers.exchange import Ask, Reply
from tests.providers.vocabulary import (
    ABSENT,
    answer,
    body,
    during,
    error,
    first,
    item,
    of_request,
    padded,
    status,
    unbilled,
)

_FIRST = "1. Citizen 1"
_CALL = {"name": "answer", "arguments": "{}"}
_SUSPENDED = error("Your account org-x is suspended due to insufficient balance, please recharge your account or check your plan and billing details", None, "exceeded_current_quota_error")  # fmt: skip
_SPENT = {"code": "Some resource has been exhausted", "error": "Your team x has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit."}  # fmt: skip
_ARREARS = error("Insufficient balance or no resource package. Please recharge.", "1113")
_BUSY = {
    "code": 50505,
    "message": "Model service overloaded. Please try again later.",
    "data": None,
}
_UNKNOWN = {
    "code": 20012,
    "message": "Model does not exist. Please check it carefully.",
    "data": None,
}
_CLOUDFLARE = {"success": False, "errors": [{"code": 3040, "message": "Capacity temporarily exceeded, please try again."}], "messages": [], "result": None}  # fmt: skip
_UNFILTERED = {
    "error": {"code": "content_filter_error", "message": "The contents are not filtered"}
}
_PROMPT_RESULTS = [{"prompt_index": 0, "content_filter_results": {"hate": {"filtered": False}}}]


def _nested(document: dict[str, Any]) -> str:
    return json.dumps(document)


def _by_index(choices: list[Any]) -> dict[str, Any]:
    return {str(number): choice for number, choice in enumerate(choices)}


def _not_a_number(ask: Ask) -> Reply:
    """Answer with numbers that JSON does not know, and a field that comes twice."""
    reply = ask.good()
    text = json.dumps(reply.body | {"score": float("nan"), "logit": float("-inf")})
    return Reply(body=('{"choices": null, ' + text[1:]).encode(), billed=reply.billed)


def _one_at_a_time(ask: Ask) -> Reply:
    """Give one answer, however many are asked for."""
    assert ask.body["n"] == 4
    return ask.good()


DIALECTS = (
    Behaviour("numbers that JSON does not know, and a field twice", "SGLang: github.com/sgl-project/sglang/issues/4097", _not_a_number, answered(_FIRST), CHAT),
    Behaviour("choices by index", "LangChain: github.com/langchain-ai/langchain/issues/32252", answer(top={"choices": _by_index}), answered(_FIRST), CHAT_AND_BATCH),
    Behaviour("one choice in place of a list", "garak: github.com/NVIDIA/garak/pull/1760", answer(top={"choices": lambda c: c[0]}), answered(_FIRST), CHAT_AND_BATCH),
    Behaviour("null before the choice", "Lepton: github.com/TheR1D/shell_gpt/pull/470", answer(top={"choices": lambda c: [None, *c]}), answered(_FIRST), CHAT_AND_BATCH),
    Behaviour("a function call nobody offered", "OpenAI: platform.openai.com/docs/api-reference/chat/object", answer(None, message={"function_call": _CALL}, choice={"finish_reason": "function_call"}), fails("called a tool", charge="tokens"), CHAT_AND_BATCH),
    Behaviour("an empty list of tool calls", "vLLM: github.com/langchain-ai/langchain/issues/32252", answer(message={"tool_calls": [], "function_call": None, "refusal": None, "audio": None, "annotations": []}), answered(_FIRST), CHAT_AND_BATCH),
    Behaviour("a content filter that failed", "Azure: learn.microsoft.com/azure/ai-services/openai/concepts/content-filter", answer(choice={"content_filter_results": _UNFILTERED}, top={"prompt_filter_results": _PROMPT_RESULTS}), answered(_FIRST), CHAT_AND_BATCH),
    Behaviour("one prompt filtered within a 200", "Azure: github.com/openai/openai-python/issues/331", of_request("r3", answer(ABSENT, choice={"finish_reason": "content_filter", "message": {}}, top={"prompt_filter_results": [{"content_filter_results": {"hate": {"filtered": True}}}]})), fails("content filter", 1, charge="tokens"), CHAT_AND_BATCH),
    Behaviour("one answer although four were asked for", "Ollama: docs.ollama.com/openai", _one_at_a_time, answered(_FIRST), CHAT, api={"body": {"n": 4}}),
    Behaviour("an answer as JSON in a text", "AWS: docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html", item(_nested), answered(_FIRST), EVERYWHERE),
    Behaviour("no credit, as 429 with a type of its own", "Moonshot: github.com/MoonshotAI/kimi-code/pull/1857", status(429, _SUSPENDED), stops("insufficient balance", charge="nothing"), ONLINE),
    Behaviour("no credit, as 429 in words", "xAI: github.com/continuedev/continue/issues/10373", status(429, _SPENT), stops("spending limit", charge="nothing"), ONLINE),
    Behaviour("no credit, as 429 with a code that is a number", "Z.ai: docs.z.ai/api-reference/api-code", status(429, _ARREARS), stops("recharge", charge="nothing"), ONLINE),
    Behaviour("no credit, as 403 in words", "xAI: github.com/Anantys-oss/koan/issues/2412", status(403, _SPENT), stops("spending limit", charge="nothing"), ONLINE),
    Behaviour("an outage within a 200, in words and a code of its own", "SiliconFlow: docs.siliconflow.cn/en/faqs/error-code", during(60, body(_BUSY)), retried(waits_s=60), EVERYWHERE[:2]),
    Behaviour("an outage within a 200, with success false", "Cloudflare: developers.cloudflare.com/workers-ai/platform/errors", during(60, body(_CLOUDFLARE)), retried(waits_s=60), ONLINE),
    Behaviour("an unknown model within a 200", "SiliconFlow: docs.siliconflow.cn/en/faqs/error-code", body(_UNKNOWN), stops("does not exist", failed=0), ONLINE),
    Behaviour("an unknown model within a 200, as an error without a code", "new-api: github.com/QuantumNous/new-api/issues/556", body({"error": {"message": "The model `model-1` does not exist"}}), stops("does not exist", failed=0), ONLINE),
    Behaviour("a bad key within a 200", "Cloudflare: developers.cloudflare.com/ai-gateway", body({"error": [{"code": 2009, "message": "Unauthorized"}], "success": False}), stops("Unauthorized", failed=0), ONLINE),
    Behaviour("a refusal as JSON in the error's text", "OpenRouter: github.com/anomalyco/opencode/issues/24462", of_request("r3", status(400, {"error": {"message": "Provider returned error", "code": 400, "metadata": {"raw": json.dumps({"error": {"message": "prompt is too odd"}})}}})), fails("prompt is too odd", 1, charge="nothing"), EVERYWHERE),
    Behaviour("a refusal as a number, with its words beside it", "DashScope: alibabacloud.com/help/en/model-studio/error-code", of_request("r3", status(400, {"error": 17, "message": "prompt is too odd"})), fails("prompt is too odd", 1, charge="nothing"), EVERYWHERE),
    Behaviour("a refusal as true, with its words beside it", "Flask servers: github.com/oobabooga/text-generation-webui", of_request("r3", status(400, {"error": True, "reason": "prompt is too odd"})), fails("prompt is too odd", 1, charge="nothing"), EVERYWHERE),
    Behaviour("a refusal as a list of texts", "Cohere: docs.cohere.com/reference/errors", of_request("r3", status(422, {"error": ["prompt is too odd", "model is fine"]})), fails("prompt is too odd", 1, charge="nothing"), EVERYWHERE),
    Behaviour("a refusal whose error is empty", "TGI: huggingface.co/docs/text-generation-inference/messages_api", of_request("r3", status(400, {"error": {}, "detail": "prompt is too odd"})), fails("prompt is too odd", 1, charge="nothing"), EVERYWHERE),
    Behaviour("an error that is null beside an answer", "OpenAI: platform.openai.com/docs/api-reference/responses/object", answer(top={"error": None, "detail": None, "message": ""}), answered(_FIRST), EVERYWHERE),
    Behaviour("an error that is empty beside an answer", "LiteLLM: github.com/BerriAI/litellm/pull/37457", answer(top={"error": {}, "errors": [], "code": 200, "msg": "success"}), answered(_FIRST), EVERYWHERE),
    Behaviour("a truncated stream although none was asked for, once", "Unsloth: github.com/unslothai/unsloth/issues/6570", first(1, unbilled(padded(b"data: ", b"\n\n"))), Expect(repeats=(0, REQUESTS)), CHAT),
)  # fmt: skip
