"""Event streams, which some servers send although none was asked for, as one answer; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from culture_ray.engines.openai.answers.fields import items_of, mapping_of, text_of

DONE = "[DONE]"
"""Data of the event that ends a stream of Chat Completions."""

_START = re.compile(r"(?:data|event|id|retry):|: ?[A-Z\n]")
_TEXTS = ("reasoning_content", "reasoning", "refusal")


def is_event_stream(text: str) -> bool:
    """Return True if a text begins like an event stream."""
    return _START.match(text) is not None


def joined(events: Iterable[object]) -> Mapping[str, object] | None:
    """Return the answer that a stream's events add up to; None if it has no end.

    Chunks of Chat Completions are joined; of Responses, the last event holds the whole answer.
    """
    content: list[object] = []
    message: dict[str, object] = {"content": content}
    last: dict[str, object] = {}
    finish: object = None
    ended = False
    for event in events:
        chunk = mapping_of(event)
        whole = mapping_of(chunk.get("response"))
        if "output" in whole and whole.get("status") in ("completed", "incomplete", "failed"):
            return whole
        choices = items_of(chunk.get("choices"))
        choice = mapping_of(choices[0]) if choices else {}
        if chunk.get("error") or choice.get("message"):
            return chunk
        delta = mapping_of(choice.get("delta"))
        for piece in (delta.get("content"), choice.get("text")):
            content += piece if isinstance(piece, list) else [] if piece is None else [piece]
        for name in _TEXTS:
            if (words := text_of(delta.get(name))) is not None:
                message[name] = f"{message.get(name, '')}{words}"
        if delta.get("tool_calls"):
            message["tool_calls"] = delta["tool_calls"]
        finish = choice.get("finish_reason") or finish
        ended = ended or event == DONE or bool(finish)
        last |= {key: value for key, value in chunk.items() if value is not None}
    if not ended or not last:
        return None
    return last | {"choices": [{"message": message, "finish_reason": finish}]}
