"""Decoding of an answer's bytes: one JSON value, or the reason why there is none; pure."""

from __future__ import annotations

import html
import json
import re

from culture_ray.engines.openai.answers.event_stream import is_event_stream, joined
from culture_ray.engines.openai.answers.fields import storable

_TITLE = re.compile(r"<(title|h1)\b[^>]*>(.*?)</\1", re.IGNORECASE | re.DOTALL)
_INVISIBLE = re.compile(r"<(script|style)\b.*?</\1[^>]*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_LONGEST_INTEGER = 30
"""Digits from which an integer is read as a float: Python refuses to convert thousands of them."""


class Unreadable(Exception):
    """The bytes are not a JSON document; the message says what they are."""


def decode(content: bytes | str) -> object:
    """Return the JSON value in an answer; an event stream is joined into one answer.

    Of keys that occur twice in an object, the last one counts. Raises Unreadable.
    """
    text = text_in(content)
    if is_event_stream(text):
        answer = joined(event for data in _event_data(text) if (event := _event(data)) is not None)
        if answer is None:
            raise Unreadable("an event stream without a whole answer, though none was asked for")
        return answer
    if not text:
        raise Unreadable("the answer is empty")
    if text.startswith("<"):
        raise Unreadable(markup_words(text))
    try:
        return _loaded(text)
    except json.JSONDecodeError as error:
        if error.pos >= len(text) or error.msg.startswith("Unterminated"):
            raise Unreadable(f"the JSON ends after {len(text)} characters: cut off?") from None
        raise Unreadable(f"the answer is not JSON: it begins with {text[:60]!r}") from None
    except RecursionError:
        raise Unreadable("the JSON is nested too deeply") from None


def text_in(content: bytes | str) -> str:
    """Return an answer's text in storable form, without a byte-order mark and outer blanks."""
    if isinstance(content, bytes):
        content = content.decode(json.detect_encoding(content), "replace")
    return storable(content).strip("\ufeff \t\r\n")


def markup_words(text: str) -> str:
    """Return the kind and the words of an HTML or XML page, in one line."""
    if re.match(r"<(?:!doctype html|html|head|body|!--|title|h1|center|script)", text[:300], re.I):
        kind = "an HTML page instead of JSON, from a proxy?"
    else:
        kind = "markup instead of JSON"
    title = _TITLE.search(text)
    shown = title.group(2) if title else _INVISIBLE.sub(" ", text)
    words = " ".join(html.unescape(_TAG.sub(" ", shown)).split())[:200]
    return f"{kind} It says '{storable(words)}'" if words else kind


def is_json(text: str) -> bool:
    """Return True if a text is one JSON value."""
    try:
        _loaded(text)
    except (ValueError, RecursionError):
        return False
    return True


def _loaded(text: str) -> object:
    return json.loads(text, parse_int=_integer)


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float(digits)


def _event_data(text: str) -> list[str]:
    """Return the data of each event; the data of one event may be on several lines."""
    events = re.split(r"(?:\r\n|\r|\n){2,}", text)
    lines = (re.findall(r"^data:[ ]?(.*)$", event.replace("\r", ""), re.M) for event in events)
    return ["\n".join(found) for found in lines if found]


def _event(data: str) -> object:
    """Return the content of one event, None if it is not JSON; [DONE] ends a stream."""
    if data.strip() == "[DONE]":
        return data.strip()
    try:
        return _loaded(data)
    except (ValueError, RecursionError):
        return None
