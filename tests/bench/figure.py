"""Figure of a benchmark, and the line in which it is printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Figure:
    """Measured value beside its target; `target` is None for a figure that is only told."""

    name: str
    value: float | None
    """None for a figure that this machine cannot measure; `unit` then says the reason."""
    unit: str
    target: float | None = None
    better: Literal["higher", "lower"] = "higher"
    possible: float | None = None
    """Bound that no value can be better than, where one is computed."""

    @property
    def met(self) -> bool | None:
        """Return True if the value reaches its target; None without value or target."""
        if self.value is None or self.target is None:
            return None
        if self.better == "higher":
            return self.value >= self.target
        return self.value <= self.target

    def line(self) -> str:
        """Return the figure as it is printed."""
        value = f"{'-':>12}" if self.value is None else f"{self.value:>12.4g}"
        bound = "" if self.possible is None else f", {self.possible:.3g} possible"
        target = "" if self.target is None else f"  (target {self.target:g}{bound})"
        return f"{self.name:<76} {value} {self.unit}{target}"


def needs_gpu(name: str) -> Figure:
    """Return a figure that is measured on a machine with a GPU only."""
    return Figure(name, None, "needs a GPU")
