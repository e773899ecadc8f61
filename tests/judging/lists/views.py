"""Opinions to lay out, and the splitter with the phrases of the project's languages."""

from __future__ import annotations

from culture_ray.judging.opinions import Split, split_opinions
from tests.shipped import SHIPPED

VIEWS = (
    "It should be allowed.",
    "Never, my faith forbids it.",
    "That depends on the case.",
    "Yes, people decide alone.",
    "No, where would it end?",
    "I have not made up my mind.",
)
NAMES = ("Ada", "Ben", "Cleo", "Dov", "Ewa", "Fay")
NUMBERED = "\n".join(f"{n}. {view}" for n, view in enumerate(VIEWS, 1))


def split(text: str, asked: int = 6) -> Split:
    return split_opinions(text, SHIPPED, asked=asked)
