"""Confusion matrices of judges on opinions whose true stance is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure as Sheet

from culture_ray.report.cell_refs import cell_ref, numbered_rows
from culture_ray.report.cell_values import Row
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.marks import Marks
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, Plot, hide_ticks, sheet
from culture_ray.report.drawing.tooltips import Tooltip, TooltipLine, TooltipValue, count_lines
from culture_ray.report.formatting import counted, listed, shown

STANCES = ("pro", "con", "neutral")
_ON_LIGHT, _ON_DARK = "#000001", "#fffffe"
# Colours outside the palette, so that numbers in a coloured field do not change with the theme.
COLOURS = LinearSegmentedColormap.from_list("share", ["#f6f1ea", "#5f9fcc", "#0a3f6b"])


def confusion(content: ReportContent) -> Plot | None:
    """Return each judge's confusion matrices, in total and by language; None without a check."""
    table = content.judging.get("reliability")
    rows = [] if table is None else numbered_rows(table)
    rows = [row for row in rows if row["statements"]]
    if not rows:
        return None
    judges = list(dict.fromkeys(row["judge"] for row in rows))
    single_language = len({row["group"] for row in rows if row["kind"] == "language"}) == 1
    drawn = [row for row in rows if row["kind"] == "all" or not single_language]
    return Plot(
        "judge_confusion",
        "Judge labels of opinions with known stance",
        f"Gold opinions by true stance (rows) and by the stance that {listed(judges)} gave "
        "(columns): counts, with the share of the row as colour. The diagonal is correct; pro "
        "labelled con, or con labelled pro, distorts value polarity most.",
        f"Confusion matrices of {counted(len(judges), 'judge')} on gold opinions: true stance "
        "against the judge's.",
        lambda width: _draw(content, drawn, width),
        (TWO_COLUMNS, ONE_COLUMN),
        tuple(
            _tooltip(content, row, true, said)
            for row in drawn
            for true in STANCES
            for said in STANCES
        ),
    )


def _tooltip(content: ReportContent, row: Row, true: str, said: str) -> Tooltip:
    wanted = [said, *(stance for stance in STANCES if stance != said)]
    columns = [f"{true}_read_{stance}" for stance in wanted]
    counts = [row[column] or 0 for column in columns]
    source = cell_ref("reliability", [row], " ".join(columns), "share")
    share: tuple[TooltipLine, ...] = ()
    if sum(counts):
        percent = TooltipValue(shown(100 * counts[0] / sum(counts), 0), source)
        share = ((f"of all {true}", (percent, " %")),)
    return Tooltip(
        f"{true} labelled {said}",
        f"{row['judge']}, {_group(content, row)}",
        lines=(*count_lines("reliability", row, {columns[0]: "opinions"}), *share),
    )


def _group(content: ReportContent, row: Row) -> str:
    names = {language.code: language.name for language in content.languages}
    return "all languages" if row["kind"] == "all" else str(names.get(row["group"], row["group"]))


def _draw(content: ReportContent, rows: Sequence[Row], width: float) -> Sheet:
    columns = min(len(rows), 2 if width <= ONE_COLUMN else 5)
    lines = -(-len(rows) // columns)
    side = min(1.35, (width - 0.6) / columns)
    page = sheet(width, 0.4 + lines * (side + 0.3))
    grid = page.subplots(lines, columns, squeeze=False, sharex=True, sharey=True)
    several = len({row["judge"] for row in rows}) > 1
    for i, axes in enumerate(grid.flat):
        if i >= len(rows):
            axes.set_axis_off()
            continue
        row = rows[i]
        group = _group(content, row)
        title = f"{row['judge']}: {group}" if several else group
        _matrix(axes, row, title, i * len(STANCES) ** 2)
        axes.tick_params(labelbottom=i + columns >= len(rows))
    page.supxlabel("stance given by the judge", fontsize=7.5)
    page.supylabel("true stance", fontsize=7.5)
    return page


def _matrix(axes: Axes, row: Row, title: str, first: int) -> None:
    """Draw one matrix; `first` is the number of its first field's tooltip."""
    counts = np.array([[row[f"{true}_read_{said}"] or 0 for said in STANCES] for true in STANCES])
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    fields = axes.pcolormesh(shares, cmap=COLOURS, vmin=0, vmax=1, edgecolors="face", linewidth=0.4)
    Marks({}).attach_tooltip(fields, first)
    for i, line in enumerate(counts):
        for j, count in enumerate(line):
            tone = _ON_DARK if shares[i, j] > 0.55 else _ON_LIGHT
            axes.text(
                j + 0.5, i + 0.5, f"{count:,}", ha="center", va="center", color=tone, fontsize=7
            )
    axes.set_title(title)
    axes.set_aspect("equal")
    axes.set_xticks([0.5, 1.5, 2.5], STANCES)
    axes.set_yticks([0.5, 1.5, 2.5], STANCES)
    axes.set_ylim(3, 0)
    hide_ticks(axes)
    for side in axes.spines.values():
        side.set_visible(False)
