"""Conversion of a matplotlib SVG into an element of the page."""

from __future__ import annotations

import re
from html import escape

from culture_ray.report.drawing.palette import DARK
from culture_ray.report.drawing.svg_size import smaller

_NAMED = re.compile(r'\bid="(tip|model|key)(\d+)-\d+"')
"""Ids that drawing/marks.py assigns."""
_ATTRIBUTES = {"tip": 'data-t="{}"', "model": 'data-m="{}"', "key": 'data-m="{}" data-key=""'}


def variable(colour: str) -> str:
    """Return the name of the CSS variable for a colour of the palette."""
    return f"--c-{colour.lstrip('#')}"


def inline(svg: str, name: str, alt: str) -> str:
    """Return the <svg> element, described by `alt`, with the page's font and colours.

    Its ids are unique within the page. Ids assigned by drawing/marks.py become attributes: `data-t`
    is the number of a tooltip, `data-m` that of a model, and `data-key` marks a model's entry in a
    legend or on an axis.
    """
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    body = _NAMED.sub(lambda found: _ATTRIBUTES[found.group(1)].format(found.group(2)), body)
    body = _own_ids(body, name)
    body = re.sub(r"'DejaVu Sans'(, [^;\"]+)?", "var(--font)", body)
    body = body.replace("font-family: var(--font); ", "")  # set once in the page's style sheet
    for light in DARK:
        body = body.replace(light, f"var({variable(light)})")
    head, rest = body.split(">", 1)
    size = re.search(r'viewBox="([^"]+)"', head)
    if size is None:
        raise ValueError(f"figure '{name}' was drawn without a viewBox: {head[:200]}")
    label = escape(alt, quote=True)
    return f'<svg viewBox="{size.group(1)}" role="img" aria-label="{label}">{smaller(rest)}'


def _own_ids(markup: str, name: str) -> str:
    """Return markup with short ids prefixed by the figure's name; unreferenced ids are removed."""
    used = dict.fromkeys(re.findall(r'(?:xlink:href="#|url\(#)([^")]+)', markup))
    own = {old: f"{name}-{number}" for number, old in enumerate(used)}

    def renamed(found: re.Match[str]) -> str:
        new = own.get(found.group(1))
        return f' id="{new}"' if new else ""

    markup = re.sub(r'\s+id="([^"]+)"', renamed, markup)
    return re.sub(
        r'(xlink:href="#|url\(#)([^")]+)',
        lambda found: found.group(1) + own[found.group(2)],
        markup,
    )
