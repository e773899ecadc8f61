"""Reading of an answer of the Responses API; pure."""

from __future__ import annotations

from collections.abc import Mapping

from culture_ray.engines.openai.answers.error_body import ProviderError, error_in
from culture_ray.engines.openai.answers.fields import items_of, mapping_of, text_of
from culture_ray.engines.openai.answers.finish import Finish, finish_of
from culture_ray.engines.openai.answers.parts import AnswerParts, reasoning_text, texts_of

_FINISHED = ("completed", "incomplete")


def read_responses(body: Mapping[str, object]) -> AnswerParts | None:
    """Return the parts of an answer; None if it has neither an output nor an end."""
    status = text_of(body.get("status"))
    output = [mapping_of(item) for item in items_of(body.get("output"))]
    if status in (None, *_FINISHED) and not isinstance(body.get("output"), list):
        return None
    error = error_in(body.get("error"))
    if status is not None and status not in _FINISHED:
        error = error or ProviderError(f"the answer's status is '{status}'")
    messages = [item for item in output if item.get("type", "message") == "message"]
    contents = [texts_of(item.get("content")) for item in messages]
    texts = [content.text for content in contents if content.text is not None]
    tools = [item for item in output if (text_of(item.get("type")) or "").endswith("_call")]
    thought = (reasoning_text(item) for item in output if item.get("type") == "reasoning")
    return AnswerParts(
        text="".join(texts) if texts else None,
        finish=_finish(status, mapping_of(body.get("incomplete_details")).get("reason")),
        reasoning="".join(thought) + "".join(content.reasoning for content in contents),
        refusal="".join(content.refusal for content in contents),
        tool=(text_of(tools[0].get("name")) or "") if tools else None,
        logprobs=_logprobs(messages),
        error=error,
    )


def _finish(status: str | None, reason: object) -> Finish:
    if status not in (None, *_FINISHED):
        return "error"
    finish = finish_of(reason)
    return "length" if status == "incomplete" and finish == "end" else finish


def _logprobs(messages: list[Mapping[str, object]]) -> list[object]:
    """Return the entries of the first part that has some."""
    parts = (mapping_of(p) for message in messages for p in items_of(message.get("content")))
    return next((list(found) for part in parts if (found := items_of(part.get("logprobs")))), [])
