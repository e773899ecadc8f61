"""Reading of an answer of Chat Completions, and of its dialects; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from culture_ray.engines.openai.answers.error_body import error_in
from culture_ray.engines.openai.answers.fields import items_of, mapping_of, text_of
from culture_ray.engines.openai.answers.finish import finish_of
from culture_ray.engines.openai.answers.parts import AnswerParts, reasoning_text, texts_of

_REASONING = ("reasoning_content", "reasoning", "reasoning_details", "thinking")


def read_chat(body: Mapping[str, object]) -> AnswerParts | None:
    """Return the parts of the first choice; None if the answer has no choice."""
    choice = next((mapping_of(c) for c in _choices(body.get("choices")) if mapping_of(c)), None)
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
        logprobs=items_of(logprobs.get("content")) or _by_column(logprobs),
        error=error_in(choice.get("error")),
    )


def _choices(value: object) -> Sequence[object]:
    """Return the choices in an array, in an object by index, or a single one."""
    fields = mapping_of(value)
    if not fields:
        return items_of(value)
    return [fields] if "message" in fields else list(fields.values())


def _by_column(logprobs: Mapping[str, object]) -> list[dict[str, object]]:
    """Return the entries of log probabilities in columns, as completions have them.

    Together's answers have `tokens`, `token_logprobs` and a `top_logprobs` of objects by token.
    """
    columns = (items_of(logprobs.get(name)) for name in ("tokens", "token_logprobs"))
    top = items_of(logprobs.get("top_logprobs"))
    return [
        {
            "token": token,
            "logprob": logprob,
            "top_logprobs": [
                {"token": name, "logprob": value}
                for name, value in mapping_of(top[n] if n < len(top) else None).items()
            ],
        }
        for n, (token, logprob) in enumerate(zip(*columns, strict=False))
    ]


def _tool(called: object) -> str:
    """Return the name of the first tool in `tool_calls` or `function_call`."""
    calls = items_of(called)
    first = mapping_of(calls[0] if calls else called)
    return text_of(mapping_of(first.get("function") or first).get("name")) or ""
