"""Odd shapes in which servers send an answer that can be read all the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Body = dict[str, Any]


def odd(body: Body, number: int) -> Body:
    """Return the body of a chat completion in the odd shape whose turn it is; others as they are.

    The shapes were seen with servers that speak OpenAI's API: content in parts, counts as text or
    without a value, half a surrogate pair, fields of an unexpected type.
    """
    return _SHAPES[number % len(_SHAPES)](body) if "choices" in body else body


def _in_parts(body: Body) -> Body:
    message = body["choices"][0]["message"]
    return _with_message(body, content=[{"type": "text", "text": message["content"]}])


def _with_half_a_surrogate_pair(body: Body) -> Body:
    message = body["choices"][0]["message"]
    return _with_message(body, content=f"{message['content']} \ud83d")


def _with_counts_as_text(body: Body) -> Body:
    counts = {name: str(n) if isinstance(n, int) else n for name, n in body["usage"].items()}
    return body | {"usage": counts}


def _without_a_count(body: Body) -> Body:
    return body | {"usage": body["usage"] | {"completion_tokens": None}}


def _without_usage(body: Body) -> Body:
    return body | {"usage": None}


def _with_strange_fields(body: Body) -> Body:
    return body | {"created": "today", "id": 7, "service_tier": {"name": "default"}, "more": [1]}


def _with_message(body: Body, **changes: Any) -> Body:
    choice = body["choices"][0]
    return body | {"choices": [choice | {"message": choice["message"] | changes}]}


_SHAPES: tuple[Callable[[Body], Body], ...] = (
    _in_parts, _with_half_a_surrogate_pair, _with_counts_as_text, _without_a_count,
    _without_usage, _with_strange_fields,
)  # fmt: skip
