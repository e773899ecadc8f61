"""Drafts of texts that a model wrote, their checks, and their entries in a language file."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from culture_ray.errors import WrongValue
from culture_ray.prompts.text_entries import Path, TextEntry, digest_of
from culture_ray.prompts.text_prompts import READING_SCHEMA, position_prompt
from culture_ray.tools.texts.requests import TextAnswer, TextQuestion


@dataclass
class Draft:
    """Draft of one text: its place in the language file, its source, and the problems found."""

    path: Path
    source: str
    text: str | None = None
    """None if there is no usable text; `problems` has the reason."""
    back: str | None = None
    """Translation back into the source language, for the reviewer."""
    problems: list[str] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Return the path as dotted text."""
        return ".".join(str(key) for key in self.path)

    def refuse(self, why: str) -> None:
        """Discard the text, with the reason as its only problem."""
        self.text, self.back, self.problems = None, None, [why]

    def entry(self, made_by: str) -> dict[str, Any]:
        """Return the text as an entry of the language file, not yet confirmed by a person."""
        assert self.text is not None
        entry = {
            "text": self.text,
            "made_by": made_by,
            "reviewed": False,
            "digest": digest_of(self.text),
        }
        return entry | ({"problems": list(self.problems)} if self.problems else {})


def json_field(answer: TextAnswer, key: str) -> tuple[str | None, str]:
    """Return a field of a JSON answer and an empty string, or None and the reason."""
    if answer.text is None:
        return None, answer.failure or "no answer"
    try:
        value = json.loads(answer.text)[key]
    except (ValueError, KeyError, TypeError):
        return None, "the answer is not the JSON that was asked for"
    if not isinstance(value, str) or not value.strip():
        return None, "the answer is empty"
    return value.strip(), ""


def refuse_duplicates(drafts: Iterable[Draft], existing: Mapping[Path, TextEntry]) -> None:
    """Discard drafts that are equal to an earlier draft or existing text of the same group."""
    seen: dict[tuple[Path, str], str] = {
        (_sibling_group(entry.path), _normalised(entry.text)): entry.place
        for entry in existing.values()
    }
    for draft in drafts:
        if draft.text is None:
            continue
        first = seen.setdefault((_sibling_group(draft.path), _normalised(draft.text)), draft.place)
        if first != draft.place:
            draft.refuse(f"the same text as {first}")


def polarity_questions(
    drafts: Sequence[Draft], statements: Mapping[str, tuple[str, str]]
) -> dict[str, tuple[TextQuestion, str]]:
    """Return a question and the expected position for each statement and wording, by place.

    `statements` has the pro and the con statement of each topic, in the source language. Either can
    be position A, depending on the text, so that a model that always says A is detected.
    """
    questions = {}
    for draft in drafts:
        side = side_of(draft.path)
        if side is None or draft.text is None:
            continue
        pro, con = statements[str(draft.path[1])]
        pro_first = digest_of(draft.place) < "8"
        first, second = (pro, con) if pro_first else (con, pro)
        prompt = position_prompt(draft.text, first, second, question=draft.path[2] == "wordings")
        expected = "A" if (side == "pro") == pro_first else "B"
        questions[draft.place] = (
            TextQuestion("polarity", draft.place, prompt, READING_SCHEMA),
            expected,
        )
    return questions


def polarity_problem(answer: TextAnswer, expected: str) -> str | None:
    """Return the problem that a second reading found with a text's polarity; None without one."""
    position, why = json_field(answer, "position")
    if position == expected:
        return None
    if position == "neither":
        return "polarity not confirmed: read as neither side"
    return f"polarity not read: {why}" if position is None else "polarity: read as the other side"


def side_of(path: Path) -> str | None:
    """Return the side that a text has to take: pro for wordings, None for texts without a side."""
    match path:
        case ("topics", _, "pro" | "con" as side):
            return str(side)
        case ("topics", _, "wordings", _):
            return "pro"
    return None


def chosen(paths: Iterable[Path], only: Sequence[str]) -> list[Path]:
    """Return the paths at or below one of the places `only`, or all if it is empty.

    Raises WrongValue for a place that does not exist.
    """
    paths = list(paths)
    for place in only:
        if not any(_below(path, place) for path in paths):
            raise WrongValue("only", place, "a place in the language file, such as topics.f120")
    return [path for path in paths if not only or any(_below(path, place) for place in only)]


def review(drafts: Sequence[Draft], title: str) -> str:
    """Return a Markdown page for the reviewer: each text, its source and its problems."""
    parts = [f"# {title}\n"]
    for draft in drafts:
        lines = [f"## {draft.place}\n", f"- from: {_quoted(draft.source)}"]
        if draft.text is not None:
            lines.append(f"- made: {_quoted(draft.text)}")
        if draft.back is not None:
            lines.append(f"- back: {_quoted(draft.back)}")
        lines += [f"- **{problem}**" for problem in draft.problems]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _below(path: Path, place: str) -> bool:
    dotted = ".".join(str(key) for key in path)
    return dotted == place or dotted.startswith(f"{place}.")


def _quoted(text: str) -> str:
    return text.replace("\n", "\n  ")


def _sibling_group(path: Path) -> Path:
    """Return the group in which texts must differ: wordings of all topics, otherwise siblings."""
    if path[0] == "topics" and len(path) == 4:
        return ("topics", path[2])
    return path[:-1]


def _normalised(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
