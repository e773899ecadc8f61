"""Settings of a run whose responses were elicited and scored elsewhere."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Imported:
    """Source of responses that were elicited and scored elsewhere."""

    file: str
    unknown_topics: tuple[str, ...] = ()
    """Topics outside the catalogue; the chosen populations may have ground truth of them."""
