"""Thoughts within the text of an answer, as servers without a reasoning parser send them; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from culture_ray.engines.openai.answers.parts import AnswerParts
from culture_ray.engines.thoughts.marks import ThoughtMarks
from culture_ray.engines.thoughts.split import split_thoughts


def thoughts_apart(parts: AnswerParts, marks: Sequence[ThoughtMarks]) -> AnswerParts:
    """Return the parts with thoughts in their text moved to `reasoning`.

    `marks` are looked for beside the known ones. A text of nothing but thoughts becomes None.
    """
    if not parts.text:
        return parts
    split = split_thoughts(parts.text, marks, cut=parts.finish == "length")
    if split.text == parts.text:
        return parts
    reasoning = "\n\n".join(filter(None, (parts.reasoning, split.thoughts)))
    return replace(parts, text=split.text, reasoning=reasoning)
