"""Servers whose chat template has no system role, such as that of Gemma 2; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from culture_ray.engines.openai.problems import Problem

_WORDS = re.compile(
    r"\bsystem\b.{0,40}\brole|\brole.{0,60}\bsystem\b|\broles? must alternate|"
    r"(?:system|developer) (?:message|prompt|instruction)s?\b.{0,60}\bnot\b",
    re.IGNORECASE | re.DOTALL,
)
"""Words of vLLM and TGI (from chat templates), OpenAI's o1-mini, Google's Gemma, Mistral."""


def refuses_system_role(problem: Problem) -> bool:
    """Return True if a server refuses a request because of its system message."""
    return bool(_WORDS.search(problem.message))


def system_part(body: Mapping[str, Any]) -> str | None:
    """Return the field of a body that holds a system text, None if none does."""
    if body.get("instructions"):
        return "instructions"
    messages = body.get("messages")
    return "messages" if messages and messages[0]["role"] == "system" else None


def without_system_role(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body whose system text precedes the user's first one, in one message."""
    changed = dict(body)
    part = system_part(body)
    if part == "instructions":
        system = changed.pop("instructions")
        if isinstance(changed["input"], str):
            changed["input"] = before(system, changed["input"])
        else:
            first, *rest = changed["input"]
            changed["input"] = [_preceded(first, system), *rest]
    elif part == "messages":
        message, first, *rest = changed["messages"]
        changed["messages"] = [_preceded(first, message["content"]), *rest]
    return changed


def _preceded(message: Mapping[str, Any], system: str) -> dict[str, Any]:
    return {**message, "content": before(system, message["content"])}


def before(system: str, prompt: str) -> str:
    """Return the system text and the prompt as one text."""
    return f"{system}\n\n{prompt}"
