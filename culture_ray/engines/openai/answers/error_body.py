"""Reading of a provider's error in whatever shape it comes: its words, code and parameter; pure.

Shapes: `error` as an object, a text or an array, `errors`, `message`, `detail` (FastAPI), arrays of
those (Gemini), errors within errors and JSON within text (gateways), plain text, HTML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from culture_ray.engines.openai.answers.document import (
    Unreadable,
    decode,
    is_json,
    markup_words,
    text_in,
)
from culture_ray.engines.openai.answers.fields import items_of, mapping_of, number_of, text_of

_WORDS = (
    "message", "msg", "error_message", "errorMessage", "error_msg", "error_description", "detail",
    "details", "title", "description", "reason", "raw",
)  # fmt: skip
"""Fields that hold an error's words, the most telling first."""

_DEPTH = 8
"""Errors within errors that are looked into."""

_LONGEST = 1000
"""Characters of an error's words that are kept."""


@dataclass(frozen=True)
class ProviderError:
    """Error as the provider words it."""

    message: str
    code: str | None = None
    """Code, type or status in words, the most specific that there is."""
    param: str | None = None
    """Field of the request that it refers to."""
    status: int | None = None
    """HTTP status that the error itself names, which may differ from that of the answer."""


def error_in_answer(content: bytes | str) -> ProviderError:
    """Return the error in the body of a failed answer, in the body's own words at least."""
    text = text_in(content)
    if text.startswith("<"):
        return ProviderError(markup_words(text))
    try:
        found = error_in(decode(text))
    except Unreadable:
        found = None
    return found or ProviderError(" ".join(text.split())[:_LONGEST])


def error_in(value: object) -> ProviderError | None:
    """Return the error in a decoded value, None if it holds none."""
    found = _error(value, _DEPTH)
    return replace(found, message=" ".join(found.message.split())[:_LONGEST]) if found else None


def _error(value: object, depth: int) -> ProviderError | None:
    if isinstance(value, str):
        return _error_in_text(value, depth)
    if depth == 0:
        return None
    if isinstance(value, list):
        found = [one for item in value[:3] if (one := _error(item, depth - 1)) is not None]
        words = "; ".join(one.message for one in found if one.message)
        return replace(found[0], message=words) if found else None
    fields = mapping_of(value)
    if not fields:
        return None
    for name in ("error", "errors"):
        if fields.get(name) and (inner := _error(fields[name], depth - 1)) is not None:
            return _completed(inner, fields)
    return _completed(_from_words(fields, depth), fields)


def _error_in_text(text: str, depth: int) -> ProviderError | None:
    """Return the error in a text, which may be JSON."""
    words = text_of(text) or ""
    if depth and words.lstrip().startswith(("{", "[")) and is_json(words):
        return _error(decode(words), depth - 1) or ProviderError(words)
    return ProviderError(words) if words.strip() else None


def _from_words(fields: Mapping[str, object], depth: int) -> ProviderError:
    """Return the error in the words of an object, with those of an upstream provider."""
    found = next(
        (one for name in _WORDS if (one := _error(fields.get(name), depth - 1)) is not None),
        ProviderError(""),
    )
    upstream = _error(mapping_of(fields.get("metadata")).get("raw"), depth - 1)
    if upstream is not None and upstream.message not in found.message:
        found = replace(upstream, message=f"{found.message}: {upstream.message}".lstrip(": "))
    location = [text for part in items_of(fields.get("loc")) if (text := text_of(part))]
    if location:  # FastAPI: {"loc": ["body", "temperature"], "msg": ..., "type": ...}
        found = ProviderError(f"{location[-1]}: {found.message}", param=location[-1])
    return found


def _completed(found: ProviderError, fields: Mapping[str, object]) -> ProviderError:
    """Return an error with the code, parameter and status that an outer object adds."""
    code = number_of(fields.get("code")) or number_of(fields.get("status"))
    status = int(code) if code is not None and 400 <= code < 600 else None
    return replace(
        found,
        code=found.code or _code(fields),
        param=found.param or text_of(fields.get("param")),
        status=found.status or status,
    )


def _code(fields: Mapping[str, object]) -> str | None:
    """Return the most specific code in words; a number repeats the HTTP status, or says little."""
    details = items_of(fields.get("details"))
    reasons = [text_of(mapping_of(detail).get("reason")) for detail in details]
    named = [text_of(fields.get(name)) for name in ("code", "type", "status", "error_type")]
    found = next((word for word in [*reasons, *named] if word and not word.isdigit()), None)
    return found[:100] if found else None
