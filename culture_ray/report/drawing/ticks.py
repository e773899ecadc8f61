"""Ticks of an axis of numbers: few, round and labelled alike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Tick:
    """Tick of an axis."""

    place: float
    label: str
    model: str = ""
    """Model that the label names; empty for none."""


def round_ticks(low: float, high: float, most: int) -> list[Tick]:
    """Return at most `most` ticks (at least two) at multiples of 1, 2, 2.5 or 5 times a power."""
    span = high - low
    if not span > 0:
        return [Tick(low, number_label(low, 2))]
    rough = span / max(most, 2)
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (1, 2, 2.5, 5, 10, 20):
        step = factor * power
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 <= max(most, 2):
            break
    decimals = max(0, -math.floor(math.log10(step)) + (factor == 2.5))
    return [Tick(i * step, number_label(i * step, decimals)) for i in range(first, last + 1)]


def number_label(value: float, decimals: int) -> str:
    """Return a number as the label of a tick."""
    text = f"{value:.{decimals}f}".replace("-", "−")
    return text.lstrip("−") if not text.strip("−0.") else text


def named_ticks(names: Sequence[str], models: Sequence[str] = (), first: float = 0.0) -> list[Tick]:
    """Return ticks one apart from `first`, with names and, if given, the models they name."""
    linked = models or [""] * len(names)
    return [Tick(first + i, name, model) for i, (name, model)
            in enumerate(zip(names, linked, strict=True))]  # fmt: skip
