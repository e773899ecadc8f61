"""Control characters made visible: a terminal shows them as text and does not obey them; pure."""

from __future__ import annotations

import re

_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and newline, DEL, C1
    "\u00ad\u061c\u180e\u200b\u200e\u200f"  # invisible, or marks of direction
    "\u2028\u2029"  # separators of lines and paragraphs
    "\u202a-\u202e\u2060-\u206f"  # embeddings, overrides and isolates of direction
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"  # annotations, tags
    "\ud800-\udfff]"  # half of a character, which no file can hold
)
_IN_A_PAGE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f\ud800-\udfff]"
)
"""Fewer than on a terminal: browsers need marks and zero-width spaces to show many scripts."""
_IN_A_LINE = re.compile(rf"{_CONTROL.pattern}|[\t\n]")


def visible(text: str) -> str:
    r"""Return a text with its control characters as escapes such as \x1b or \u202e.

    Newlines and tabs stay. Joiners stay too: scripts and emoji need them.
    """
    return _CONTROL.sub(_escape, text)


def visible_line(text: str) -> str:
    r"""Return a text as one line: as `visible`, with newlines as \n and tabs as \t."""
    return _IN_A_LINE.sub(_escape, text)


def visible_in_page(text: str) -> str:
    r"""Return a text for a web page, with what could reorder its surroundings as escapes."""
    return _IN_A_PAGE.sub(_escape, text)


def visible_json(text: str) -> str:
    r"""Return JSON text with the control characters in its strings as \uXXXX; its value stays."""
    return _CONTROL.sub(_json_escape, text)


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    if character in "\t\n\r":
        return {"\t": "\\t", "\n": "\\n", "\r": "\\r"}[character]
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(found: re.Match[str]) -> str:
    units = found.group().encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
