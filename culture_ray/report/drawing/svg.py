"""Drawings as SVG: for the page, in its font and colours, and as files of their own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from culture_ray.redaction.visible import visible_in_page
from culture_ray.report.drawing.markers import outline
from culture_ray.report.drawing.palette import DARK
from culture_ray.report.drawing.shapes import FigureDrawing, Look, Mark, Outline, Shape, Step, Words

MIDDLE = 0.36
"""Height of the middle of letters over the baseline, in ems."""
_STYLE = re.compile(r' style="([^"&<]+)"')


def variable(colour: str) -> str:
    """Return the name of the CSS variable for a colour of the palette."""
    return f"--c-{colour.lstrip('#')}"


def inline(drawing: FigureDrawing, name: str, alt: str, models: Mapping[str, int]) -> str:
    """Return an element of the page, described by `alt`, in the page's font and colours.

    `data-t` is the number of a mark's tooltip, `data-m` that of a model, `data-key` marks a model's
    entry in a legend or on an axis, and `data-p` a panel. Ids begin with `name`, which is the
    figure's own on the page.
    """
    head = f'<svg {_box(drawing)} role="img" aria-label="{escape(visible_in_page(alt))}">'
    return head + _Markup(name, models, is_page=True).body(drawing) + "</svg>"


def svg_file(drawing: FigureDrawing, title: str) -> str:
    """Return the text of a file: light colours, selectable text, sizes in points."""
    size = f'width="{_number(drawing.width)}pt" height="{_number(drawing.height)}pt"'
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    body = _Markup("m", {}, is_page=False).body(drawing)
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<svg {spaces} {size} {_box(drawing)} '
        f'font-family="DejaVu Sans, Verdana, sans-serif"><title>'
        f"{escape(visible_in_page(title))}</title>{body}</svg>\n"
    )


def share_styles(drawings: Sequence[str]) -> tuple[list[str], str]:
    """Return the drawings with classes in place of styles, and the style sheet of the classes."""
    styles = Counter(style for drawing in drawings for style in _STYLE.findall(drawing))
    names = {style: f"d{number}" for number, (style, _) in enumerate(styles.most_common())}
    shared = [
        _STYLE.sub(lambda found: f' class="{names[found.group(1)]}"', drawing)
        for drawing in drawings
    ]
    return shared, "".join(f".{name}{{{style}}}\n" for style, name in names.items())


class _Markup:
    """Writes shapes as elements, and the markers that they refer to."""

    def __init__(self, name: str, models: Mapping[str, int], *, is_page: bool) -> None:
        self._name, self._models, self._is_page = name, models, is_page
        self._markers: dict[tuple[str, float], str] = {}

    def body(self, drawing: FigureDrawing) -> str:
        """Return all elements within the <svg> element."""
        layers = []
        for layer in drawing.layers:
            panel = f' data-p="{layer.panel}"' if self._is_page and layer.panel >= 0 else ""
            layers.append(f"<g{panel}>{''.join(map(self._element, layer.shapes))}</g>")
        defined = "".join(
            f'<path id="{name}" d="{_path(outline(marker), size)}"/>'
            for (marker, size), name in self._markers.items()
        )
        return (f"<defs>{defined}</defs>" if defined else "") + "".join(layers)

    def _element(self, shape: Shape) -> str:
        match shape:
            case Outline(steps, look):
                return f'<path d="{_path(steps)}"{self._look(look)}{self._link(shape)}/>'
            case Mark(x, y, marker, size, look):
                name = self._markers.setdefault(
                    (marker, size), f"{self._name}-{len(self._markers)}"
                )
                place = f'x="{_number(x)}" y="{_number(y)}"'
                return f'<use xlink:href="#{name}" {place}{self._look(look)}{self._link(shape)}/>'
            case Words():
                return self._words(shape)

    def _words(self, words: Words) -> str:
        down = MIDDLE * words.size if words.is_middle else 0.0
        x, y = (words.x + down, words.y) if words.is_upright else (words.x, words.y + down)
        turn = f' transform="rotate(-90 {_number(x)} {_number(y)})"' if words.is_upright else ""
        style = f"font-size:{_number(words.size)}px;fill:{self._colour(words.colour)}"
        style += f";text-anchor:{words.anchor}" if words.anchor != "start" else ""
        style += ";font-weight:700" if words.is_bold else ""
        full = f"<title>{escape(visible_in_page(words.full))}</title>" if words.full else ""
        return (
            f'<text x="{_number(x)}" y="{_number(y)}"{turn} style="{style}"{self._link(words)}>'
            f"{full}{escape(visible_in_page(words.text))}</text>"
        )

    def _look(self, look: Look) -> str:
        style = f"fill:{self._colour(look.fill) if look.fill else 'none'}"
        if look.stroke:
            style += f";stroke:{self._colour(look.stroke)};stroke-width:{_number(look.width)}"
        if look.dashes:
            style += f";stroke-dasharray:{' '.join(map(_number, look.dashes))}"
        if look.opacity < 1:
            style += f";opacity:{_number(look.opacity)}"
        return f' style="{style}"'

    def _colour(self, colour: str) -> str:
        return f"var({variable(colour)})" if self._is_page and colour in DARK else colour

    def _link(self, shape: Shape) -> str:
        link = shape.link
        if not self._is_page:
            return ""
        if link.tip >= 0:
            return f' data-t="{link.tip}"'
        if link.model not in self._models:
            return ""
        return f' data-m="{self._models[link.model]}"' + (' data-key=""' if link.is_key else "")


def _box(drawing: FigureDrawing) -> str:
    return f'viewBox="0 0 {_number(drawing.width)} {_number(drawing.height)}"'


def _path(steps: Sequence[Step], scale: float = 1.0) -> str:
    """Return steps as path data, with H and V for level and upright strokes."""
    parts, x, y = [], "", ""
    for kind, places in steps:
        numbers = [_number(scale * place) for place in places]
        if kind == "L" and numbers[1] == y:
            parts.append(f"H{numbers[0]}")
        elif kind == "L" and numbers[0] == x:
            parts.append(f"V{numbers[1]}")
        else:
            parts.append(kind + " ".join(numbers))
        x, y = numbers[-2:] if numbers else ("", "")
    return "".join(parts)


def _number(value: float) -> str:
    """Return a number to a hundredth of a point, which is finer than can be seen."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
