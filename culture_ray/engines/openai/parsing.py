"""From the body of an answer to a response and what was billed; the same for both of its forms."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from culture_ray.engines.interface import Request, Response
from culture_ray.engines.openai.problems import Problem
from culture_ray.spending.account import Tier, TokenUsage

_TIERS: Mapping[str, Tier] = {"flex": "flex", "priority": "priority", "fast": "priority"}


@dataclass(frozen=True)
class ParsedAnswer:
    """One answer, read."""

    text: str | None
    finish_reason: str
    """stop, length, or error."""
    failure: str | None = None
    usage: TokenUsage | None = None
    """None when the provider did not say."""
    probabilities: tuple[float, ...] | None = None
    well_formed: bool = True
    """False when a schema was asked for and something else came to its end."""


def read(
    content: bytes | str, request: Request, tier: Tier | None = None
) -> ParsedAnswer | Problem:
    """Return an answer's reading, or the problem that stands in its place.

    Both forms are known by what is in them. `tier` is what it was served at where the provider
    does not say it: in batches.
    """
    try:
        body = json.loads(content)
    except ValueError:
        return Problem("body", "the answer is not JSON")
    return read_body(body, request, tier)


def read_body(body: object, request: Request, tier: Tier | None = None) -> ParsedAnswer | Problem:
    """Return the reading of a decoded body; see `read`."""
    if not isinstance(body, Mapping):
        return Problem("body", "the answer is not a JSON object")
    try:
        read_form = _read_chat if "choices" in body else _read_responses
        return read_form(body, request, tier)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        return Problem("body", f"the answer lacks a part: {type(error).__name__} {error}")


def response_of(
    request: Request, reading: ParsedAnswer, seconds: float, dollars: float | None
) -> Response:
    """Return a reading as the response to a request."""
    used = reading.usage
    return Response(
        request_id=request.request_id,
        text=reading.text,
        finish_reason=reading.finish_reason,
        prompt_tokens=used.input_tokens if used else 0,
        output_tokens=used.output_tokens if used else 0,
        seconds=seconds,
        failure=reading.failure,
        probabilities=reading.probabilities,
        dollars=dollars,
    )


def nothing(request: Request, why: str) -> Response:
    """Return the response to a request of which nothing came."""
    return Response(request.request_id, None, "error", failure=why)


def _read_chat(
    body: Mapping[str, Any], request: Request, tier: Tier | None
) -> ParsedAnswer | Problem:
    choice = body["choices"][0]
    message = choice["message"]
    finish = str(choice.get("finish_reason"))
    usage = _usage(body, tier, "prompt", "completion")
    logprobs = (choice.get("logprobs") or {}).get("content")
    return _reading(
        request,
        text=message.get("content"),
        refusal=message.get("refusal"),
        stopped={"length": "length", "content_filter": "filter"}.get(finish, "end"),
        usage=usage,
        logprobs=logprobs,
    )


def _read_responses(
    body: Mapping[str, Any], request: Request, tier: Tier | None
) -> ParsedAnswer | Problem:
    if body["status"] not in ("completed", "incomplete"):
        error = body.get("error") or {}
        words = str(error.get("message") or body["status"])
        return Problem("status", words, 500, error.get("code"))
    parts = [
        part for item in body["output"] if item.get("type") == "message" for part in item["content"]
    ]
    texts = [part["text"] for part in parts if part["type"] == "output_text"]
    refusals = [part["refusal"] for part in parts if part["type"] == "refusal"]
    reason = str((body.get("incomplete_details") or {}).get("reason"))
    logprobs = next((part["logprobs"] for part in parts if part.get("logprobs")), None)
    return _reading(
        request,
        text=_until(request.sampling.stop, "".join(texts)) if texts else None,
        refusal="".join(refusals) or None,
        stopped={"max_output_tokens": "length", "content_filter": "filter"}.get(reason, "end"),
        usage=_usage(body, tier, "input", "output"),
        logprobs=logprobs,
    )


def _reading(
    request: Request,
    text: str | None,
    refusal: str | None,
    stopped: str,
    usage: TokenUsage | None,
    logprobs: Sequence[Mapping[str, Any]] | None,
) -> ParsedAnswer:
    if refusal:
        return ParsedAnswer(None, "error", f"the model refused: {refusal[:300]}", usage)
    if stopped == "filter":
        return ParsedAnswer(None, "error", "stopped by the provider's content filter", usage)
    finish: Literal["stop", "length"] = "length" if stopped == "length" else "stop"
    if text is None or (not text and finish == "length"):
        why = "the limit of tokens was used up before any text" if finish == "length" else "no text"
        return ParsedAnswer(None, "error", why, usage)
    return ParsedAnswer(
        text,
        finish,
        usage=usage,
        probabilities=_probabilities(logprobs, request.options) if logprobs else None,
        well_formed=finish == "length" or request.schema is None or _is_json(text),
    )


def _usage(body: Mapping[str, Any], tier: Tier | None, came: str, went: str) -> TokenUsage | None:
    said = body.get("usage")
    if not said:
        return None
    of_input = said.get(f"{came}_tokens_details") or {}
    of_output = said.get(f"{went}_tokens_details") or {}
    return TokenUsage(
        input_tokens=said[f"{came}_tokens"],
        output_tokens=said[f"{went}_tokens"],
        cached_tokens=of_input.get("cached_tokens") or 0,
        cache_write_tokens=of_input.get("cache_write_tokens") or 0,
        reasoning_tokens=of_output.get("reasoning_tokens") or 0,
        tier=tier or _TIERS.get(str(body.get("service_tier")), "standard"),
    )


def _probabilities(
    logprobs: Sequence[Mapping[str, Any]], options: Sequence[str]
) -> tuple[float, ...] | None:
    """Return the probability of each option as the first token, blanks around it ignored."""
    if not options or not logprobs:
        return None
    likely = logprobs[0].get("top_logprobs") or [logprobs[0]]
    return tuple(
        math.fsum(math.exp(token["logprob"]) for token in likely if token["token"].strip() == one)
        for one in options
    )


def _until(stops: Sequence[str], text: str) -> str:
    """Return the text up to the first stop sequence: Responses cannot be told of them."""
    return text[: min([len(text), *(at for stop in stops if (at := text.find(stop)) >= 0)])]


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
