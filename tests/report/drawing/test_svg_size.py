"""Drawings of a page in fewer bytes: every number of them is still there."""

from __future__ import annotations

import re

import pytest

from culture_ray.report.drawing.svg_size import share_styles, smaller


def test_level_and_upright_strokes_are_told_by_one_number() -> None:
    square = '<path d="M 1 2 \nL 3 2 \nL 3 4 \nL 1.23456 4 \nL 5 6 \nz\n"/>'
    assert smaller(square) == '<path d="M1 2H3V4H1.23L5 6z"/>'


def test_curves_and_further_parts_of_a_path_begin_where_they_did() -> None:
    path = '<path d="M 0 1 \nC 1 2 3 4 5 6 \nL 5 7 \nz\nM 5 7 \nL 8 7 \nz\nL 8 7 \n"/>'
    assert smaller(path) == '<path d="M0 1C1 2 3 4 5 6V7zM5 7H8zL8 7"/>'


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ('<g><g><path d="M1 2"/></g>\n <g/></g>', '<path d="M1 2"/>'),
        ('<g><text x="1">a</text></g>', '<text x="1">a</text>'),
        ('<g data-t="3"><g><use x="1"/></g></g>', '<g data-t="3"><use x="1"/></g>'),
        ('<g clip-path="url(#a)"><use x="1"/></g>', '<g clip-path="url(#a)"><use x="1"/></g>'),
        ('<text transform="rotate(-0 1 2)">a</text>', "<text>a</text>"),
        (
            '<text transform="rotate(-90 1 2)">a</text>',
            '<text transform="rotate(-90 1 2)">a</text>',
        ),
    ],
)
def test_what_draws_nothing_is_left_out_and_what_says_something_is_kept(
    long: str, short: str
) -> None:
    assert smaller(long) == short


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
