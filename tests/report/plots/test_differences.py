"""The figure of two runs' differences: what is drawn where, and what is said of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

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


def test_each_difference_stands_on_its_line_with_its_interval() -> None:
    rows = (
        row("a", "da", 0.2),
        row("a", "nl", -0.3),
        row("b", "da", 0.5, figure="us_minus_native"),
    )
    for width in (TWO_COLUMNS, ONE_COLUMN):
        left, right = plot_of(*rows).draw(width).axes
        assert [tick.get_text() for tick in left.get_yticklabels()] == ["a da", "a nl", "b da"]
        dots = [line for line in left.lines if line.get_marker() == "o"]
        assert [(dot.get_xdata()[0], dot.get_ydata()[0]) for dot in dots] == [(0.2, 0), (-0.3, 1)]
        assert [len(axes.collections) for axes in (left, right)] == [2, 1]
        assert (left.get_title(), right.get_title()) == ("Alignment with speakers", "US bias")


def test_models_stand_in_the_order_of_their_sizes() -> None:
    (axes,) = plot_of(row("g_27b", "da", 0.1), row("g_9b", "da", 0.1)).draw(TWO_COLUMNS).axes
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["g_9b da", "g_27b da"]


def test_a_difference_without_an_interval_is_hollow() -> None:
    (axes,) = plot_of(row("a", "da", 0.2, ci_low=None, ci_high=None)).draw(TWO_COLUMNS).axes
    (dot,) = [line for line in axes.lines if line.get_marker() == "o"]
    assert dot.get_markerfacecolor() == "none" and not axes.collections


def test_of_many_cells_the_means_are_drawn() -> None:
    cells = [row(f"m{i}", language, 0.1) for i in range(30) for language in ("da", "nl")]
    means = [row(f"m{i}", None, 0.1, scope="model") for i in range(30)]
    (axes,) = plot_of(*cells, *means).draw(TWO_COLUMNS).axes
    assert len(axes.get_yticklabels()) == 30


def test_what_all_lines_share_is_said_once_and_what_they_do_not_on_each() -> None:
    alike = plot_of(row("a", "da", 0.2))
    assert alike.caption.startswith("after minus before (hypothetical_interviews, j), over")
    apart = plot_of(row("a", "da", 0.2), row("a", "da", 0.1, judge_second="k"))
    labels = [tick.get_text() for tick in apart.draw(TWO_COLUMNS).axes[0].get_yticklabels()]
    assert labels == ["a da (hypothetical_interviews, j)", "a da (hypothetical_interviews, j > k)"]


def test_nothing_to_compare_is_a_sentence_and_no_file(tmp_path: Path) -> None:
    table = pa.Table.from_pylist([row("a", "da", None)], schema=DIFFERENCES)
    missing = differences(table, NAMES)
    assert isinstance(missing, Missing) and "undefined in one of them" in missing.reason
    assert write_figure(missing, tmp_path / "figures").missing == missing.reason
    assert not (tmp_path / "figures").exists()
