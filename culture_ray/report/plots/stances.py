"""What the judge found: stances of described opinions, and what became of each request."""

from __future__ import annotations

from collections import Counter

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet

from culture_ray.report.content import ReportContent
from culture_ray.report.fates import FATE_WORDS, fates
from culture_ray.report.palette import FATES, MUTED, STANCES
from culture_ray.report.plots.base import (
    ONE_COLUMN,
    TWO_COLUMNS,
    Missing,
    Plot,
    no_ticks,
    sheet,
)
from culture_ray.report.views import primary

_TITLE = "Stances, and what became of every request"


def stances(content: ReportContent) -> Plot | Missing:
    """Stacked bars: left stances of described opinions, right what became of each request."""
    keys = [(m.name, x.code) for m in content.studied for x in content.languages]
    opinions = _opinions(content)
    requests = {
        (r["model"], r["language"]): fates(r) for r in primary(content.quality) if r["requests"]
    }
    if not any(sum(opinions.get(k, Counter()).values()) for k in keys) and not requests:
        return Missing(
            "stances", _TITLE, "There is no figure of stances: no opinion was judged in this run."
        )
    shown = [k for k in keys if k in opinions or k in requests]
    return Plot(
        "stances",
        _TITLE,
        "Left: described opinions by the judge's stance. Right: what became of the requests; only "
        "responses with a value polarity (“used”) enter the measures.",
        "Stacked bars per model and language: shares of pro, neutral and con opinions, and what "
        "share of the requests was used.",
        lambda width: _draw(shown, opinions, requests, width),
        (TWO_COLUMNS, ONE_COLUMN),
    )


def _opinions(content: ReportContent) -> dict[tuple[str, str], Counter[str]]:
    studied = {m.name for m in content.studied}
    found: dict[tuple[str, str], Counter[str]] = {}
    for row in primary(content.distributions):
        if row["model"] in studied:
            counts = found.setdefault((row["model"], row["language"]), Counter())
            counts.update({s: row[s] or 0 for s in STANCES})
    return found


def _draw(
    keys: list[tuple[str, str]],
    opinions: dict[tuple[str, str], Counter[str]],
    requests: dict[tuple[str, str], dict[str, int]],
    width: float,
) -> Sheet:
    narrow = width <= ONE_COLUMN
    height = 0.19 * len(keys)
    page = sheet(width, 1.7 + 2 * height if narrow else 1.0 + height)
    both = page.subplots(2, 1) if narrow else page.subplots(1, 2, sharey=True)
    left, right = both
    names = [f"{model}  {language}" for model, language in keys]
    _bars(
        left,
        names,
        [dict(opinions.get(k, {})) for k in keys],
        colours=STANCES,
        words={},
        what="opinions",
        keys=2 if narrow else 3,
    )
    _bars(
        right,
        names,
        [requests.get(k, {}) for k in keys],
        colours=FATES,
        words=FATE_WORDS,
        what="requests",
        keys=2 if narrow else 3,
    )
    return page


def _bars(
    axes: Axes,
    names: list[str],
    parts: list[dict[str, int]],
    *,
    colours: dict[str, str],
    words: dict[str, str],
    what: str,
    keys: int,
) -> None:
    totals = [sum(p.values()) for p in parts]
    left = [0.0] * len(parts)
    for kind, colour in colours.items():
        shares = [p.get(kind, 0) / t if t else 0.0 for p, t in zip(parts, totals, strict=True)]
        if any(shares):
            label = words.get(kind, kind)
            axes.barh(range(len(names)), shares, 0.72, left, color=colour, label=label)
        left = [a + b for a, b in zip(left, shares, strict=True)]
    for i, total in enumerate(totals):
        note = f" {total:,}" if total else " – none"
        axes.text(1.0 if total else 0.0, i, note, va="center", fontsize=6, color=MUTED)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(0, 1.14)
    axes.set_xticks([0, 0.5, 1], ["0", "50", "100 %"])
    axes.set_xlabel(f"{what}; their number at the right")
    axes.spines["left"].set_visible(False)
    no_ticks(axes)
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
