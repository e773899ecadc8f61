"""Terms of a regression as people read them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_HEADS = {
    "us_bias": "US bias",
    "us": "US bias",
    "capability": "capability",
    "capability_within": "capability within families",
    "capability_between": "capability between families",
    "consistency": "self-consistency",
}
"""The questions of the project; every other term is a level."""

_KEYS = ("model", "family", "language")
_PART = re.compile(r"(\w+)(?:\[([^\]]*)\])?")


@dataclass(frozen=True)
class Term:
    """A coefficient, taken apart."""

    name: str
    question: str
    """What it is about, in words; empty for levels."""
    of: Mapping[str, str]
    """Whom it is about: model, family or language."""

    def words(self, languages: Mapping[str, str]) -> str:
        """Return it in words; `languages` are their names by code."""
        whom = self.whom(languages)
        if not self.question:
            return f"level of {whom}" if whom else self.name
        return f"{self.question}, {whom}" if whom else self.question

    def whom(self, languages: Mapping[str, str]) -> str:
        """Return whom it is about, in words; empty for all together."""
        who, code = self.of.get("model") or self.of.get("family", ""), self.of.get("language", "")
        return " in ".join(part for part in (who, languages.get(code, code)) if part)


def term(name: str) -> Term:
    """Return the parts of a term such as `capability:family[gemma]:language[da]`."""
    question, of, others = "", {}, False
    for part in name.split(":"):
        found = _PART.fullmatch(part)
        head, level = found.groups() if found else (part, None)
        if level is not None and head in _KEYS:
            of[head] = level
        elif level is None and head in _HEADS and not question:
            question = _HEADS[head]
        else:
            others = True
    return Term(name, "", {}) if others else Term(name, question, of)
