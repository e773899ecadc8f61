"""The figure of two runs' differences: what is drawn where, and what is said of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from culture_ray.report.drawing.layout import lay_out
from culture_ray.report.drawing.palette import INK
from culture_ray.report.drawing.shapes import Mark, Outline, Shape, Words
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, Missing, Plot
from culture_ray.report.plots.differences import differences
from culture_ray.report.plots.figures import write_figure
from culture_ray.tables import DIFFERENCES

NAMES = ("before", "after")


def row(model: str, language: str | None, value: float | None, **other: Any) -> dict[str, Any]:
    blank = dict.fromkeys(DIFFERENCES.names)
    ends = {} if value is None else {"ci_low": value - 0.1, "ci_high": value + 0.1}
    named = {"figure": "alignment_language", "scope": "cell", "model": model, "language": language}
    asked = {"protocol": "hypothetical_interviews", "judge_first": "j", "judge_second": "j"}
    return blank | named | asked | {"difference": value} | ends | other


def plot_of(*rows: dict[str, Any]) -> Plot:
    plot = differences(pa.Table.from_pylist(list(rows), schema=DIFFERENCES), NAMES)
    assert isinstance(plot, Plot)
    return plot


def drawn(plot: Plot, width: float = TWO_COLUMNS) -> list[list[Shape]]:
    """Return the shapes of each panel, at a width in inches."""
    layers = lay_out(plot.draw(width)).layers
    return [list(layer.shapes) for layer in layers if layer.panel >= 0]


def labels(plot: Plot) -> list[str]:
    """Return the labels of the lines of the first panel, as they are drawn."""
    shapes = drawn(plot)[0]
    return [x.full or x.text for x in shapes if isinstance(x, Words) and x.anchor == "end"]


def whiskers(shapes: list[Shape]) -> list[Outline]:
    return [x for x in shapes if isinstance(x, Outline) and x.look.stroke == INK]


def test_each_difference_stands_on_its_line_with_its_interval() -> None:
    rows = (
        row("a", "da", 0.2),
        row("a", "nl", -0.3),
        row("b", "da", 0.5, figure="us_minus_native"),
    )
    assert labels(plot_of(*rows)) == ["a da", "a nl", "b da"]
    for width in (TWO_COLUMNS, ONE_COLUMN):
        left, right = drawn(plot_of(*rows), width)
        assert [len(whiskers(shapes)) for shapes in (left, right)] == [2, 1]
        places = {x.text: x.y for x in left if isinstance(x, Words)}
        dots = [x for x in left if isinstance(x, Mark)]
        assert [dot.y for dot in dots] == [places["a da"], places["a nl"]]
        for dot, whisker in zip(dots, whiskers(left), strict=True):
            (x0, y0), (x1, y1) = (at for _, at in whisker.steps)
            assert y0 == y1 == dot.y and abs((x0 + x1) / 2 - dot.x) < 0.01
        titles = [x.text for shapes in (left, right) for x in shapes
                  if isinstance(x, Words) and x.is_bold]  # fmt: skip
        assert titles == ["Alignment with speakers", "US bias"]


def test_models_stand_in_the_order_of_their_sizes() -> None:
    assert labels(plot_of(row("g_27b", "da", 0.1), row("g_9b", "da", 0.1))) == [
        "g_9b da",
        "g_27b da",
    ]


def test_a_difference_without_an_interval_is_hollow() -> None:
    (shapes,) = drawn(plot_of(row("a", "da", 0.2, ci_low=None, ci_high=None)))
    (dot,) = [x for x in shapes if isinstance(x, Mark)]
    assert dot.look.fill == "" and dot.look.stroke == INK and not whiskers(shapes)


def test_of_many_cells_the_means_are_drawn() -> None:
    cells = [row(f"m{i}", language, 0.1) for i in range(30) for language in ("da", "nl")]
    means = [row(f"m{i}", None, 0.1, scope="model") for i in range(30)]
    assert len(labels(plot_of(*cells, *means))) == 30


def test_what_all_lines_share_is_said_once_and_what_they_do_not_on_each() -> None:
    alike = plot_of(row("a", "da", 0.2))
    assert alike.caption.startswith("after minus before (hypothetical_interviews, j), over")
    apart = plot_of(row("a", "da", 0.2), row("a", "da", 0.1, judge_second="k"))
    assert labels(apart) == [
        "a da (hypothetical_interviews, j)",
        "a da (hypothetical_interviews, j > k)",
    ]


def test_nothing_to_compare_is_a_sentence_and_no_file(tmp_path: Path) -> None:
    table = pa.Table.from_pylist([row("a", "da", None)], schema=DIFFERENCES)
    missing = differences(table, NAMES)
    assert isinstance(missing, Missing) and "undefined in one of them" in missing.reason
    assert write_figure(missing, tmp_path / "figures").missing == missing.reason
    assert not (tmp_path / "figures").exists()
