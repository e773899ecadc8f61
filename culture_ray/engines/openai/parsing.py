"""Parser for the answers of Chat Completions and Responses: text, usage, probabilities."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from culture_ray.engines.interface import Request, Response
from culture_ray.engines.openai.problems import Problem
from culture_ray.redaction.secrets import scrub, scrub_message
from culture_ray.spending.account import Tier, TokenUsage

_TIERS: Mapping[str, Tier] = {"flex": "flex", "priority": "priority", "fast": "priority"}


@dataclass(frozen=True)
class ParsedAnswer:
    """Parsed answer of either API form."""

    text: str | None
    finish_reason: str
    """stop, length, or error."""
    failure: str | None = None
    usage: TokenUsage | None = None
    """None if the provider did not report it."""
    probabilities: tuple[float, ...] | None = None
    well_formed: bool = True
    """False if a schema was requested and a finished answer is not JSON."""


def parse(
    content: bytes | str, request: Request, tier: Tier | None = None
) -> ParsedAnswer | Problem:
    """Parse an answer; return a problem if that is impossible.

    The form is recognised by its fields. `tier` is the tier that served the request where the
    provider does not report it, as in batches.
    """
    try:
        body = json.loads(content)
    except ValueError:
        return Problem("body", "the answer is not JSON")
    return parse_body(body, request, tier)


def parse_body(body: object, request: Request, tier: Tier | None = None) -> ParsedAnswer | Problem:
    """Parse a decoded body; see `parse`."""
    if not isinstance(body, Mapping):
        return Problem("body", "the answer is not a JSON object")
    try:
        parse_form = _parse_chat if "choices" in body else _parse_responses
        return parse_form(body, request, tier)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        return Problem("body", f"the answer lacks a part: {type(error).__name__} {error}")


def to_response(
    request: Request, answer: ParsedAnswer, seconds: float, dollars: float | None
) -> Response:
    """Return a parsed answer as the response to a request."""
    usage = answer.usage
    return Response(
        request_id=request.request_id,
        text=None if answer.text is None else scrub(answer.text),
        finish_reason=answer.finish_reason,
        prompt_tokens=usage.input_tokens if usage else 0,
        output_tokens=usage.output_tokens if usage else 0,
        seconds=seconds,
        failure=None if answer.failure is None else scrub_message(answer.failure),
        probabilities=answer.probabilities,
        dollars=dollars,
    )


def failed_response(request: Request, reason: str) -> Response:
    """Return the response to a request that failed."""
    return Response(request.request_id, None, "error", failure=scrub_message(reason))


def _parse_chat(
    body: Mapping[str, Any], request: Request, tier: Tier | None
) -> ParsedAnswer | Problem:
    choice = body["choices"][0]
    message = choice["message"]
    finish = str(choice.get("finish_reason"))
    usage = _usage(body, tier, "prompt", "completion")
    logprobs = (choice.get("logprobs") or {}).get("content")
    return _answer(
        request,
        text=message.get("content"),
        refusal=message.get("refusal"),
        stopped={"length": "length", "content_filter": "filter"}.get(finish, "end"),
        usage=usage,
        logprobs=logprobs,
    )


def _parse_responses(
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
    return _answer(
        request,
        text=_before_stop(request.sampling.stop, "".join(texts)) if texts else None,
        refusal="".join(refusals) or None,
        stopped={"max_output_tokens": "length", "content_filter": "filter"}.get(reason, "end"),
        usage=_usage(body, tier, "input", "output"),
        logprobs=logprobs,
    )


def _answer(
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
        length = "the limit of tokens was used up before any text"
        reason = length if finish == "length" else "no text"
        return ParsedAnswer(None, "error", reason, usage)
    return ParsedAnswer(
        text,
        finish,
        usage=usage,
        probabilities=_probabilities(logprobs, request.options) if logprobs else None,
        well_formed=finish == "length" or request.schema is None or _is_json(text),
    )


def _usage(
    body: Mapping[str, Any], tier: Tier | None, input_name: str, output_name: str
) -> TokenUsage | None:
    reported = body.get("usage")
    if not reported:
        return None
    input_details = reported.get(f"{input_name}_tokens_details") or {}
    output_details = reported.get(f"{output_name}_tokens_details") or {}
    return TokenUsage(
        input_tokens=reported[f"{input_name}_tokens"],
        output_tokens=reported[f"{output_name}_tokens"],
        cached_tokens=input_details.get("cached_tokens") or 0,
        cache_write_tokens=input_details.get("cache_write_tokens") or 0,
        reasoning_tokens=output_details.get("reasoning_tokens") or 0,
        tier=tier or _TIERS.get(str(body.get("service_tier")), "standard"),
    )


def _probabilities(
    logprobs: Sequence[Mapping[str, Any]], options: Sequence[str]
) -> tuple[float, ...] | None:
    """Return the probability of each option as the first token, ignoring surrounding blanks."""
    if not options or not logprobs:
        return None
    likely = logprobs[0].get("top_logprobs") or [logprobs[0]]
    return tuple(
        math.fsum(
            math.exp(token["logprob"]) for token in likely if token["token"].strip() == option
        )
        for option in options
    )


def _before_stop(stops: Sequence[str], text: str) -> str:
    """Return the text before the first stop sequence: Responses has no parameter for them."""
    return text[: min([len(text), *(at for stop in stops if (at := text.find(stop)) >= 0)])]


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
