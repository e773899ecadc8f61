"""Tooltips of a figure: numbers of the tables, and of the mark that is pointed at."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.redaction.visible import visible_in_page
from culture_ray.report.cell_refs import FILES, CellRef, cell_ref
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.palette import model_numbers
from culture_ray.report.drawing.tooltips import (
    Tooltip,
    TooltipLine,
    TooltipValue,
    count_lines,
    measure_lines,
    tooltips_json,
    value_lines,
)
from culture_ray.report.plots.confusion import SHARES
from culture_ray.report.plots.heatmap import symmetric_scale
from tests.report.synthetic.run import SyntheticRun

ROW = {"#": 7, "a": 0.4163, "a_ci_low": 0.31, "a_ci_high": 0.529, "n": 1234, "m": None, "b": -0.004}


def words(lines: tuple[TooltipLine, ...]) -> list[tuple[str, str]]:
    """Return lines as a reader sees them."""
    return [(label, "".join(getattr(p, "text", p) for p in parts)) for label, parts in lines]


def test_a_figure_is_told_rounded_with_its_interval_and_where_it_stands() -> None:
    lines = measure_lines("alignment", "cells", ROW, "a")
    assert words(lines) == [("alignment", "0.42"), ("95 % interval", "0.31 to 0.53")]
    told = Tooltip("t", lines=lines).numbers
    assert [one.source.column for one in told] == ["a", "a_ci_low", "a_ci_high"]
    assert {(one.source.file, one.source.rows) for one in told} == {("cells.csv", (7,))}


def test_a_figure_without_interval_or_value_claims_none() -> None:
    assert words(measure_lines("b", "cells", ROW, "b")) == [("b", "0.00")]
    assert measure_lines("m", "cells", ROW, "m") == (("m", ("–",)),)
    assert words(value_lines("x", 0.5, CellRef("a.csv", (1,), "x"))) == [("x", "0.50")]


def test_counts_that_a_table_lacks_or_leaves_open_are_not_told() -> None:
    labels = {"n": "responses", "m": "topics", "z": "people"}
    assert words(count_lines("cells", ROW, labels)) == [("responses", "1,234")]


def test_a_tip_cannot_mix_rows() -> None:
    mixed = [
        TooltipValue("1", CellRef("a.csv", (1,), "x")),
        TooltipValue("2", CellRef("a.csv", (2,), "x")),
    ]
    with pytest.raises(ValueError, match="several places"):
        tooltips_json({"f": [Tooltip("t", lines=(("l", tuple(mixed)),))]}, {})


def test_tips_are_safe_inside_of_a_script() -> None:
    text = tooltips_json({"f": [Tooltip("</script><b>", lines=())]}, {"<b>": 0})
    assert "<" not in text
    assert json.loads(text)["texts"][0] == "</script><b>"


WORDS = st.text(max_size=5)
TOLD = st.builds(TooltipValue, WORDS, st.just(CellRef("a.csv", (3, 4, 9), "x y", "sum")))
TIPS = st.lists(
    st.none()
    | st.builds(
        Tooltip,
        WORDS,
        WORDS,
        st.sampled_from(["", "one", "two"]),
        st.lists(st.tuples(WORDS, st.lists(WORDS | TOLD, max_size=4).map(tuple)), max_size=3).map(
            tuple
        ),
    ),
    max_size=6,
)


@pytest.mark.slow
@given(TIPS)
def test_what_is_packed_can_be_read_back(tooltips: list[Tooltip | None]) -> None:
    whole = json.loads(tooltips_json({"f": tooltips}, {"one": 0, "two": -1}))
    packs = whole["figures"].get("f", [])
    assert (packs == []) == (not any(tooltips))
    texts = whole["texts"]
    assert len(set(texts)) == len(texts)
    for tooltip, pack in zip(tooltips if packs else [], packs, strict=True):
        assert (tooltip is None) == (pack is None)
        if tooltip is None or pack is None:
            continue
        shape, model, title, about, rows, *told = pack
        form = whole["shapes"][shape]
        said = iter(told)
        lines = [
            [label, *(texts[next(said)] if part == 0 else part for part in parts)]
            for label, *parts in form["lines"]
        ]
        assert lines == [
            [label, *(p if isinstance(p, str) else visible_in_page(p.text) for p in parts)]
            for label, parts in tooltip.lines
        ]
        assert (texts[title], texts[about]) == tuple(
            map(visible_in_page, (tooltip.title, tooltip.subtitle))
        )
        assert texts[rows] == ("3-4 9" if tooltip.numbers else "")
        assert model == {"": -1, "one": 0, "two": 1}[tooltip.model]


def test_judges_that_are_no_model_of_the_run_have_numbers_of_their_own(full: SyntheticRun) -> None:
    found = model_numbers(full.content)
    names = [model.name for model in full.content.models]
    assert list(found)[: len(names)] == names and "gpt_judge" in found
    assert list(found.values()) == list(range(len(found)))


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize(
    ("name", "axis"),
    [("alignment", "x"), ("us_bias", "x"), ("consistency", "x"), ("capability", "y"),
     ("topics_da", "x"), ("topics_pt", "x")],
)  # fmt: skip
def test_a_mark_stands_where_its_tip_says(
    full: SyntheticRun, name: str, axis: str, narrow: bool
) -> None:
    figure = next(f for f in full.figures if f.name == name)
    panels: dict[str, list[tuple[float, float]]] = {}
    for number, panel, attributes in _marks(figure.svg_narrow if narrow else figure.svg):
        tooltip = figure.tooltips[number]
        assert tooltip is not None
        place = dict(re.findall(r'\b([xy])="([^"]+)"', attributes))[axis]
        exact = _exact(full.content, tooltip.numbers[0])
        panels.setdefault(panel, []).append((exact, float(place)))
    assert sum(map(len, panels.values())) == len(figure.tooltips)
    for marks in panels.values():
        values, places = np.array(marks).T
        rate, start = np.polyfit(values, places, 1)
        assert abs(start + rate * values - places).max() < 0.02


@pytest.mark.parametrize("narrow", [False, True])
def test_a_square_of_the_map_has_the_colour_of_the_alignment_its_tip_tells(
    full: SyntheticRun, narrow: bool
) -> None:
    figure = next(f for f in full.figures if f.name == "alignment_map")
    fills = _fills(figure.svg_narrow if narrow else figure.svg)
    values = []
    for number, _ in fills:
        tooltip = figure.tooltips[number]
        assert tooltip is not None
        values.append(_exact(full.content, tooltip.numbers[0]))
    end = max(abs(value) for value in values)
    scale = symmetric_scale(math.ceil(10 * end) / 10)
    for value, (_, fill) in zip(values, fills, strict=True):
        assert fill == scale(value)
    assert len(fills) == len(figure.tooltips) == 4 * 4 * 18


@pytest.mark.parametrize("narrow", [False, True])
def test_a_field_of_a_judges_confusions_has_the_colour_of_the_share_its_tip_tells(
    full: SyntheticRun, narrow: bool
) -> None:
    figure = next(f for f in full.figures if f.name == "judge_confusion")
    fills = _fills(figure.svg_narrow if narrow else figure.svg)
    for number, fill in fills:
        tooltip = figure.tooltips[number]
        assert tooltip is not None
        count, share = tooltip.numbers
        columns = share.source.column.split()
        (row,) = share.source.rows
        table = full.content.judging["reliability"]
        values = [table.column(column)[row].as_py() for column in columns]
        assert count.text == f"{values[0]:,}"
        assert fill == SHARES(values[0] / sum(values))
    assert len(fills) == len(figure.tooltips) >= 9


def test_marks_and_names_of_a_model_carry_its_number_in_every_figure(full: SyntheticRun) -> None:
    number = model_numbers(full.content)["gpt_4o"]
    for figure in full.figures:
        if figure.name in ("people_correlations", "judge_confusion"):
            continue
        if figure.name == "coefficients_multilingual":  # its terms are about families
            continue
        for svg in (figure.svg, figure.svg_narrow):
            keys = re.findall(rf'<text [^>]*data-m="{number}" data-key="">([^<]*)<', svg)
            assert keys and all("gpt_4o" in key for key in keys), figure.name
            assert len(re.findall("gpt_4o", svg)) == len(keys), figure.name


def _marks(svg: str) -> Iterator[tuple[int, str, str]]:
    """Yield every marker with a tooltip: its number, its panel, and its attributes."""
    for panel, shapes in re.findall(r'<g data-p="(\d+)">(.*?)</g>', svg):
        for attributes, number in re.findall(r'<use ([^>]*?) data-t="(\d+)"/>', shapes):
            yield int(number), panel, attributes


def _fills(svg: str) -> list[tuple[int, str]]:
    """Return the tooltip's number and the colour of every field that has one."""
    found = re.findall(r'<path [^>]*style="fill:(#\w+)" data-t="(\d+)"/>', svg)
    return [(int(number), fill) for fill, number in found]


def _exact(content: ReportContent, told: TooltipValue) -> float:
    """Return the figure of the table that a number is read off."""
    name = next(name for name, file in FILES.items() if file == told.source.file)
    (row,) = told.source.rows
    value: float = getattr(content, name).column(told.source.column)[row].as_py()
    assert told.source == cell_ref(name, [{"#": row}], told.source.column)
    return value
