"""Words stand out from their ground, also in figures and over mixed colours, where axe cannot tell.

axe tests only what is shown, leaves words in SVG and over mixed or half-covered grounds as
"incomplete", and sees one theme at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product

import pytest

from culture_ray.report.drawing.contrast import contrast, readable_on
from culture_ray.report.drawing.layout import lay_out
from culture_ray.report.drawing.palette import DARK, PAPER
from culture_ray.report.drawing.shapes import FigureDrawing, Outline, Words
from culture_ray.report.drawing.sheet import Plot
from culture_ray.report.page.html import page_text
from culture_ray.report.plots.figures import plots
from tests.report.synthetic.run import SyntheticRun

LEAST = 4.5
"""WCAG 2.1, 1.4.3: contrast of words that are not large."""

_WITHOUT_WORDS = re.compile(
    r"(\b[ib](\.\w+)?|\.swatch(\.base)?|\.spark|\.strip(\.gap)?|\.key[\w.-]*|\.progress|\.ring)$"
)
"""Selectors of marks without words."""


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)
    assert min(contrast(g, readable_on(g)) for g in (f"#{v:02x}{v:02x}{v:02x}" for v in range(256))
               ) >= LEAST  # fmt: skip


@pytest.mark.parametrize("sheets", [("page.css", "figures.css"), ("label_sheet.css",)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_of_a_style_sheet_stand_out_from_their_ground(
    sheets: tuple[str, ...], theme: str
) -> None:
    assert list(pale_words("".join(map(page_text, sheets)), theme)) == []


@pytest.mark.parametrize(
    "fault",
    [
        "p { color: #999999; }",
        ".x { color: var(--soft); background: var(--line-dark); }",
        "mark.pro { background: color-mix(in srgb, var(--ink) 60%, transparent); }",
    ],
)
def test_pale_words_are_found(fault: str) -> None:
    sheet = ":root { --ink: #1b1f24; --soft: #56606c; --paper: #ffffff; --raised: #f5f7f9;\n"
    assert list(pale_words(f"{sheet} --line-dark: #7a7a7a; }}\n{fault}", "light"))


@pytest.mark.parametrize("is_dark", [False, True])
def test_words_of_figures_stand_out_from_their_ground(full: SyntheticRun, is_dark: bool) -> None:
    for _, plot in plots(full.content):
        assert isinstance(plot, Plot)
        for width in plot.widths:
            for words, ground in grounds(lay_out(plot.draw(width))):
                pair = [DARK.get(c, c) if is_dark else c for c in (words.colour, ground)]
                assert contrast(*pair) >= LEAST, (plot.name, words.text, pair)


def grounds(drawing: FigureDrawing) -> Iterator[tuple[Words, str]]:
    """Yield words with the colour of the last filled shape below them; pale fills do not count."""
    for layer in drawing.layers:
        for i, words in enumerate(layer.shapes):
            if not isinstance(words, Words):
                continue
            ground = PAPER
            for shape in layer.shapes[:i]:
                if isinstance(shape, Outline) and shape.look.fill and shape.look.opacity == 1:
                    xs, ys = zip(*(at[-2:] for _, at in shape.steps if at), strict=True)
                    if min(xs) < words.x < max(xs) and min(ys) < words.y < max(ys):
                        ground = shape.look.fill
            yield words, ground


def pale_words(sheet: str, theme: str) -> Iterator[tuple[str, str, str, float]]:
    """Yield rule, colour, ground and contrast wherever words may be hard to read."""
    values = variables(sheet, theme)
    usual = [values[name] for name in ("--paper", "--back", "--raised") if name in values]
    texts = [values[n] for n in ("--ink", "--soft", "--text", "--muted") if n in values]
    rules = [
        (selector.strip(), _declared(rule, "color", values), _declared(rule, "background", values))
        for selector, rule in re.findall(r"([^{};]+)\{([^{}]*)\}", sheet)
    ]
    for name, colour, ground in rules:
        if ":root" in name or all(_WITHOUT_WORDS.search(part.strip()) for part in name.split(",")):
            continue
        # Rules for one state, such as [aria-pressed=true], may set colour and ground apart.
        state = re.search(r"\[[^\]]+\]$", name)
        others = [rule for rule in rules if state and rule[0].endswith(state.group())]
        words = [colour] if colour else [c for _, c, _ in others if c] or texts
        under = [ground] if ground else [g for _, _, g in others if g] or usual
        if colour or ground:  # a rule with neither takes both from rules that are checked
            for pair in product(words, under):
                if contrast(*pair) < LEAST:
                    yield name, *pair, contrast(*pair)


def variables(sheet: str, theme: str) -> dict[str, str]:
    """Return the colours of a style sheet's variables in a theme."""
    blocks = re.findall(r":root[^{]*\{([^}]*)\}", sheet)
    chosen = blocks[:1] if theme == "light" else blocks[:2]
    return {
        name: _whole(value)
        for block in chosen
        for name, value in re.findall(r"(--[\w-]+):\s*(#\w+)", block)
    }


def _declared(rule: str, name: str, values: Mapping[str, str]) -> str | None:
    """Return the colour that a rule sets; None if it sets none, or one that is inherited."""
    found = re.search(rf"(?<![\w-]){name}:\s*([^;]+)", rule)
    if found is None:
        return None
    value = found.group(1).strip()
    mixed = re.fullmatch(r"color-mix\(in srgb, var\((--[\w-]+)\) (\d+)%, transparent\)", value)
    if mixed:
        return _mixed(values[mixed.group(1)], values["--paper"], int(mixed.group(2)) / 100)
    named = re.fullmatch(r"var\((--[\w-]+)[^)]*\)", value)
    if named:
        return values.get(named.group(1))
    return _whole(value) if re.fullmatch(r"#\w+", value) else None


def _mixed(colour: str, ground: str, share: float) -> str:
    pairs = ((int(colour[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in pairs)


def _whole(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])
