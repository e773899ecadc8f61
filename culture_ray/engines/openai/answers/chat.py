"""Reading of an answer of Chat Completions, and of its dialects; pure."""

from __future__ import annotations

from collections.abc import Mapping

from culture_ray.engines.openai.answers.error_body import error_in
from culture_ray.engines.openai.answers.fields import items_of, mapping_of, text_of
from culture_ray.engines.openai.answers.finish import finish_of
from culture_ray.engines.openai.answers.parts import AnswerParts, reasoning_text, texts_of

_REASONING = ("reasoning_content", "reasoning", "reasoning_details", "thinking")


def read_chat(body: Mapping[str, object]) -> AnswerParts | None:
    """Return the parts of the first choice; None if the answer has no choice."""
    choice = next((mapping_of(c) for c in items_of(body.get("choices")) if mapping_of(c)), None)
    if choice is None:
        return None
    message = mapping_of(choice.get("message") or choice.get("delta"))
    content = texts_of(message.get("content"))
    text = content.text if content.text is not None else text_of(choice.get("text"))
    called = message.get("tool_calls") or message.get("function_call")
    logprobs = mapping_of(choice.get("logprobs"))
    return AnswerParts(
        text=text,
        finish=finish_of(choice.get("finish_reason") or choice.get("stop_reason")),
        reasoning=content.reasoning
        or next((words for name in _REASONING if (words := reasoning_text(message.get(name)))), ""),
        refusal=text_of(message.get("refusal")) or content.refusal,
        tool=_tool(called) if called else None,
        logprobs=items_of(logprobs.get("content")),
        error=error_in(choice.get("error")),
    )


def _tool(called: object) -> str:
    """Return the name of the first tool in `tool_calls` or `function_call`."""
    calls = items_of(called)
    first = mapping_of(calls[0] if calls else called)
    return text_of(mapping_of(first.get("function") or first).get("name")) or ""
