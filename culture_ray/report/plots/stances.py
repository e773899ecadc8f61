"""Stacked bars of the stances of described opinions and of the outcomes of requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from culture_ray.report.cell_refs import cell_ref
from culture_ray.report.cell_values import Row, primary_rows
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.legend import Entry, Legend
from culture_ray.report.drawing.palette import OUTCOME_COLOURS, STANCE_COLOURS, model_numbers
from culture_ray.report.drawing.panel import Panel
from culture_ray.report.drawing.shapes import Look
from culture_ray.report.drawing.sheet import ONE_COLUMN, TWO_COLUMNS, FigureSheet, Missing, Plot
from culture_ray.report.drawing.ticks import Tick, named_ticks
from culture_ray.report.drawing.tooltips import Tooltip, TooltipValue, count_lines
from culture_ray.report.formatting import shown
from culture_ray.report.outcomes import (
    OUTCOME_LABELS,
    asked_column,
    is_imported,
    outcome_counts,
)

_TITLE = "Stances of opinions and outcomes of requests"


def stances(content: ReportContent) -> Plot | Missing:
    """Return the bars: stances of described opinions left, outcomes of requests right."""
    if is_imported(content.quality):
        return Missing(
            "stances", _TITLE, "Stances and outcomes cannot be shown: they are not known of "
            "responses that were elicited and labelled elsewhere.",
        )  # fmt: skip
    keys = [(m.name, x.code) for m in content.studied for x in content.languages]
    rows_by_cell = _rows_by_cell(content)
    opinions = {key: _opinions(rows) for key, rows in rows_by_cell.items()}
    quality_rows = {
        (r["model"], r["language"]): r for r in primary_rows(content.quality) if r["requests"]
    }
    requests = {key: outcome_counts(row) for key, row in quality_rows.items()}
    if not any(sum(each.values()) for each in (*opinions.values(), *requests.values())):
        return Missing(
            "stances", _TITLE, "Stances cannot be shown: no opinion was judged in this run."
        )
    bars = [k for k in keys if k in opinions or k in requests]
    language_names = {x.code: x.name for x in content.languages}
    judged = any(sum(each.values()) for each in opinions.values())
    both = "Left: opinions by the stance that the judge gave them. Right: outcomes of the requests"
    shares = "shares of pro, neutral and con opinions, and " if judged else ""
    return Plot(
        "stances",
        _TITLE,
        f"{both if judged else 'Outcomes of the requests'}; only responses with a value polarity "
        "(“used”) enter the measures.",
        f"Stacked bars per model and language: {shares}shares of the outcomes of requests.",
        lambda width: _draw(
            bars, opinions if judged else {}, requests, model_numbers(content), width
        ),
        (TWO_COLUMNS, ONE_COLUMN),
        (
            *(
                _opinions_tooltip(kind, rows_by_cell.get(k, []), language_names)
                for kind in STANCE_COLOURS
                for k in bars
            ),
            *(
                _requests_tooltip(kind, quality_rows.get(k), language_names)
                for kind in OUTCOME_COLOURS
                for k in bars
            ),
        ),
    )


def _rows_by_cell(content: ReportContent) -> dict[tuple[str, str], list[Row]]:
    """Return the rows of the distributions by model and language."""
    studied = {m.name for m in content.studied}
    found: dict[tuple[str, str], list[Row]] = {}
    for row in primary_rows(content.distributions):
        if row["model"] in studied:
            found.setdefault((row["model"], row["language"]), []).append(row)
    return found


def _opinions(rows: list[Row]) -> Counter[str]:
    return Counter({stance: sum(row[stance] or 0 for row in rows) for stance in STANCE_COLOURS})


def _opinions_tooltip(kind: str, rows: list[Row], language_names: dict[str, str]) -> Tooltip | None:
    counts = _opinions(rows)
    if not counts[kind]:
        return None
    of_all = " ".join([kind, *(stance for stance in STANCE_COLOURS if stance != kind)])
    share = shown(100 * counts[kind] / counts.total(), 0)
    return Tooltip(
        f"{rows[0]['model']} in {language_names[rows[0]['language']]}",
        "described opinions",
        rows[0]["model"],
        (
            (
                kind,
                (TooltipValue(shown(counts[kind]), cell_ref("distributions", rows, kind, "sum")),),
            ),
            (
                "share",
                (TooltipValue(share, cell_ref("distributions", rows, of_all, "share")), " %"),
            ),
        ),
    )


def _requests_tooltip(kind: str, row: Row | None, language_names: dict[str, str]) -> Tooltip | None:
    if row is None or not row[kind]:
        return None
    asked = asked_column([row])
    share = shown(100 * row[kind] / row[asked], 0)
    return Tooltip(
        f"{row['model']} in {language_names[row['language']]}",
        "requests",
        row["model"],
        (
            *count_lines("quality", row, {kind: OUTCOME_LABELS[kind]}),
            (
                "share",
                (
                    TooltipValue(share, cell_ref("quality", [row], f"{kind} {asked}", "percent")),
                    " %",
                ),
            ),
        ),
    )


def _draw(
    keys: list[tuple[str, str]],
    opinions: dict[tuple[str, str], Counter[str]],
    requests: dict[tuple[str, str], dict[str, int]],
    numbers: dict[str, int],
    width: float,
) -> FigureSheet:
    narrow = width <= ONE_COLUMN
    panels = 2 if opinions else 1
    page = FigureSheet(width, 0.19 * len(keys), panels, 1 if narrow else panels, share_y=not narrow,
                 models=numbers)  # fmt: skip
    *left, right = page.panels
    columns = 2 if narrow else 3
    for panel in left:
        _bars(panel, keys, [dict(opinions.get(k, {})) for k in keys], STANCE_COLOURS, 0)
        panel.x.label = "share of opinions (number on the right)"
        panel.legend = _legend(STANCE_COLOURS, {}, opinions.values(), columns)
    first = len(STANCE_COLOURS) * len(keys)
    _bars(right, keys, [requests.get(k, {}) for k in keys], OUTCOME_COLOURS, first)
    right.x.label = "share of requests (number on the right)"
    right.legend = _legend(OUTCOME_COLOURS, OUTCOME_LABELS, requests.values(), columns)
    return page


def _bars(
    panel: Panel,
    keys: list[tuple[str, str]],
    parts: list[dict[str, int]],
    colours: dict[str, str],
    first: int,
) -> None:
    """Draw the shares; `first` is the number of the first bar's tooltip."""
    for place, counts in enumerate(parts):
        total, left = sum(counts.values()), 0.0
        for number, (kind, colour) in enumerate(colours.items()):
            share = counts.get(kind, 0) / total if total else 0.0
            if share:
                corners = (left, place - 0.36, left + share, place + 0.36)
                panel.box(corners, Look(fill=colour), tip=first + number * len(keys) + place)
                left += share
        note, at = (f"{total:,}", 1.0) if total else ("– none", 0.0)
        panel.words(at, place, note, 6, anchor="start", shift=(2, 0), model=keys[place][0])
    models = [model for model, _ in keys]
    panel.y.ticks = named_ticks([f"{model}  {language}" for model, language in keys], models)
    panel.y.low, panel.y.high, panel.y.has_line = len(keys) - 0.4, -0.6, False
    panel.x.low, panel.x.high = 0, 1.14
    panel.x.ticks = [Tick(0, "0"), Tick(0.5, "50"), Tick(1, "100 %")]


def _legend(
    colours: dict[str, str],
    labels: dict[str, str],
    counts: Iterable[Mapping[str, int]],
    columns: int,
) -> Legend:
    """Return the legend of the kinds that occur."""
    found = {kind for each in counts for kind, number in each.items() if number}
    return Legend(
        tuple(
            Entry(labels.get(kind, kind), Look(fill=colour), is_box=True)
            for kind, colour in colours.items()
            if kind in found
        ),
        columns,
    )
