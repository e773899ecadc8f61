"""Drawings of a page in few bytes: every number of them is still there, and what it belongs to."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from culture_ray.report.drawing.palette import INK
from culture_ray.report.drawing.shapes import (
    FigureDrawing,
    Layer,
    Link,
    Look,
    Mark,
    Outline,
    Shape,
    Words,
    box,
    polyline,
)
from culture_ray.report.drawing.svg import inline, share_styles, svg_file


def drawing(*shapes: Shape) -> FigureDrawing:
    return FigureDrawing(10, 20, (Layer(0, shapes),))


@pytest.mark.parametrize(
    ("places", "path"),
    [
        ([(1, 2), (3, 2), (3, 4), (1.23456, 4), (5, 6)], "M1 2H3V4H1.23L5 6"),
        ([(-0.001, 2), (0.5, 2.004), (0.5, 2)], "M0 2H0.5H0.5"),
    ],
)
def test_level_and_upright_strokes_are_told_by_one_number(
    places: list[tuple[float, float]], path: str
) -> None:
    assert f'd="{path}"' in inline(drawing(Outline(polyline(places), Look())), "f", "", {})


def test_links_become_attributes_and_markers_are_defined_once() -> None:
    look = Look(fill=INK)
    shapes = (
        Mark(1, 2, "s", 4, look, Link(tip=12)),
        Mark(3, 4, "s", 4, look, Link(model="m")),
        Words(5, 6, "m", 7, INK, link=Link(model="m", is_key=True), is_middle=False),
        Outline(box(0, 0, 1, 1), look, Link(model="no model of the run")),
    )
    ink = "var(--c-1b1f24)"
    assert inline(drawing(*shapes), "f", 'a "b"', {"m": 3}) == (
        '<svg viewBox="0 0 10 20" role="img" aria-label="a &quot;b&quot;"><defs>'
        '<path id="f-0" d="M-1.8 -1.8H1.8V1.8H-1.8z"/></defs><g data-p="0">'
        f'<use xlink:href="#f-0" x="1" y="2" style="fill:{ink}" data-t="12"/>'
        f'<use xlink:href="#f-0" x="3" y="4" style="fill:{ink}" data-m="3"/>'
        f'<text x="5" y="6" style="font-size:7px;fill:{ink}" data-m="3" data-key="">m</text>'
        f'<path d="M0 0H1V1H0z" style="fill:{ink}"/></g></svg>'
    )


@pytest.mark.parametrize("text", ["</script><!-- a", "a & <b>\"'", "x\u202ey\x00\u2028", "$x_1$"])
def test_no_text_of_a_name_is_markup_or_turns_the_page_around(text: str) -> None:
    words = Words(1, 2, text, 7, INK, full=text)
    for markup in (inline(drawing(words), "f", text, {}), svg_file(drawing(words), text)):
        head = markup.replace("xlink:href", "href") if "xmlns" not in markup else markup
        found = [e for e in ElementTree.fromstring(head).iter() if e.tag.endswith("text")]
        assert len(found) == 1
        assert not set(markup) & {"\x00", "\u202e"}
        assert "<b>" not in markup and "</script" not in markup


def test_a_file_has_colours_and_sizes_of_its_own() -> None:
    markup = svg_file(drawing(Words(1, 2, "a", 7, INK)), "Title")
    assert "var(" not in markup and INK in markup and 'width="10pt"' in markup
    assert "<title>Title</title>" in markup


def test_equal_styles_of_several_drawings_are_one_class() -> None:
    drawings = ['<path style="fill: none"/><path style="a: b"/>', '<use style="a: b"/>', ""]
    shared, sheet = share_styles(drawings)
    assert sheet == ".d0{a: b}\n.d1{fill: none}\n"
    assert shared == ['<path class="d1"/><path class="d0"/>', '<use class="d0"/>', ""]
    rules = dict(re.findall(r"\.(d\d+)\{(.*)\}", sheet))
    back = [re.sub(r'class="(d\d+)"', lambda m: f'style="{rules[m.group(1)]}"', d) for d in shared]
    assert back == drawings


def test_a_style_that_a_style_sheet_would_misread_stays_where_it_is() -> None:
    assert share_styles(['<path style="font: &quot;a&quot;"/>'])[1] == ""
