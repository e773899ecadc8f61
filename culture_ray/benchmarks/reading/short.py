"""Short answers: right if they contain a right answer in any of its forms, weighted by votes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from culture_ray.benchmarks.reading.containers import contained_values
from culture_ray.benchmarks.reading.normal_form import contains, normal_form
from culture_ray.benchmarks.reading.unread import Unread


@dataclass(frozen=True)
class ShortMatch:
    """Match of a short answer with the right ones."""

    matched: bool
    """True if a right answer is contained (soft exact match, SEM-B)."""
    votes: float
    """Votes of the matched answer with most votes, as a share of the most that any answer has
    (SEM-W); 0..1."""


def read_short(
    text: str,
    right: Sequence[tuple[str, float]],
    language: str,
    *,
    strip: Sequence[str] = (),
    other_languages: Sequence[str] = (),
) -> ShortMatch | Unread:
    """Return the match of an answer with right answers, each an alias with its votes.

    Both are compared in the normal form of the language, and of `other_languages` in which an
    answer may be given. The weight is that of BLEnD (Myung et al. 2024, arXiv 2406.09948): votes of
    the matched answer over those of the most frequent one.
    """
    if not re.search(r"\w", text):
        return Unread.EMPTY
    held = contained_values(text)
    answer = held[-1] if held else text
    most = max((weight for _, weight in right), default=0.0)
    matched = [
        weight
        for alias, weight in right
        if any(
            contains(normal_form(answer, code, strip), normal_form(alias, code, strip))
            for code in (language, *other_languages)
        )
    ]
    if not matched:
        return ShortMatch(False, 0.0)
    return ShortMatch(True, max(matched) / most if most > 0 else 1.0)
