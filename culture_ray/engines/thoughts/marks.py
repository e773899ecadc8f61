"""Marks that models write around their thoughts, by family.

Sources: the chat templates and model cards of the families named beside each pair, and the
reasoning parsers of vLLM 0.32.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
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
    ThoughtMarks("<longcat_think>", "</longcat_think>"),  # LongCat Flash
    ThoughtMarks("<ifm|think>", "</ifm|think>"),  # K2 Horizon, by its effort
    ThoughtMarks("<ifm|think_fast>", "</ifm|think_fast>"),
    ThoughtMarks("<ifm|think_faster>", "</ifm|think_faster>"),
    ThoughtMarks("<|begin_of_thought|>", "<|end_of_thought|>"),  # Sky-T1, OpenThinker
    ThoughtMarks("◁think▷", "◁/think▷"),  # Kimi-VL
    ThoughtMarks("<|inner_prefix|>", "<|inner_suffix|>"),  # Apertus
    ThoughtMarks("Here is my thought process:", "Here is my response:", plain=True),  # Granite 3.2
    ThoughtMarks("Here's my thought process:", "Here's my response:", plain=True),
    *(
        ThoughtMarks(f"<{word}>", f"</{word}>")
        for word in (
            "思考",
            "思考过程",
            "思考過程",
            "생각",
            "pensée",
            "réflexion",
            "pensamiento",
            "pensamento",
            "pensiero",
            "gedanken",
            "denken",
            "tanker",
            "мысли",
            "размышление",
            "تفكير",
            "सोच",
            "düşünce",
            "berpikir",
            "suy_nghĩ",
        )
    ),  # tags in the language of the answer, which models trained to think in it write
)
"""Pairs that are recognised in every response, without a setting."""

WRAPPERS = (
    ("<|START_RESPONSE|>", "<|END_RESPONSE|>"),  # Command A
    ("<|START_TEXT|>", "<|END_TEXT|>"),
    ("<answer>", "</answer>"),  # Hunyuan A13B
    ("<response>", "</response>"),  # ERNIE 4.5
    ("<output>", "</output>"),  # Reflection
    ("<|begin_of_box|>", "<|end_of_box|>"),  # GLM 4.1V
    ("<|begin_of_solution|>", "<|end_of_solution|>"),  # Sky-T1, OpenThinker
)
"""Marks that some families write around the answer after their thoughts; they are removed."""

HARMONY = "<|channel|>analysis<|message|>"
"""Beginning of the thoughts in the channels of gpt-oss (OpenAI's harmony format)."""


def opens_thoughts(prompt: str, marks: Sequence[ThoughtMarks] = KNOWN_MARKS) -> bool:
    """Return True if a prompt ends within thoughts, as some chat templates leave it."""
    end = prompt.rstrip()
    starts = [HARMONY, *(pair.start for pair in marks if not pair.plain)]
    return any(end.endswith(start) for start in starts)


_TAG = re.compile(r"<(/?)([\w:]+)>")
"""Marks in the form of a tag, in which white space and attributes may follow the name."""

_EMPHASIS = r"[*_#]*"
"""Markdown that models put around marks of ordinary words."""


@lru_cache(maxsize=64)
def pattern_of(marks: tuple[ThoughtMarks, ...]) -> re.Pattern[str]:
    """Return a pattern that finds every mark, in forms that `bare` makes one of."""
    texts = {text: pair.plain for pair in marks for text in (pair.start, pair.end)}
    longest_first = sorted(texts, key=len, reverse=True)
    alternatives = "|".join(_alternative(text, plain=texts[text]) for text in longest_first)
    return re.compile(f"(?P<mark>{alternatives})", re.IGNORECASE)


def bare(found: str, known: Container[str]) -> str:
    """Return the mark that a text found stands for: one of the known, which are casefolded.

    It may have attributes, or Markdown around it.
    """
    mark = found.casefold()
    if mark in known:
        return mark
    tag = re.match(r"</?[\w:]+(?=\s)", mark)
    return f"{tag[0]}>" if tag else mark.strip("*_#")


def _alternative(text: str, *, plain: bool) -> str:
    if plain:
        return f"{_EMPHASIS}{re.escape(text)}{_EMPHASIS}"
    tag = _TAG.fullmatch(text)
    if tag is None:
        return re.escape(text)
    blank = r"\s*" if tag[1] else r"(?:\s[^<>]{0,200})?"
    return f"<{tag[1]}{re.escape(tag[2])}{blank}>"
