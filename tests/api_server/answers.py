"""What the server answers: a text that depends on the request alone, and its token counts."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from typing import Any

from tests.api_server.settings import Answers, Fault

OPINIONS = 10


@dataclass(frozen=True)
class Asked:
    """A request body of either API, read."""

    responses: bool
    """The Responses API rather than Chat Completions."""
    model: str
    text: str
    schema: dict[str, Any] | None
    max_tokens: int
    tier: str
    logprobs: int
    input_tokens: int


@dataclass(frozen=True)
class Answered:
    """A text with its token counts."""

    text: str
    finish: str
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    tier: str


def read(body: dict[str, Any], responses: bool) -> Asked:
    """Return what a body asks for."""
    messages = body.get("input") if responses else body.get("messages")
    if isinstance(messages, str):
        messages = [{"content": messages}]
    text = "\n".join(str(m.get("content", "")) for m in messages or [])
    if responses and body.get("instructions"):
        text = f"{body['instructions']}\n{text}"
    form = (body.get("text") or {}).get("format") if responses else body.get("response_format")
    form = form or {}
    if not responses:
        form = form.get("json_schema") or {}
    names = ("max_output_tokens", "max_completion_tokens", "max_tokens")
    most = next((int(body[name]) for name in names if body.get(name)), 4096)
    logprobs = int(body.get("top_logprobs") or 0)
    return Asked(
        responses,
        str(body.get("model")),
        text,
        form.get("schema"),
        most,
        str(body.get("service_tier") or "default").replace("auto", "default"),
        logprobs,
        math.ceil(len(text.encode()) / 4) + 3 * len(messages or []) + 4,
    )


def answer(asked: Asked, settings: Answers, fault: Fault | None) -> Answered:
    """Return the answer to a request."""
    share = _share(asked.text)
    wanted = settings.shortest + round(share * (settings.longest - settings.shortest))
    output = min(wanted, asked.max_tokens)
    finish = "stop" if wanted <= asked.max_tokens and fault != "length" else "length"
    text = _text(asked, share)
    if fault in ("malformed", "length"):
        text = text[: len(text) // 2]
    return Answered(
        text,
        finish,
        asked.input_tokens,
        int(settings.cached * asked.input_tokens),
        output,
        settings.tier or asked.tier,
    )


def body(asked: Asked, given: Answered, fault: Fault | None, number: int) -> dict[str, Any]:
    """Return the JSON body of an answer, in the words of the API that was asked."""
    return (_responses if asked.responses else _chat)(asked, given, fault, number)


def _chat(asked: Asked, given: Answered, fault: Fault | None, number: int) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": given.text, "refusal": None}
    finish = given.finish
    if fault == "refusal":
        message |= {"content": None, "refusal": "I'm sorry, I cannot help with that."}
    if fault == "content_filter":
        message["content"], finish = "", "content_filter"
    choice: dict[str, Any] = {"index": 0, "message": message, "finish_reason": finish}
    if asked.logprobs:
        choice["logprobs"] = {"content": [_first_token(asked)]}
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 1,
        "model": asked.model,
        "service_tier": given.tier,
        "choices": [choice],
        "usage": {
            "prompt_tokens": given.input_tokens,
            "completion_tokens": given.output_tokens,
            "total_tokens": given.input_tokens + given.output_tokens,
            "prompt_tokens_details": {"cached_tokens": given.cached_tokens},
            "completion_tokens_details": {"reasoning_tokens": 0},
        },
    }


def _responses(asked: Asked, given: Answered, fault: Fault | None, number: int) -> dict[str, Any]:
    part: dict[str, Any] = {"type": "output_text", "text": given.text, "annotations": []}
    status, why = "completed", None
    if given.finish == "length":
        status, why = "incomplete", {"reason": "max_output_tokens"}
    if fault == "refusal":
        part = {"type": "refusal", "refusal": "I'm sorry, I cannot help with that."}
    if fault == "content_filter":
        status, why, part["text"] = "incomplete", {"reason": "content_filter"}, ""
    if asked.logprobs and part["type"] == "output_text":
        part["logprobs"] = [_first_token(asked)]
    return {
        "id": f"resp_{number}",
        "object": "response",
        "created_at": 1,
        "status": status,
        "incomplete_details": why,
        "error": None,
        "model": asked.model,
        "service_tier": given.tier,
        "output": [
            {"type": "message", "id": "m", "role": "assistant", "status": status, "content": [part]}
        ],
        "usage": {
            "input_tokens": given.input_tokens,
            "input_tokens_details": {"cached_tokens": given.cached_tokens},
            "output_tokens": given.output_tokens,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": given.input_tokens + given.output_tokens,
        },
    }


def _first_token(asked: Asked) -> dict[str, Any]:
    """The likeliest first tokens: the digits 1, 2, ... with probabilities 1/2, 1/4, ..."""
    likely = [
        {"token": str(i + 1), "logprob": math.log(0.5 ** (i + 1)), "bytes": [49 + i]}
        for i in range(min(asked.logprobs, 9))
    ]
    return {**likely[0], "top_logprobs": likely}


def _text(asked: Asked, share: float) -> str:
    if asked.schema is None:
        return _opinions(share)
    read = asked.text.rpartition("<text>")[2]
    stances = ["pro"] * read.count("in favour") + ["con"] * read.count("against")
    return json.dumps({"language": "en", "stances": stances[:OPINIONS]})


def _opinions(share: float) -> str:
    lines = []
    for number in range(1, OPINIONS + 1):
        side = "in favour of it" if number <= share * OPINIONS else "against it"
        lines.append(f"{number}. Citizen {number} is {side} and explains why at some length.")
    return "\n".join(lines)


def _share(text: str) -> float:
    return hashlib.sha256(text.encode()).digest()[0] / 255
