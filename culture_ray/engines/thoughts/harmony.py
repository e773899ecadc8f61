"""Channels of gpt-oss, in which thoughts and answers are separate messages; pure.

The format is OpenAI's harmony: `<|channel|>NAME<|message|>TEXT`, ended by `<|end|>`, `<|return|>`
or `<|call|>`. Servers that leave out special tokens send `analysis...assistantfinal...` instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MESSAGE = re.compile(
    r"<\|(?:start\|>assistant|channel\|>\s*(?P<channel>\w+)[^<]*(?:<\|constrain\|>[^<]*)?)"
    r"<\|message\|>(?P<body>.*?)(?=<\|(?:end|return|call|start|channel)\|>|\Z)",
    re.DOTALL,
)
"""Message of one channel, or of none, which is then the answer."""

_CONTROL = re.compile(
    r"<\|(?:start\|>assistant|channel\|>\s*\w*|(?:end|return|call|message|constrain)\|>)"
)
_WITHOUT_MARKS = re.compile(
    r"\A\s*analysis(?P<thoughts>.*?)assistant\s*final(?P<text>.*)\Z", re.DOTALL
)
_UNFINISHED = re.compile(r"\A\s*analysis(?=[^\W\d_a-z])(?P<thoughts>.*)\Z", re.DOTALL)
"""Analysis without an answer; what follows the word begins with a capital or in another script."""

_FINAL_ALONE = re.compile(r"\A\s*assistantfinal(?P<text>.*)\Z", re.DOTALL)
_NEXT_CHANNEL = re.compile(r"assistant\s*(?:analysis|commentary)")


@dataclass(frozen=True)
class Channels:
    """Contents of the channels of one response."""

    thoughts: tuple[str, ...]
    text: str | None
    """Messages of the channel `final`; None if there is none."""


def read_channels(raw: str, *, inside: bool = False) -> Channels | None:
    """Return the contents of a response in channels, None if it has no channels.

    With `inside`, the prompt has already opened the channel of thoughts. Words after the last
    message are the answer if no message is.
    """
    found = list(_MESSAGE.finditer(raw))
    if not found:
        return _without_marks(raw)
    thoughts = [m["body"] for m in found if (m["channel"] or "final").lower() != "final"]
    if inside:
        thoughts.insert(0, _CONTROL.split(raw[: found[0].start()])[0])
    final = [m["body"] for m in found if (m["channel"] or "final").lower() == "final"]
    rest = _CONTROL.sub("", raw[found[-1].end() :]).strip()
    text = "\n".join(final).strip() if final else rest or None
    return Channels(_with_words(thoughts), text)


def _without_marks(raw: str) -> Channels | None:
    if final := _FINAL_ALONE.match(raw):
        return Channels((), final["text"].strip())
    plain = _WITHOUT_MARKS.match(raw)
    unfinished = plain or _UNFINISHED.match(raw)
    if unfinished is None:
        return None
    thoughts = _NEXT_CHANNEL.split(unfinished["thoughts"])
    return Channels(_with_words(thoughts), plain["text"].strip() if plain else None)


def _with_words(texts: list[str]) -> tuple[str, ...]:
    return tuple(words for text in texts if (words := text.strip()))
