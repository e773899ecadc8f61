"""Encoded forms of a text: JSON, Python, URL and HTML escapes in any mixture, base64; pure."""

from __future__ import annotations

import base64
import re

_NAMED = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}
"""Named entities of HTML."""


def encoded_form(text: str) -> str:
    r"""Return a pattern that matches a printable text with any of its characters escaped.

    A character may stand for itself, with backslashes before it, as \u0041 or \x41, as %41, or as
    an HTML entity; servers escape different sets, and escape what is escaped already once more.
    """
    return "".join(map(_one_character, text))


def base64_form(text: str) -> str:
    """Return a pattern that matches the base64 of any longer text that contains this one."""
    inner = "|".join(map(re.escape, inner_base64(text)))
    return rf"[A-Za-z0-9+/_-]*(?:{inner})[A-Za-z0-9+/_-]*={{0,2}}"


def inner_base64(text: str) -> tuple[str, ...]:
    """Return the base64 of a text inside any longer one, such as `user:text`.

    A character stands for six bits, so the first and last ones depend on the neighbours too and are
    left out.
    """
    raw, found = text.encode(), []
    for before in range(3):
        first = -(-before * 8 // 6)
        last = (before + len(raw)) * 8 // 6
        padded = b"\0" * before + raw + b"\0" * 3
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            found.append(encode(padded).decode()[first:last])
    return tuple(dict.fromkeys(found))


def _one_character(character: str) -> str:
    code = ord(character)
    digits = f"{code:x}"
    ampersand = r"(?:&|%26|\\+u0026)(?:amp;)*"
    forms = [
        rf"\\+(?:u0*|u\{{0*|x0*)(?i:{digits})\}}?",
        rf"%(?:25)*(?i:{code:02x})",
        rf"{ampersand}\#(?:0*{code}|(?i:x)0*(?i:{digits}));",
    ]
    if character == "\\":
        forms.append(r"\\+")
    elif character == " ":
        forms += [" ", r"\+", "&nbsp;"]
    elif character.isalnum():
        forms.append(re.escape(character))
    else:
        forms.append(rf"\\*{re.escape(character)}")
    if character in _NAMED:
        forms.append(rf"{ampersand}{_NAMED[character]};")
    return f"(?:{'|'.join(forms)})"
