"""Profiles of respondents: a country and coarse categories, such as `DK: age=30-44, gender=man`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Profile:
    """Country and categories of respondents; `categories` is by characteristic, in their order."""

    country: str
    categories: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def text(self) -> str:
        """Return the profile as it is recorded with requests."""
        parts = [f"{name}={category}" for name, category in self.categories.items()]
        return f"{self.country}: {', '.join(parts)}" if parts else f"{self.country}:"

    @staticmethod
    def read(text: str) -> Profile:
        """Return the profile of a recorded text; raises ValueError for another text."""
        country, found, rest = text.partition(":")
        pairs = [part.partition("=") for part in rest.strip().split(", ")] if rest.strip() else []
        if not found or not country or not all(name and sign and c for name, sign, c in pairs):
            raise ValueError(f"'{text}' is not a profile")
        return Profile(country, {name: category for name, _, category in pairs})


def is_profile(persona: str | None) -> bool:
    """Return True if the persona of a request is a profile, not a country or nothing."""
    return persona is not None and ":" in persona
