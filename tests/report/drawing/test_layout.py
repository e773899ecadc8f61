"""Layout of sheets: all shapes on the sheet, panels apart, labels whole or said to be cut."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from culture_ray.report.drawing.layout import lay_out
from culture_ray.report.drawing.legend import Entry, Legend
from culture_ray.report.drawing.letters import text_width
from culture_ray.report.drawing.palette import INK
from culture_ray.report.drawing.shapes import FigureDrawing, Look, Mark, Words
from culture_ray.report.drawing.sheet import ONE_COLUMN, PAGE_HEIGHT, TWO_COLUMNS, FigureSheet
from culture_ray.report.drawing.ticks import named_ticks
from tests.report.drawing.extents import outside

NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=0x4FF), min_size=1, max_size=90)
NUMBERS = st.floats(-1e4, 1e4).map(lambda value: round(value, 3))


@st.composite
def sheets(draw: st.DrawFn) -> FigureSheet:
    """Return sheets like those of the plots: named lines, values with a mark each, a legend."""
    count, columns = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    page = FigureSheet(
        draw(st.sampled_from([ONE_COLUMN, TWO_COLUMNS])), draw(st.floats(0.2, 12)), count,
        min(count, columns), share_x=draw(st.booleans()), share_y=draw(st.booleans()),
    )  # fmt: skip
    names = draw(st.lists(NAMES, min_size=1, max_size=60))
    for panel in page.panels:
        panel.title, panel.x.label = "title", "label"
        panel.y.ticks = named_ticks(names)
        panel.y.low, panel.y.high = len(names) - 0.5, -0.5
        values = draw(st.lists(NUMBERS, min_size=1, max_size=5))
        panel.marks(values, [0.0] * len(values), "o", 3, Look(fill=INK))
    entries = draw(st.lists(NAMES, max_size=60))
    page.legend = Legend(tuple(Entry(name, Look(fill=INK), "o") for name in entries))
    page.is_legend_below = draw(st.booleans())
    page.x_label, page.y_label = "x", draw(st.sampled_from(["", "y"]))
    return page


@given(sheets())
def test_everything_lies_on_the_sheet(page: FigureSheet) -> None:
    assert list(outside(lay_out(page))) == []


@given(sheets())
def test_a_sheet_fits_a_page_unless_its_legend_or_labels_alone_fill_it(page: FigureSheet) -> None:
    drawing = lay_out(page)
    lines = -(-len(page.panels) // page.columns)
    if page.legend.height(drawing.width) + 60 * lines < 72 * PAGE_HEIGHT:
        assert drawing.height <= 72 * PAGE_HEIGHT + 0.01


@given(sheets())
def test_a_shortened_label_keeps_its_whole_text(page: FigureSheet) -> None:
    shown = {words.full or words.text for words in _words(lay_out(page))}
    labels = {tick.label for panel in page.panels for tick in panel.y.ticks or ()}
    assert labels | {entry.label for entry in page.legend.entries} <= shown


def test_panels_stand_in_lines_and_columns_and_a_lone_one_has_labels_of_its_own() -> None:
    page = FigureSheet(TWO_COLUMNS, 1, 5, 3, share_x=True, share_y=True)
    for panel in page.panels:
        panel.marks([0, 1], [0, 1], "o", 3, Look(fill=INK))
    drawing = lay_out(page)
    panels = [layer.shapes for layer in drawing.layers if layer.panel >= 0]
    dots = [[s for s in shapes if isinstance(s, Mark)] for shapes in panels]
    firsts = [(round(d[0].x), round(d[0].y)) for d in dots]
    assert firsts[0][1] == firsts[1][1] == firsts[2][1] < firsts[3][1] == firsts[4][1]
    assert firsts[0][0] == firsts[3][0] < firsts[1][0] == firsts[4][0] < firsts[2][0]
    labelled = [any(isinstance(s, Words) and s.anchor == "middle" for s in x) for x in panels]
    assert labelled == [False, False, True, True, True]


def test_equal_units_are_as_long_on_both_axes() -> None:
    page = FigureSheet(TWO_COLUMNS, 2)
    (panel,) = page.panels
    panel.is_equal = True
    panel.x.low, panel.x.high, panel.y.low, panel.y.high = 0, 10, 0, 1
    panel.marks([2, 3, 2], [0, 0, 1], "o", 3, Look(fill=INK))
    a, b, c = (s for x in lay_out(page).layers for s in x.shapes if isinstance(s, Mark))
    assert abs((b.x - a.x) - (a.y - c.y)) < 1e-6


def _words(drawing: FigureDrawing) -> list[Words]:
    return [s for layer in drawing.layers for s in layer.shapes if isinstance(s, Words)]


def test_ticks_stay_apart_below_a_panel_that_long_names_leave_little_room() -> None:
    page = FigureSheet(ONE_COLUMN, 1)
    (panel,) = page.panels
    panel.y.ticks = named_ticks(["a name that is as long as the widest label"] * 2)
    panel.y.low, panel.y.high = 1.5, -0.5
    panel.marks([-0.9, 0.55], [0, 1], "o", 3, Look(fill=INK))
    drawing = lay_out(page)
    ticks = sorted((w.x, w.text, w.size) for w in _words(drawing) if w.anchor == "middle")
    assert len(ticks) > 2
    for (left, text, size), (right, other, _) in pairwise(ticks):
        assert right - left > (text_width(text, size) + text_width(other, size)) / 2 + 2


def test_a_long_title_is_set_smaller_before_it_is_cut() -> None:
    page = FigureSheet(TWO_COLUMNS, 1, 3, 3)
    for panel, title in zip(
        page.panels, ("short", "local_gap, local - general", "x " * 60), strict=True
    ):
        panel.title = title
        panel.y.ticks = named_ticks(["gemma_2_27b"])
        panel.marks([0, 1], [0, 0], "o", 3, Look(fill=INK))
    short, long, longest = (w for w in _words(lay_out(page)) if w.is_bold)
    assert long.text == "local_gap, local - general" and long.size < short.size
    assert longest.text != longest.full == "x " * 60
