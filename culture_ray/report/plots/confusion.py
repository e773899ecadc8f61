"""Confusion matrices of judges on opinions whose true stance is known."""

from __future__ import annotations

from collections.abc import Sequence

from culture_ray.report.cell_refs import cell_ref, numbered_rows
from culture_ray.report.cell_values import Row
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.colour_scale import ColourScale
from culture_ray.report.drawing.contrast import readable_on
from culture_ray.report.drawing.panel import Panel
from culture_ray.report.drawing.shapes import Look
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, FigureSheet, Plot
from culture_ray.report.drawing.ticks import named_ticks
from culture_ray.report.drawing.tooltips import Tooltip, TooltipLine, TooltipValue, count_lines
from culture_ray.report.formatting import counted, listed, shown
from culture_ray.report.plots.heatmap import as_fields

STANCES = ("pro", "con", "neutral")
SHARES = ColourScale(("#f6f1ea", "#5f9fcc", "#0a3f6b"), 0.0, 1.0)


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


def _draw(content: ReportContent, rows: Sequence[Row], width: float) -> FigureSheet:
    columns = min(len(rows), 2 if width <= ONE_COLUMN else 5)
    side = min(1.35, (width - 0.6) / columns - 0.15)
    page = FigureSheet(width, side, len(rows), columns, share_x=True, share_y=True)
    page.x_label, page.y_label = "stance given by the judge", "true stance"
    several = len({row["judge"] for row in rows}) > 1
    for i, (panel, row) in enumerate(zip(page.panels, rows, strict=True)):
        group = _group(content, row)
        panel.title = f"{row['judge']}: {group}" if several else group
        panel.is_equal = True
        _matrix(panel, row, i * len(STANCES) ** 2)
    return page


def _matrix(panel: Panel, row: Row, first: int) -> None:
    """Draw one matrix; `first` is the number of its first field's tooltip."""
    for i, true in enumerate(STANCES):
        counts = [row[f"{true}_read_{said}"] or 0 for said in STANCES]
        for j, count in enumerate(counts):
            share = count / max(sum(counts), 1)
            tip = first + i * len(STANCES) + j
            panel.box((j, i, j + 1, i + 1), Look(fill=SHARES(share)), tip=tip)
            panel.words(j + 0.5, i + 0.5, f"{count:,}", 7, readable_on(SHARES(share)))
    panel.x.ticks = panel.y.ticks = named_ticks(STANCES, first=0.5)
    as_fields(panel, len(STANCES), len(STANCES))
