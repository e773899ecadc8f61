"""What judges make of opinions whose true stance is known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure as Sheet

from culture_ray.report.cell_refs import numbered, of
from culture_ray.report.cell_values import Row
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.marks import Marks
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, Plot, no_ticks, sheet
from culture_ray.report.drawing.tooltips import Line, Tooltip, TooltipValue, counts_of
from culture_ray.report.formatting import listed, shown

STANCES = ("pro", "con", "neutral")
_ON_LIGHT, _ON_DARK = "#000001", "#fffffe"
# Own tones, because numbers in a coloured field must not turn with the page.
COLOURS = LinearSegmentedColormap.from_list("share", ["#f6f1ea", "#5f9fcc", "#0a3f6b"])


def confusion(content: ReportContent) -> Plot | None:
    """Return each judge's confusions of stances, in all and by language; None without a check."""
    table = content.judging.get("reliability")
    rows = [] if table is None else numbered(table)
    rows = [row for row in rows if row["statements"]]
    if not rows:
        return None
    judges = list(dict.fromkeys(row["judge"] for row in rows))
    one = len({row["group"] for row in rows if row["kind"] == "language"}) == 1
    drawn = [row for row in rows if row["kind"] == "all" or not one]
    return Plot(
        "judge_confusion",
        "What the judge makes of known stances",
        f"Gold opinions by their true stance (rows) and that of {listed(judges)} (columns): how "
        "many, and as colour which share of the row. The diagonal is right; pro read as con, or "
        "con as pro, moves value polarity most.",
        f"Confusion matrices of {len(judges)} judge(s) over gold opinions, true stance against the "
        "judge's.",
        lambda width: _draw(content, drawn, width),
        (TWO_COLUMNS, ONE_COLUMN),
        tuple(
            _tip(content, row, true, said) for row in drawn for true in STANCES for said in STANCES
        ),
    )


def _tip(content: ReportContent, row: Row, true: str, said: str) -> Tooltip:
    wanted = [said, *(stance for stance in STANCES if stance != said)]
    columns = [f"{true}_read_{stance}" for stance in wanted]
    counts = [row[column] or 0 for column in columns]
    source = of("reliability", [row], " ".join(columns), "share")
    share: tuple[Line, ...] = ()
    if sum(counts):
        told = TooltipValue(shown(100 * counts[0] / sum(counts), 0), source)
        share = ((f"of all {true}", (told, " %")),)
    return Tooltip(
        f"{true} read as {said}",
        f"{row['judge']}, {_group(content, row)}",
        lines=(*counts_of("reliability", row, {columns[0]: "opinions"}), *share),
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
    page.supxlabel("the judge's stance", fontsize=7.5)
    page.supylabel("true stance", fontsize=7.5)
    return page


def _matrix(axes: Axes, row: Row, title: str, first: int) -> None:
    """Draw one matrix; `first` is the tip of its first field."""
    counts = np.array([[row[f"{true}_read_{said}"] or 0 for said in STANCES] for true in STANCES])
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    fields = axes.pcolormesh(shares, cmap=COLOURS, vmin=0, vmax=1, edgecolors="face", linewidth=0.4)
    Marks({}).tell(fields, first)
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
    no_ticks(axes)
    for side in axes.spines.values():
        side.set_visible(False)
