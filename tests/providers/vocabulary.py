"""Vocabulary of the table: answers of a provider, and when it gives them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.providers.exchange import Ask, Framing, Reply, Script

ABSENT: Any = object()
"""Value that removes a field."""

KEPT: Any = object()
"""Value that leaves a field as it is."""

# --- when


def good(ask: Ask) -> Reply:
    """Answer as a provider without faults does."""
    return ask.good()


def first(count: int, script: Script, then: Script = good) -> Script:
    """Follow a script for the first `count` requests."""
    return lambda ask: (script if ask.number <= count else then)(ask)


def nth(number: int, script: Script) -> Script:
    """Follow a script for one request only."""
    return lambda ask: (script if ask.number == number else good)(ask)


def every(count: int, script: Script) -> Script:
    """Follow a script for every `count`-th request."""
    return lambda ask: (good if ask.number % count else script)(ask)


def after(count: int, script: Script) -> Script:
    """Follow a script once `count` requests were answered."""
    return first(count, good, script)


def during(seconds: float, script: Script, *, since: float = 0.0) -> Script:
    """Follow a script for a time."""
    return lambda ask: (script if since <= ask.seconds < since + seconds else good)(ask)


def with_field(name: str, script: Script) -> Script:
    """Follow a script where the body has a field, such as `temperature` or `reasoning.effort`."""

    def answer_by_field(ask: Ask) -> Reply:
        value: Any = ask.body
        for part in name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return good(ask) if value is None else script(ask)

    return answer_by_field


def of_request(ending: str, script: Script) -> Script:
    """Follow a script for the request whose id ends so, as often as it is sent."""
    return lambda ask: (script if ask.request_id.endswith(ending) else good)(ask)


# --- refusals


def status(code: int, body: Any = None, **headers: str) -> Script:
    """Refuse with a status; headers are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda ask: Reply(code, body, named)


def error(message: str, code: Any = None, kind: Any = None, param: Any = None) -> dict[str, Any]:
    """Return an error body as OpenAI words it."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def html(code: int, title: str) -> Script:
    """Answer with a page, as a proxy does."""
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return lambda ask: Reply(code, page.encode(), {"content-type": "text/html"})


def raw(body: bytes, kind: str = "application/json", code: int = 200) -> Script:
    """Answer with these bytes; what they cost is not billed."""
    return lambda ask: Reply(code, body, {"content-type": kind})


def body(content: Any, **headers: str) -> Script:
    """Answer 200 with this JSON, unbilled."""
    return status(200, content, **headers)


def drop(ask: Ask) -> Reply:
    """Close the connection without an answer, after the work was done."""
    return replace(ask.good(), ending="dropped")


def cut(ask: Ask) -> Reply:
    """Close the connection within the answer, after the work was done."""
    return replace(ask.good(), ending="cut")


def framed(framing: Framing, script: Script = good) -> Script:
    """Tell the end of an answer in another way than by its length."""
    return lambda ask: replace(script(ask), framing=framing)


def zipped(compress: Callable[[bytes], bytes], script: Script = good) -> Script:
    """Call an answer's body gzip, after `compress` has made bytes of it."""

    def changed(ask: Ask) -> Reply:
        reply = script(ask)
        body = compress(json.dumps(reply.body).encode())
        return replace(reply, body=body, headers={**reply.headers, "content-encoding": "gzip"})

    return changed


def slow(seconds: float, script: Script = good) -> Script:
    """Send the first byte late."""
    return lambda ask: replace(script(ask), after_s=seconds)


def with_headers(script: Script, **headers: str) -> Script:
    """Add headers, written with underscores, to an answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda ask: replace(found := script(ask), headers={**found.headers, **named})


# --- answers


def answer(
    content: Any = KEPT,
    *,
    message: Mapping[str, Any] | None = None,
    choice: Mapping[str, Any] | None = None,
    usage: Any = KEPT,
    top: Mapping[str, Any] | None = None,
    output: int | None = None,
    unreported: int = 0,
    read: int = 0,
    fee: float = 0.0,
) -> Script:
    """Answer well but for some fields; a function is applied to the field's good value.

    `usage` has the names of Chat Completions and is renamed for Responses; the others are fields of
    Chat Completions. `output` tokens are billed and reported, `unreported` ones only billed, like
    the input that is `read` beside the prompt, and a `fee` in dollars.
    """

    def changed(ask: Ask) -> Reply:
        reply = ask.good()
        document = json.loads(json.dumps(reply.body))
        paid_in, paid_out = reply.billed
        if output is not None:
            paid_out = output
            _usage(document, {"completion_tokens": output, "total_tokens": paid_in + output})
        if "choices" in document:
            _update(document["choices"][0]["message"], message or {})
            _update(document["choices"][0]["message"], {"content": content})
            _update(document["choices"][0], choice or {})
        if usage is not KEPT:
            _usage(document, usage)
        _update(document, top or {})
        billed = (paid_in + read, paid_out + unreported)
        return replace(reply, body=document, billed=billed, fee=fee)

    return changed


def item(change: Callable[[dict[str, Any]], Any]) -> Script:
    """Answer well but for a change of the document, in either form."""

    def changed(ask: Ask) -> Reply:
        reply = ask.good()
        document = json.loads(json.dumps(reply.body))
        result = change(document)
        return replace(reply, body=document if result is None else result)

    return changed


def padded(before: bytes, after: bytes = b"") -> Script:
    """Answer well, with bytes around the JSON."""

    def changed(ask: Ask) -> Reply:
        reply = ask.good()
        return replace(reply, body=before + json.dumps(reply.body).encode() + after)

    return changed


def unbilled(script: Script) -> Script:
    """Answer without billing it."""
    return lambda ask: replace(script(ask), billed=(0, 0))


def sse(ask: Ask) -> Reply:
    """Answer with a stream of events that nobody asked for."""
    reply = ask.good()
    words = str(reply.body["choices"][0]["message"]["content"])
    deltas = [{"choices": [{"delta": {"content": part}}]} for part in (words[:9], words[9:])]
    text = "".join(f"data: {json.dumps(delta)}\n\n" for delta in deltas) + "data: [DONE]\n\n"
    return replace(reply, body=text.encode(), headers={"content-type": "text/event-stream"})


# --- batches


def failing_batch(code: str, message: str, of: str | None = None) -> Script:
    """Create a batch that fails in its validation, if it has the request `of`."""

    def create(ask: Ask) -> Reply:
        reply = ask.good()
        assert ask.batches is not None
        ask.batches.fail(code, message, of)
        return reply

    return create


def refusing_batch(field: str, code: str, message: str) -> Script:
    """Create a batch that fails in its validation, if a line's body has a field."""

    def create(ask: Ask) -> Reply:
        reply = ask.good()
        assert ask.batches is not None
        ask.batches.refuse(field, code, message)
        return reply

    return create


def ending_batch(share: float, status: str, code: str) -> Script:
    """Create a batch that ends after a share of its lines."""

    def create(ask: Ask) -> Reply:
        reply = ask.good()
        assert ask.batches is not None
        ask.batches.end_early(share, status, code)
        return reply

    return create


def line_error(code: str, message: str) -> Script:
    """End a batch's line with an error and no response."""
    return lambda ask: Reply(line_error={"code": code, "message": message})


def rows(change: Callable[[list[dict[str, Any]]], Sequence[object]]) -> Script:
    """Change the lines of a result file; a string is written as it is."""

    def changed(ask: Ask) -> Reply:
        reply = ask.good()
        lines = [json.loads(line) for line in reply.body.splitlines()]
        texts = (x if isinstance(x, str) else json.dumps(x) for x in change(lines))
        return replace(reply, body="\n".join(texts).encode() + b"\n")

    return changed


def _update(document: dict[str, Any], changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        if value is ABSENT:
            document.pop(name, None)
        elif value is not KEPT:
            document[name] = value(document.get(name)) if callable(value) else value


_NAMES = {"prompt_tokens": "input_tokens", "completion_tokens": "output_tokens"}


def _usage(document: dict[str, Any], changes: Any) -> None:
    if not isinstance(changes, Mapping):
        _update(document, {"usage": changes})
        return
    if "choices" in document:
        _update(document["usage"], changes)
        return
    renamed = {
        _NAMES.get(name, name.replace("prompt_", "input_").replace("completion_", "output_")): value
        for name, value in changes.items()
    }
    _update(document["usage"], renamed)
