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
    """None when no usable text came back; `problems` says why."""
    back: str | None = None
    """Translated back, for a person to read beside the source."""
    problems: list[str] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Return the path as people read it."""
        return ".".join(str(key) for key in self.path)

    def refuse(self, why: str) -> None:
        """Take the text out, for this reason."""
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
    """Return a field of a JSON answer, or None and why it cannot be had."""
    if answer.text is None:
        return None, answer.failure or "nothing came back"
    try:
        value = json.loads(answer.text)[key]
    except (ValueError, KeyError, TypeError):
        return None, "the answer is not the JSON that was asked for"
    if not isinstance(value, str) or not value.strip():
        return None, "the answer is empty"
    return value.strip(), ""


def refuse_doubles(made: Iterable[Draft], there: Mapping[Path, TextEntry]) -> None:
    """Take out texts that say the same as another one of the same kind does already."""
    seen: dict[tuple[Path, str], str] = {
        (_kind(leaf.path), _folded(leaf.text)): leaf.place for leaf in there.values()
    }
    for one in made:
        if one.text is None:
            continue
        first = seen.setdefault((_kind(one.path), _folded(one.text)), one.place)
        if first != one.place:
            one.refuse(f"the same text as {first}")


def polarity_questions(
    made: Sequence[Draft], statements: Mapping[str, tuple[str, str]]
) -> dict[str, tuple[TextQuestion, str]]:
    """Return for each statement and wording what to ask, and the position it should be read as.

    `statements` holds what is pro and what is con of each topic, in the language of the source.
    Which of them is position A changes from text to text, so that a reader who always says A is
    found out.
    """
    asked = {}
    for one in made:
        side = side_of(one.path)
        if side is None or one.text is None:
            continue
        pro, con = statements[str(one.path[1])]
        pro_first = digest_of(one.place) < "8"
        first, second = (pro, con) if pro_first else (con, pro)
        prompt = position_prompt(one.text, first, second, question=one.path[2] == "wordings")
        expected = "A" if (side == "pro") == pro_first else "B"
        asked[one.place] = TextQuestion("polarity", one.place, prompt, READING_SCHEMA), expected
    return asked


def polarity_problem(answer: TextAnswer, expected: str) -> str | None:
    """Return the objection of a second reading to the polarity of a text; None without one."""
    found, why = json_field(answer, "position")
    if found == expected:
        return None
    if found == "neither":
        return "polarity not confirmed: read as neither side"
    return f"polarity not read: {why}" if found is None else "polarity: read as the other side"


def side_of(path: Path) -> str | None:
    """Return the side a text has to say: pro for wordings, None for texts without a side."""
    match path:
        case ("topics", _, "pro" | "con" as side):
            return str(side)
        case ("topics", _, "wordings", _):
            return "pro"
    return None


def chosen(paths: Iterable[Path], only: Sequence[str]) -> list[Path]:
    """Return the paths that stand at or below one of `only`, all where it is empty.

    Raises WrongValue for a place that there is not.
    """
    paths = list(paths)
    for place in only:
        if not any(_below(path, place) for path in paths):
            raise WrongValue("only", place, "a place in the language file, such as topics.f120")
    return [path for path in paths if not only or any(_below(path, place) for place in only)]


def review(made: Sequence[Draft], title: str) -> str:
    """Return a page for the person who reviews: each text beside its source, with what is odd."""
    parts = [f"# {title}\n"]
    for one in made:
        lines = [f"## {one.place}\n", f"- from: {_quoted(one.source)}"]
        if one.text is not None:
            lines.append(f"- made: {_quoted(one.text)}")
        if one.back is not None:
            lines.append(f"- back: {_quoted(one.back)}")
        lines += [f"- **{problem}**" for problem in one.problems]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _below(path: Path, place: str) -> bool:
    whole = ".".join(str(key) for key in path)
    return whole == place or whole.startswith(f"{place}.")


def _quoted(text: str) -> str:
    return text.replace("\n", "\n  ")


def _kind(path: Path) -> Path:
    """Return the group within which texts must differ: wordings over all topics, else siblings."""
    if path[0] == "topics" and len(path) == 4:
        return ("topics", path[2])
    return path[:-1]


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
