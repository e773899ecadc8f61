"""Channels of gpt-oss, in which thoughts and answers are separate messages; pure.

The format is OpenAI's harmony: `<|channel|>NAME<|message|>TEXT`, ended by `<|end|>`, `<|return|>`
or `<|call|>`. Servers that leave out special tokens send `analysis...assistantfinal...` instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MESSAGE = re.compile(
    r"<\|channel\|>\s*(?P<channel>\w+)(?P<header>[^<]*(?:<\|constrain\|>[^<]*)?)<\|message\|>"
    r"(?P<body>.*?)(?=<\|(?:end|return|call|start|channel)\|>|\Z)",
    re.DOTALL,
)
_WITHOUT_MARKS = re.compile(
    r"\A\s*analysis(?P<thoughts>(?=\S).*?)assistant\s*final(?P<text>.*)\Z", re.DOTALL
)


@dataclass(frozen=True)
class Channels:
    """Contents of the channels of one response."""

    thoughts: tuple[str, ...]
    text: str | None
    """Messages of the channel `final`; None if there is none."""


def read_channels(raw: str, *, inside: bool = False) -> Channels | None:
    """Return the contents of a response in channels, None if it has no channels.

    With `inside`, the prompt has already opened the channel of thoughts.
    """
    found = list(_MESSAGE.finditer(raw))
    if not found:
        plain = _WITHOUT_MARKS.match(raw)
        return plain and Channels((plain["thoughts"].strip(),), plain["text"].strip())
    thoughts = [message["body"] for message in found if message["channel"].lower() != "final"]
    if inside:
        thoughts.insert(0, re.split(r"<\|(?:end|start|channel)\|>", raw[: found[0].start()])[0])
    final = [message["body"] for message in found if message["channel"].lower() == "final"]
    kept = tuple(words for thought in thoughts if (words := thought.strip()))
    return Channels(kept, "\n".join(final).strip() if final else None)
