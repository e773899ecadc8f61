"""Stop sequences that are looked for in an answer, where no engine looked for them; pure."""

from __future__ import annotations

from collections.abc import Sequence


def before_stop(stops: Sequence[str], text: str) -> str:
    """Return the text before the first stop sequence."""
    return text[: min([len(text), *(at for stop in stops if (at := text.find(stop)) >= 0)])]
