"""Contrast of colours, as the Web Content Accessibility Guidelines define it (WCAG 2.1, 1.4.3)."""

from __future__ import annotations

from functools import cache

ON_LIGHT, ON_DARK = "#000001", "#fffffe"
"""Colours of words on a field: outside the palette, so that they do not change with the theme."""


def contrast(a: str, b: str) -> float:
    """Return the contrast ratio of two colours (#rrggbb), from 1 to 21; words need 4.5."""
    light, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@cache
def readable_on(ground: str) -> str:
    """Return black or white, whichever stands out more from a colour; at least 4.5."""
    return max(ON_LIGHT, ON_DARK, key=lambda tone: contrast(tone, ground))


def _luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
