"""A matplotlib SVG as a part of a page: its own ids, the page's font, colours that follow it."""

from __future__ import annotations

import re
from html import escape

from culture_ray.report.palette import DARK

_LONG = re.compile(r"-?\d+\.\d{3,}")
"""A coordinate to more than a hundredth of a point, which nobody sees and a large page pays for."""


def variable(colour: str) -> str:
    """Return the name of the CSS variable that stands for a colour of the palette."""
    return f"--c-{colour.lstrip('#')}"


def inline(svg: str, name: str, alt: str) -> str:
    """Return the <svg> element alone, described by `alt`, safe beside others in one page."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    body = _without_idle_ids(body)
    body = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', body)
    body = re.sub(r'(xlink:href="#|url\(#)', rf"\g<1>{name}-", body)
    body = re.sub(r"'DejaVu Sans'(, [^;\"]+)?", "var(--font)", body)
    body = body.replace("font-family: var(--font); ", "")  # the page's style sheet says so once
    body = _LONG.sub(lambda found: f"{float(found.group()):.2f}".rstrip("0").rstrip("."), body)
    for light in DARK:
        body = body.replace(light, f"var({variable(light)})")
    head, rest = body.split(">", 1)
    size = re.search(r'viewBox="([^"]+)"', head)
    if size is None:
        raise ValueError(f"figure '{name}' was drawn without a viewBox: {head[:200]}")
    label = escape(alt, quote=True)
    return f'<svg viewBox="{size.group(1)}" role="img" aria-label="{label}">{_squeeze(rest)}'


def _without_idle_ids(markup: str) -> str:
    """Return markup without the ids that nothing refers to, and without empty groups."""
    used = set(re.findall(r'(?:xlink:href="#|url\(#)([^")]+)', markup))
    markup = re.sub(
        r'\s+id="([^"]+)"', lambda found: found.group() if found.group(1) in used else "", markup
    )
    return re.sub(r"<g>\s*</g>|<g/>", "", markup)


def _squeeze(markup: str) -> str:
    return re.sub(r">\s+<", "><", markup).strip()
