"""Parser for the answers of Chat Completions and Responses: text, usage, probabilities; pure.

Nothing that an answer holds raises: what cannot be read is a problem with its reason.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from culture_ray.engines.interface import Request, Response
from culture_ray.engines.openai.answers.chat import read_chat
from culture_ray.engines.openai.answers.document import Unreadable, decode, is_json
from culture_ray.engines.openai.answers.error_body import ProviderError, error_in
from culture_ray.engines.openai.answers.error_status import status_of
from culture_ray.engines.openai.answers.fields import items_of, mapping_of, number_of, text_of
from culture_ray.engines.openai.answers.parts import AnswerParts
from culture_ray.engines.openai.answers.responses import read_responses
from culture_ray.engines.openai.answers.thoughts import thoughts_apart
from culture_ray.engines.openai.answers.usage import usage_of
from culture_ray.engines.openai.problems import Problem
from culture_ray.engines.openai.retry_hint import retry_hint_s
from culture_ray.engines.thoughts.marks import ThoughtMarks
from culture_ray.engines.thoughts.split import CUT_OFF, ONLY_THOUGHTS
from culture_ray.engines.thoughts.stops import before_stop
from culture_ray.redaction.secrets import scrub, scrub_message
from culture_ray.spending.account import Tier, TokenUsage

_WRAPPINGS = 2
"""Arrays and texts around an answer that are taken off: some gateways encode it twice."""


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
    thoughts: str | None = None
    """Thoughts of the model before its text; None if nothing came back."""


def parse(
    content: bytes | str,
    request: Request,
    tier: Tier | None = None,
    *,
    marks: Sequence[ThoughtMarks] = (),
) -> ParsedAnswer | Problem:
    """Parse an answer; return a problem if that is impossible.

    The form is recognised by its fields. `tier` is the tier that served the request where the
    provider does not report it, as in batches. `marks` are those of the model's thoughts beside the
    known ones.
    """
    try:
        body = decode(content)
    except Unreadable as problem:
        return Problem("body", str(problem))
    return parse_body(body, request, tier, marks=marks)


def parse_body(
    body: object,
    request: Request,
    tier: Tier | None = None,
    *,
    marks: Sequence[ThoughtMarks] = (),
) -> ParsedAnswer | Problem:
    """Parse a decoded body; see `parse`."""
    answer = _unwrapped(body)
    if answer is None:
        return Problem("body", "the answer is not a JSON object")
    parts = (read_chat if "choices" in answer else read_responses)(answer)
    parts = parts and thoughts_apart(parts, marks)
    error = error_in(answer.get("error")) or (parts.error if parts else None)
    usage = usage_of(answer, parts or AnswerParts(None, "end"), tier)
    if parts is not None and error is None and parts.finish == "error":
        error = ProviderError("the provider broke the answer off with an error")
    if error is not None and not (parts and parts.text and parts.finish == "end"):
        return _failed(error, usage)
    if parts is None:
        return _unreadable(answer, usage)
    return _answer(request, parts, usage)


def to_response(
    request: Request, answer: ParsedAnswer, seconds: float, dollars: float | None
) -> Response:
    """Return a parsed answer as the response to a request."""
    usage = answer.usage
    return Response(
        request_id=request.request_id,
        text=None if answer.text is None else scrub(answer.text),
        thoughts=None if answer.thoughts is None else scrub(answer.thoughts),
        reasoning_tokens=(usage.reasoning_tokens or None) if usage else None,
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


def _unwrapped(body: object) -> Mapping[str, object] | None:
    """Return the answer in a body, None if there is no object in it."""
    for _ in range(_WRAPPINGS):
        if isinstance(body, list) and len(body) == 1:
            body = body[0]
        elif isinstance(body, str):
            try:
                body = decode(body)
            except Unreadable:
                return None
    return body if isinstance(body, Mapping) else None


def _failed(error: ProviderError, usage: TokenUsage | None) -> Problem:
    """Return an error inside an answer with status 200 as what its own words say it is."""
    status = error.status or status_of(error.code, error.message)
    wait_s = retry_hint_s(error.message)
    return Problem("status", error.message, status, error.code, error.param, wait_s, usage)


def _unreadable(answer: Mapping[str, object], usage: TokenUsage | None) -> Problem:
    words = error_in(answer)
    if words is not None and words.message and _is_failure(answer):
        return _failed(words, usage)
    if "choices" in answer:
        return Problem("body", "the answer has no choices", usage=usage)
    said = f": {words.message}" if words and words.message else ""
    return Problem("body", f"the answer has neither choices nor output{said}", usage=usage)


def _is_failure(answer: Mapping[str, object]) -> bool:
    """Return True if an answer without choices says by a code or a flag that it is an error."""
    code = answer.get("code")
    return answer.get("success") is False or code not in (None, "", 0, 200, "0", "200")


def _answer(request: Request, parts: AnswerParts, usage: TokenUsage | None) -> ParsedAnswer:
    thoughts = parts.reasoning or None
    thought = thoughts is not None or (usage is not None and usage.reasoning_tokens > 0)
    failure = _failure(parts, thought=thought)
    if failure is not None:
        finish = "length" if failure == CUT_OFF else "error"
        return ParsedAnswer(None, finish, failure, usage, thoughts=thoughts)
    # Responses has no parameter for stop sequences, and some models do not support it.
    text = before_stop(request.sampling.stop, parts.text or "")
    length = parts.finish == "length" and text == parts.text
    return ParsedAnswer(
        text,
        "length" if length else "stop",
        usage=usage,
        probabilities=None if thoughts else _probabilities(parts.logprobs, request.options),
        well_formed=length or request.schema is None or is_json(text),
        thoughts=thoughts,
    )


def _failure(parts: AnswerParts, *, thought: bool) -> str | None:
    """Return the reason why an answer has no text to use, None if it has one.

    `thought` says that tokens were used for thoughts, whether or not these came back.
    """
    if parts.refusal or parts.finish == "refusal":
        words = (parts.refusal or parts.text or "no words")[:300]
        return f"the model refused: {words}"
    if parts.finish == "filter":
        return "stopped by the provider's content filter"
    if parts.text or (parts.text == "" and parts.finish == "end" and not parts.reasoning):
        return None
    if parts.finish == "length" and thought:
        return CUT_OFF
    if parts.finish == "length":
        return "the limit of tokens was used up before any text"
    if parts.tool is not None:
        named = f" '{parts.tool}'" if parts.tool else ""
        return f"the model called a tool{named} instead of writing a text"
    return ONLY_THOUGHTS if parts.reasoning else "no text"


def _probabilities(logprobs: Sequence[object], options: Sequence[str]) -> tuple[float, ...] | None:
    """Return the probability of each option as the first token, ignoring surrounding blanks.

    None without options, or if no entry of the first token can be read.
    """
    if not options or not logprobs:
        return None
    first = mapping_of(logprobs[0])
    likely = [_token(entry) for entry in items_of(first.get("top_logprobs")) or [first]]
    tokens = [token for token in likely if token is not None]
    if not tokens:
        return None
    return tuple(
        min(1.0, math.fsum(math.exp(logprob) for token, logprob in tokens if token == option))
        for option in options
    )


def _token(entry: object) -> tuple[str, float] | None:
    """Return a token without blanks and its log probability, None if it cannot be read."""
    fields = mapping_of(entry)
    token, logprob = text_of(fields.get("token")), number_of(fields.get("logprob"))
    if token is None or logprob is None:
        return None
    return token.strip(), min(logprob, 0.0)
