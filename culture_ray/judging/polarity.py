"""Value polarity of one response."""

from __future__ import annotations


def value_polarity(pro: float, con: float) -> float | None:
    """Return value polarity pro / (pro + con), in 0..1; None where both are 0.

    `pro` and `con` are numbers of opinions, or probabilities, of one response; neutral ones do not
    enter. Source: Rystrøm, Kirk & Hale 2025, section 3.
    """
    decided = pro + con
    return pro / decided if decided > 0 else None
