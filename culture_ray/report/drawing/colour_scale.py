"""Colour scales of heatmaps."""

from __future__ import annotations

from dataclasses import dataclass

STEPS = 255
"""Steps of a scale: more cannot be told apart in eight bits per colour."""


@dataclass(frozen=True)
class ColourScale:
    """Colours from `low` to `high`, evenly spaced, with straight lines between them."""

    colours: tuple[str, ...]
    low: float
    high: float

    def __call__(self, value: float) -> str:
        """Return the colour of a value as #rrggbb; values beyond the ends have the end's."""
        share = min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))
        place = round(share * STEPS) / STEPS * (len(self.colours) - 1)
        left = min(int(place), len(self.colours) - 2)
        ends = zip(_parts(self.colours[left]), _parts(self.colours[left + 1]), strict=True)
        return "#" + "".join(f"{round(a + (place - left) * (b - a)):02x}" for a, b in ends)


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))
