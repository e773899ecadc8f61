"""Size reduction of SVG markup, so that a page with many figures can be sent by e-mail."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_LONG = re.compile(r"-?\d+\.\d{3,}")
"""A coordinate finer than a hundredth of a point, which is invisible."""
_UNTURNED = re.compile(r' transform="rotate\(-?0 [^"]*"')
_IDLE_GROUP = re.compile(
    r"<g>(<(?:path|use)\b[^>]*/>|<text\b[^>]*>[^<]*</text>|<g [^>]*>(?:(?!<g\b|</g>).)*</g>)</g>"
)
_STYLE = re.compile(r' style="([^"&<]+)"')
_SHAPE = re.compile(r' d="([^"]+)"')
_STROKE = re.compile(r"([MLCQz])([^MLCQz]*)")


def smaller(markup: str) -> str:
    """Return SVG markup with rounded numbers and without elements that draw nothing."""
    markup = _LONG.sub(lambda found: f"{float(found.group()):.2f}".rstrip("0").rstrip("."), markup)
    markup = re.sub(r">\s+<", "><", markup).strip()
    markup = _UNTURNED.sub("", markup)
    markup = _SHAPE.sub(lambda found: f' d="{_shape(found.group(1))}"', markup)
    before = ""
    while before != markup:
        before = markup
        markup = re.sub(r"<g>\s*</g>|<g/>", "", _IDLE_GROUP.sub(r"\1", markup))
    return markup


def share_styles(drawings: Sequence[str]) -> tuple[list[str], str]:
    """Return the drawings with classes in place of styles, and the style sheet of the classes."""
    styles = Counter(style for drawing in drawings for style in _STYLE.findall(drawing))
    names = {style: f"d{number}" for number, (style, _) in enumerate(styles.most_common())}
    shared = [
        _STYLE.sub(lambda found: f' class="{names[found.group(1)]}"', drawing)
        for drawing in drawings
    ]
    return shared, "".join(f".{name}{{{style}}}\n" for style, name in names.items())


def _shape(path: str) -> str:
    """Return a path with H and V commands for horizontal and vertical strokes."""
    strokes, x, y = [], "", ""
    for kind, rest in _STROKE.findall(path):
        places = rest.split()
        if kind == "L" and len(places) == 2 and x and places[1] == y:
            strokes.append(f"H{places[0]}")
        elif kind == "L" and len(places) == 2 and x and places[0] == x:
            strokes.append(f"V{places[1]}")
        else:
            strokes.append(kind + " ".join(places))
        x, y = places[-2:] if places else ("", "")
    return "".join(strokes)
