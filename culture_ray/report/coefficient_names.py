"""Terms of a regression as people read them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_HEADS = {
    "us_minus_native": "US bias",
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
class CoefficientName:
    """A coefficient, taken apart."""

    name: str
    question: str
    """What it is about, in words; empty for levels."""
    of: Mapping[str, str]
    """Whom it is about: model, family or language."""

    def words(self, languages: Mapping[str, str]) -> str:
        """Return it in words; `languages` are their names by code."""
        who, where = self._who, self._where(languages)
        if not self.question:
            whom = self.whom(languages)
            return f"level of {whom}" if whom else self.name
        within = who and self.question == _HEADS["capability_within"]
        parts = [
            f"capability within {who}" if within else self.question,
            "" if within or not who else f"of {who}",
            f"in {where}" if where else "",
        ]
        return " ".join(part for part in parts if part)

    def whom(self, languages: Mapping[str, str]) -> str:
        """Return whom it is about, in words; empty for all together."""
        return " in ".join(part for part in (self._who, self._where(languages)) if part)

    @property
    def _who(self) -> str:
        return self.of.get("model") or self.of.get("family", "")

    def _where(self, languages: Mapping[str, str]) -> str:
        code = self.of.get("language", "")
        return languages.get(code, code)


def term(name: str) -> CoefficientName:
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
    # In the paper's design, `us` without a model is the bias of the baseline it measures against.
    of_baseline = name.split(":", maxsplit=1)[0] == "us" and "model" not in of
    return (
        CoefficientName(name, "", {})
        if others or of_baseline
        else CoefficientName(name, question, of)
    )
