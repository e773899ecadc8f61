"""Stacked bars of the stances of described opinions and of the outcomes of requests."""

from __future__ import annotations

from collections import Counter

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet

from culture_ray.report.cell_refs import cell_ref
from culture_ray.report.cell_values import Row, primary_rows
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.marks import Marks
from culture_ray.report.drawing.palette import MUTED, OUTCOME_COLOURS, STANCE_COLOURS, model_numbers
from culture_ray.report.drawing.sheet import (
    ONE_COLUMN,
    PAGE_HEIGHT,
    TWO_COLUMNS,
    Missing,
    Plot,
    fitting_font,
    hide_ticks,
    sheet,
)
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
    return Plot(
        "stances",
        _TITLE,
        "Left: described opinions by the stance that the judge gave. Right: outcomes of the "
        "requests; only responses with a value polarity (“used”) enter the measures.",
        "Stacked bars per model and language: shares of pro, neutral and con opinions, and shares "
        "of the outcomes of requests.",
        lambda width: _draw(bars, opinions, requests, Marks(model_numbers(content)), width),
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
    marks: Marks,
    width: float,
) -> Sheet:
    narrow = width <= ONE_COLUMN
    height = 0.19 * len(keys)
    page = sheet(width, 1.7 + 2 * height if narrow else 1.0 + height)
    font = fitting_font(len(keys), (PAGE_HEIGHT - 1.7) / 2 if narrow else PAGE_HEIGHT - 1.0)
    both = page.subplots(2, 1) if narrow else page.subplots(1, 2, sharey=True)
    left, right = both
    names = [f"{model}  {language}" for model, language in keys]
    models = [model for model, _ in keys]
    _bars(
        left,
        models,
        names,
        [dict(opinions.get(k, {})) for k in keys],
        colours=STANCE_COLOURS,
        labels={},
        noun="opinions",
        keys=2 if narrow else 3,
        font=font,
        marks=marks,
    )
    _bars(
        right,
        models,
        names,
        [requests.get(k, {}) for k in keys],
        colours=OUTCOME_COLOURS,
        labels=OUTCOME_LABELS,
        noun="requests",
        keys=2 if narrow else 3,
        font=font,
        marks=marks,
        first=len(STANCE_COLOURS) * len(keys),
    )
    return page


def _bars(
    axes: Axes,
    models: list[str],
    names: list[str],
    parts: list[dict[str, int]],
    *,
    colours: dict[str, str],
    labels: dict[str, str],
    noun: str,
    keys: int,
    font: float,
    marks: Marks,
    first: int = 0,
) -> None:
    """Draw the shares; `first` is the number of the first bar's tooltip."""
    totals = [sum(p.values()) for p in parts]
    left = [0.0] * len(parts)
    for number, (kind, colour) in enumerate(colours.items()):
        shares = [p.get(kind, 0) / t if t else 0.0 for p, t in zip(parts, totals, strict=True)]
        if any(shares):
            label = labels.get(kind, kind)
            places = [place for place, share in enumerate(shares) if share]
            bars = axes.barh(
                places, [shares[i] for i in places], 0.72, [left[i] for i in places],
                color=colour, label=label,
            )  # fmt: skip
            for place, bar in zip(places, bars, strict=True):
                marks.attach_tooltip(bar, first + number * len(names) + place)
        left = [a + b for a, b in zip(left, shares, strict=True)]
    for i, total in enumerate(totals):
        note = f" {total:,}" if total else " – none"
        text = axes.text(
            1.0 if total else 0.0, i, note, va="center", fontsize=min(6, font), color=MUTED
        )
        marks.assign(text, models[i])
    axes.set_yticks(range(len(names)), names, fontsize=font)
    marks.axis(axes.yaxis, models)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(0, 1.14)
    axes.set_xticks([0, 0.5, 1], ["0", "50", "100 %"])
    axes.set_xlabel(f"share of {noun} (number on the right)")
    axes.spines["left"].set_visible(False)
    hide_ticks(axes)
    if axes.patches:
        axes.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=keys,
            handlelength=0.9,
            columnspacing=0.9,
            borderpad=0.1,
            fontsize=6.5,
            handletextpad=0.5,
        )
