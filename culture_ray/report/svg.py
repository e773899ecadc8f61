"""A matplotlib SVG as a part of a page: its own ids, the page's font, colours that follow it."""

from __future__ import annotations

import re
from html import escape

from culture_ray.report.palette import DARK


def variable(colour: str) -> str:
    """Return the name of the CSS variable that stands for a colour of the palette."""
    return f"--c-{colour.lstrip('#')}"


def inline(svg: str, name: str, alt: str) -> str:
    """Return the <svg> element alone, described by `alt`, safe beside others in one page."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', body)
    body = re.sub(r'(xlink:href="#|url\(#)', rf"\g<1>{name}-", body)
    body = re.sub(r"'DejaVu Sans'(, [^;\"]+)?", "var(--font)", body)
    for light in DARK:
        body = body.replace(light, f"var({variable(light)})")
    head, rest = body.split(">", 1)
    size = re.search(r'viewBox="([^"]+)"', head)
    if size is None:
        raise ValueError(f"figure '{name}' was drawn without a viewBox: {head[:200]}")
    label = escape(alt, quote=True)
    return f'<svg viewBox="{size.group(1)}" role="img" aria-label="{label}">{_squeeze(rest)}'


def _squeeze(markup: str) -> str:
    return re.sub(r">\s+<", "><", markup).strip()
