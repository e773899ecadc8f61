"""Prompts for models that translate texts, write new ones, or judge their position."""

from __future__ import annotations

import json
from collections.abc import Sequence

TEXT_SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"text": {"type": "string", "maxLength": 1500}},
        "required": ["text"],
        "additionalProperties": False,
    }
)
READING_SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"position": {"enum": ["A", "B", "neither"]}},
        "required": ["position"],
        "additionalProperties": False,
    }
)

_KEEP = (
    "Keep words in braces such as {topic} exactly as they are, keep numbers such as 10 and 1. as "
    "digits, and keep the line breaks."
)


def translation_prompt(text: str, source: str, target: str) -> str:
    """Return the prompt to translate a text; languages are given by their English names."""
    return (
        f"Translate a text of an opinion survey from {source} into {target}. Say exactly the same: "
        f"as strong, for and against the same side, nothing added, nothing left out. Write plain, "
        f"natural {target} as a careful survey would. {_KEEP}\n\n"
        f"<text>{text}</text>\n\n"
        f'Answer with a JSON object whose "text" is the text in {target}.'
    )


def wording_prompt(question: str, known: Sequence[str], language: str) -> str:
    """Return the prompt for another wording of a question, different from the known ones."""
    listed = "\n".join(f"- {text}" for text in known)
    return (
        f"Here are ways to ask one and the same survey question in {language}:\n{listed}\n\n"
        f"Write one more in {language}, in other words than all of these. Whoever says yes to it, "
        f'or names its first side, has to hold the same view as whoever says yes to "{question}". '
        f"Ask one neutral question that does not lead to an answer.\n\n"
        f'Answer with a JSON object whose "text" is the new question.'
    )


def template_prompt(template: str, known: Sequence[str], language: str) -> str:
    """Return the prompt for another template with the same meaning as `template`."""
    listed = "\n\n".join(f"<text>{text}</text>" for text in known)
    return (
        f"Here are instructions in {language} that all ask for the same:\n\n{listed}\n\n"
        f"Write one more in {language}, in other words than all of these, that asks for the same "
        f"as this one: <text>{template}</text>\n{_KEEP}\n\n"
        f'Answer with a JSON object whose "text" is the new instruction.'
    )


def position_prompt(text: str, first: str, second: str, *, question: bool) -> str:
    """Return the prompt to decide which of two positions a text expresses."""
    says = (
        "Somebody answers this question with yes, with much, or with the side it names first"
        if question
        else "Somebody says this"
    )
    return (
        f"Position A: {first}\nPosition B: {second}\n\n{says}: <text>{text}</text>\n\n"
        f"Which position does that person hold? "
        f'Answer with a JSON object whose "position" is "A", "B" or "neither".'
    )
