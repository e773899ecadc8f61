"""Parts of an answer, as read from either API form, and the texts in its content; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from culture_ray.engines.openai.answers.error_body import ProviderError
from culture_ray.engines.openai.answers.fields import items_of, mapping_of, text_of
from culture_ray.engines.openai.answers.finish import Finish


@dataclass(frozen=True)
class AnswerParts:
    """Contents of an answer, before it is judged usable; every text is storable."""

    text: str | None
    """None if the answer has no text at all; empty is a text."""
    finish: Finish
    reasoning: str = ""
    """Reasoning that was returned; never part of the text."""
    refusal: str = ""
    tool: str | None = None
    """Name of the tool that was called, empty if it has none."""
    logprobs: Sequence[object] = ()
    """Entries of the answer's tokens, first token first, not yet read."""
    error: ProviderError | None = None
    """Error that ended the answer."""


@dataclass(frozen=True)
class ContentTexts:
    """Texts of a message's content by what they are."""

    text: str | None = None
    reasoning: str = ""
    refusal: str = ""


def texts_of(content: object) -> ContentTexts:
    """Return the texts of a message's content: a string, a part, or an array of either.

    Parts of unknown types, such as images, count for nothing.
    """
    if isinstance(content, str):
        return ContentTexts(text_of(content))
    parts = items_of(content) if isinstance(content, list) else [content]
    texts: list[str] = []
    reasoning: list[str] = []
    refusals: list[str] = []
    for part in parts:
        if (plain := text_of(part)) is not None:
            texts.append(plain)
            continue
        fields = mapping_of(part)
        kind = text_of(fields.get("type")) or "text"
        if kind in ("text", "output_text"):
            text = _inner_text(fields.get("text"))
            if text is not None:
                texts.append(text)
        elif kind == "refusal":
            refusals.append(text_of(fields.get("refusal")) or "")
        elif "think" in kind or "reason" in kind:
            reasoning.append(reasoning_text(fields))
    return ContentTexts("".join(texts) if texts else None, "".join(reasoning), "".join(refusals))


def reasoning_text(value: object) -> str:
    """Return the reasoning in a field of any shape: text, parts, or parts within parts."""
    if (plain := text_of(value)) is not None:
        return plain
    if isinstance(value, list):
        return "".join(_reasoning_part(part) for part in value)
    return _reasoning_part(value)


def _reasoning_part(part: object, depth: int = 0) -> str:
    if (plain := text_of(part)) is not None:
        return plain
    inner = [mapping_of(part).get(name) for name in ("text", "thinking", "reasoning", "summary")]
    found = []
    for value in inner:
        if (plain := text_of(value)) is not None:
            found.append(plain)
        elif depth == 0:
            found += [_reasoning_part(item, 1) for item in items_of(value)]
    return "".join(found)


def _inner_text(value: object) -> str | None:
    """Return a part's text, which some servers wrap into an object with its annotations."""
    return text_of(value) if isinstance(value, str) else text_of(mapping_of(value).get("value"))
