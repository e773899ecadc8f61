"""Marks that models write around their thoughts, by family.

Sources: the chat templates and model cards of the families named beside each pair, and the
reasoning parsers of vLLM 0.32.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class ThoughtMarks:
    """Texts that begin and end a model's thoughts."""

    start: str
    end: str
    plain: bool = False
    """True if they are ordinary words: they then count only around the beginning of a response."""


KNOWN_MARKS = (
    # DeepSeek R1 and V3, Qwen 3, SmolLM 3, Phi 4 reasoning, OLMo 3, Nemotron, GLM, Kimi, MiniMax
    ThoughtMarks("<think>", "</think>"),
    ThoughtMarks("<thinking>", "</thinking>"),
    ThoughtMarks("<thought>", "</thought>"),  # EXAONE Deep; Gemini's OpenAI-compatible endpoint
    ThoughtMarks("<reasoning>", "</reasoning>"),
    ThoughtMarks("[THINK]", "[/THINK]"),  # Magistral
    ThoughtMarks("<|START_THINKING|>", "<|END_THINKING|>"),  # Command A Reasoning
    ThoughtMarks("<|channel>thought", "<channel|>"),  # Gemma 4
    ThoughtMarks("<seed:think>", "</seed:think>"),  # Seed-OSS
    ThoughtMarks("<mm:think>", "</mm:think>"),  # MiniMax M3
    ThoughtMarks("◁think▷", "◁/think▷"),  # Kimi-VL
    ThoughtMarks("<|inner_prefix|>", "<|inner_suffix|>"),  # Apertus
    ThoughtMarks("Here is my thought process:", "Here is my response:", plain=True),  # Granite 3.2
    ThoughtMarks("Here's my thought process:", "Here's my response:", plain=True),
)
"""Pairs that are recognised in every response, without a setting."""

WRAPPERS = (
    ("<|START_RESPONSE|>", "<|END_RESPONSE|>"),  # Command A
    ("<|START_TEXT|>", "<|END_TEXT|>"),
    ("<answer>", "</answer>"),  # Hunyuan A13B
    ("<response>", "</response>"),  # ERNIE 4.5
)
"""Marks that some families write around the answer after their thoughts; they are removed."""

HARMONY = "<|channel|>analysis<|message|>"
"""Beginning of the thoughts in the channels of gpt-oss (OpenAI's harmony format)."""


def opens_thoughts(prompt: str, marks: Sequence[ThoughtMarks] = KNOWN_MARKS) -> bool:
    """Return True if a prompt ends within thoughts, as some chat templates leave it."""
    end = prompt.rstrip()
    starts = [HARMONY, *(pair.start for pair in marks if not pair.plain)]
    return any(end.endswith(start) for start in starts)


@lru_cache(maxsize=64)
def pattern_of(marks: tuple[ThoughtMarks, ...]) -> re.Pattern[str]:
    """Return a pattern that finds every mark; its group `mark` is the text found."""
    texts = sorted({text for pair in marks for text in (pair.start, pair.end)}, key=len)
    alternatives = "|".join(re.escape(text) for text in reversed(texts))
    return re.compile(f"(?P<mark>{alternatives})", re.IGNORECASE)
