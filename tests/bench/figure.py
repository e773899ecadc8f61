"""One measured figure, and how it is printed and kept."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Figure:
    """A measured value beside its target; `target` is None for a figure that is only told."""

    name: str
    value: float
    unit: str
    target: float | None = None
    better: Literal["higher", "lower"] = "higher"

    def line(self) -> str:
        """Return the figure as it is printed."""
        target = "" if self.target is None else f"  (target {self.target:g})"
        return f"{self.name:<58} {self.value:>12.4g} {self.unit}{target}"


def keep(figures: Iterable[Figure], path: Path) -> None:
    """Print figures as they come and write them as JSON by name."""
    kept = {}
    for figure in figures:
        print(figure.line(), flush=True)
        kept[figure.name] = {
            "value": figure.value,
            "unit": figure.unit,
            "target": figure.target,
            "better": figure.better,
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(kept, indent=2), encoding="utf-8")
