"""Answers of the server: a text derived from the request alone, and its token counts."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from typing import Any

from tests.api_server.settings import Answers, Fault

OPINIONS = 10
THOUGHTS = "A draft: 1. Citizen 0 is in favour of it. 2. Citizen 00 is against it."
"""Thoughts of a server that thinks."""


@dataclass(frozen=True)
class ParsedRequest:
    """Parsed request body of either API."""

    responses: bool
    """True for the Responses API, False for Chat Completions."""
    model: str
    text: str
    schema: dict[str, Any] | None
    max_tokens: int
    tier: str
    logprobs: int
    input_tokens: int


@dataclass(frozen=True)
class Completion:
    """Text with its token counts."""

    text: str
    finish: str
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    """Thoughts included."""
    tier: str
    thoughts: str = ""
    """Thoughts in a field of their own."""
    reasoning_tokens: int = 0


def parse(body: dict[str, Any], responses: bool) -> ParsedRequest:
    """Parse a request body."""
    messages = body.get("input") if responses else body.get("messages")
    if isinstance(messages, str):
        messages = [{"content": messages}]
    text = "\n".join(str(m.get("content", "")) for m in messages or [])
    if responses and body.get("instructions"):
        text = f"{body['instructions']}\n{text}"
    schema_format = (
        (body.get("text") or {}).get("format") if responses else body.get("response_format")
    )
    schema_format = schema_format or {}
    if not responses:
        schema_format = schema_format.get("json_schema") or {}
    names = ("max_output_tokens", "max_completion_tokens", "max_tokens")
    most = next((int(body[name]) for name in names if body.get(name)), 4096)
    logprobs = int(body.get("top_logprobs") or 0)
    return ParsedRequest(
        responses,
        str(body.get("model")),
        text,
        schema_format.get("schema"),
        most,
        str(body.get("service_tier") or "default").replace("auto", "default"),
        logprobs,
        math.ceil(len(text.encode()) / 4) + 3 * len(messages or []) + 4,
    )


_WORDS_PER_TOKEN = 4
"""Most words in a token: a server that reported fewer tokens would not be believed."""


def answer(request: ParsedRequest, settings: Answers, fault: Fault | None) -> Completion:
    """Return the answer to a request."""
    share = _share(request.text)
    length = settings.shortest + round(share * (settings.longest - settings.shortest))
    thinking = min(settings.thought_tokens, request.max_tokens)
    room = request.max_tokens - thinking
    finish = "stop" if length <= room and fault != "length" else "length"
    text = _text(request, share) if room or not thinking else ""
    if fault in ("malformed", "length"):
        text = text[: len(text) // 2]
    written = min(max(length, math.ceil(len(text.split()) / _WORDS_PER_TOKEN)), room)
    in_text = settings.thoughts == "marks"
    if in_text:
        text = f"<think>{THOUGHTS}</think>{text}" if text else f"<think>{THOUGHTS}"
    return Completion(
        text,
        finish,
        request.input_tokens,
        int(settings.cached * request.input_tokens),
        thinking + written,
        settings.tier or request.tier,
        THOUGHTS if settings.thoughts == "field" else "",
        thinking,
    )


def body(
    request: ParsedRequest, completion: Completion, fault: Fault | None, number: int
) -> dict[str, Any]:
    """Return the JSON body of an answer, in the format of the API that was called."""
    return (_responses if request.responses else _chat)(request, completion, fault, number)


def _chat(
    request: ParsedRequest, completion: Completion, fault: Fault | None, number: int
) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": completion.text, "refusal": None}
    finish = completion.finish
    if completion.thoughts:
        message["reasoning_content"] = completion.thoughts
    if fault == "refusal":
        message |= {"content": None, "refusal": "I'm sorry, I cannot help with that."}
    if fault == "content_filter":
        message["content"], finish = "", "content_filter"
    choice: dict[str, Any] = {"index": 0, "message": message, "finish_reason": finish}
    if request.logprobs:
        choice["logprobs"] = {"content": [_first_token(request)]}
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 1,
        "model": request.model,
        "service_tier": completion.tier,
        "choices": [choice],
        "usage": {
            "prompt_tokens": completion.input_tokens,
            "completion_tokens": completion.output_tokens,
            "total_tokens": completion.input_tokens + completion.output_tokens,
            "prompt_tokens_details": {"cached_tokens": completion.cached_tokens},
            "completion_tokens_details": {"reasoning_tokens": completion.reasoning_tokens},
        },
    }


def _responses(
    request: ParsedRequest, completion: Completion, fault: Fault | None, number: int
) -> dict[str, Any]:
    part: dict[str, Any] = {"type": "output_text", "text": completion.text, "annotations": []}
    status, why = "completed", None
    if completion.finish == "length":
        status, why = "incomplete", {"reason": "max_output_tokens"}
    if fault == "refusal":
        part = {"type": "refusal", "refusal": "I'm sorry, I cannot help with that."}
    if fault == "content_filter":
        status, why, part["text"] = "incomplete", {"reason": "content_filter"}, ""
    if request.logprobs and part["type"] == "output_text":
        part["logprobs"] = [_first_token(request)]
    message = {
        "type": "message", "id": "m", "role": "assistant", "status": status, "content": [part],
    }  # fmt: skip
    summary = [{"type": "summary_text", "text": completion.thoughts}]
    reasoning = [{"type": "reasoning", "id": "rs", "summary": summary}]
    return {
        "id": f"resp_{number}",
        "object": "response",
        "created_at": 1,
        "status": status,
        "incomplete_details": why,
        "error": None,
        "model": request.model,
        "service_tier": completion.tier,
        "output": [*(reasoning if completion.thoughts else []), message],
        "usage": {
            "input_tokens": completion.input_tokens,
            "input_tokens_details": {"cached_tokens": completion.cached_tokens},
            "output_tokens": completion.output_tokens,
            "output_tokens_details": {"reasoning_tokens": completion.reasoning_tokens},
            "total_tokens": completion.input_tokens + completion.output_tokens,
        },
    }


def _first_token(request: ParsedRequest) -> dict[str, Any]:
    """Return the likeliest first tokens: the digits 1, 2, ... with probabilities 1/2, 1/4, ..."""
    likely = [
        {"token": str(i + 1), "logprob": math.log(0.5 ** (i + 1)), "bytes": [49 + i]}
        for i in range(min(request.logprobs, 9))
    ]
    return {**likely[0], "top_logprobs": likely}


def _text(request: ParsedRequest, share: float) -> str:
    if request.schema is None:
        return _opinions(share)
    if request.schema and "stances" not in request.schema.get("properties", {}):
        return json.dumps(_filled(request.schema, request.text))
    source = request.text.rpartition("<text>")[2]
    stances = ["pro"] * source.count("in favour") + ["con"] * source.count("against")
    return json.dumps({"language": "en", "stances": stances[:OPINIONS]})


def _filled(schema: dict[str, Any], text: str) -> Any:
    """Return a value that a schema allows, chosen by a hash of the request's text."""
    if allowed := schema.get("enum"):
        return allowed[hashlib.sha256(text.encode()).digest()[1] % len(allowed)]
    match schema["type"]:
        case "object":
            return {
                name: _filled(own, f"{text}/{name}") for name, own in schema["properties"].items()
            }
        case "array":
            return [_filled(schema["items"], f"{text}/0")]
        case "boolean":
            return _share(text) > 0.5
    return "a text"


def _opinions(share: float) -> str:
    lines = []
    for number in range(1, OPINIONS + 1):
        side = "in favour of it" if number <= share * OPINIONS else "against it"
        lines.append(f"{number}. Citizen {number} is {side} and explains why at some length.")
    return "\n".join(lines)


def _share(text: str) -> float:
    return hashlib.sha256(text.encode()).digest()[0] / 255
