"""Readable names of regression coefficients."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_QUANTITIES = {
    "us_minus_native": "US bias",
    "us_bias": "US bias",
    "us": "US bias",
    "capability": "capability",
    "capability_within": "capability within families",
    "capability_between": "capability between families",
    "consistency": "self-consistency",
}
"""Head of a term -> the quantity whose coefficient it is; every other term is an intercept."""

_KEYS = ("model", "family", "language")
_TERM = re.compile(r"\b(?:capability|us)_\w+(?::\w+\[[^\]]*\])*|\b\w+(?::\w+\[[^\]]*\])+")
"""A term within a remark."""
_CROSSED = re.compile(r"\b(model|family|language):(model|family|language)\b(?!\[)")
"""Two crossed factors without levels, as in `family:language`."""
_PART = re.compile(r"(\w+)(?:\[([^\]]*)\])?")


@dataclass(frozen=True)
class CoefficientName:
    """A coefficient: the quantity, and the model, family or language that it applies to."""

    term: str
    quantity: str
    """Words such as 'capability within families'; empty for intercepts."""
    levels: Mapping[str, str]
    """Model, family and language of the coefficient, as far as the term names them."""

    def text(self, languages: Mapping[str, str]) -> str:
        """Return the coefficient as text; `languages` maps codes to names."""
        holder, language = self._model_or_family, self._language_name(languages)
        if not self.quantity:
            subject = self.subject(languages)
            return f"intercept for {subject}" if subject else self.term
        within = holder and self.quantity == _QUANTITIES["capability_within"]
        parts = [
            f"capability within {holder}" if within else self.quantity,
            "" if within or not holder else f"of {holder}",
            f"in {language}" if language else "",
        ]
        return " ".join(part for part in parts if part)

    def subject(self, languages: Mapping[str, str]) -> str:
        """Return the model or family and the language as text; empty for an overall coefficient."""
        return " in ".join(
            part for part in (self._model_or_family, self._language_name(languages)) if part
        )

    @property
    def _model_or_family(self) -> str:
        return self.levels.get("model") or self.levels.get("family", "")

    def _language_name(self, languages: Mapping[str, str]) -> str:
        code = self.levels.get("language", "")
        return languages.get(code, code)


def coefficient_name(term: str) -> CoefficientName:
    """Return the name of a term such as `capability:family[gemma]:language[da]`."""
    quantity, levels, unknown = "", {}, False
    for part in term.split(":"):
        found = _PART.fullmatch(part)
        head, level = found.groups() if found else (part, None)
        if level is not None and head in _KEYS:
            levels[head] = level
        elif level is None and head in _QUANTITIES and not quantity:
            quantity = _QUANTITIES[head]
        else:
            unknown = True
    # In the paper's design, `us` without a model is the bias of the reference baseline.
    of_baseline = term.split(":", maxsplit=1)[0] == "us" and "model" not in levels
    return (
        CoefficientName(term, "", {})
        if unknown or of_baseline
        else CoefficientName(term, quantity, levels)
    )


def with_names(text: str) -> str:
    """Return a remark with names for readers in place of the terms in it."""
    text = text.replace("p_permutation", "the p value of the permutation test")
    text = _CROSSED.sub(r"\1 and \2", text)
    return _TERM.sub(lambda found: coefficient_name(found.group()).text({}), text)
