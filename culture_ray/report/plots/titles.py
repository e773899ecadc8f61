"""Titles of figures: what a figure shows, in a sentence, where its intervals allow one."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from culture_ray.report.cell_values import (
    CellValue,
    Row,
    interval,
    with_simultaneous_intervals,
)
from culture_ray.report.content import ReportContent
from culture_ray.report.formatting import in_sentence, shown
from culture_ray.report.leaderboard_rows import cell_rows, largest_gaps
from culture_ray.report.study import ReportLanguage

ALIGNMENT = "Alignment with the speakers of the prompt's language"
US_BIAS = "US bias"
CONSISTENCY = "Self-consistency"


def alignment_title(content: ReportContent, cells: Sequence[CellValue]) -> str:
    """Return the title of the figure on alignment with speakers."""
    known = _known(content, cells, "alignment_language")
    clear = sum(1 for c in known if c.low is not None and c.low > 0)
    if not known:
        return ALIGNMENT
    if not clear:
        return "No model clearly agrees with speakers better than chance"
    if clear == len(known):
        subject = "Every model" if len(content.studied) > 1 else "The model"
        return f"{subject} agrees with speakers better than chance"
    return (
        f"{clear} of {len(known)} combinations of model and language agree with speakers better "
        "than chance"
    )


def us_bias_title(content: ReportContent, cells: Sequence[CellValue]) -> str:
    """Return the title of the figure on US bias."""
    known = _known(content, cells, "us_minus_native")
    toward = sum(1 for c in known if c.low is not None and c.low > 0)
    away = sum(1 for c in known if c.high is not None and c.high < 0)
    if not known:
        return US_BIAS
    if not toward and not away:
        return "US bias: no model is clearly closer to the US or to the other countries"
    parts = [
        f"{toward} closer to the US" if toward else "",
        f"{away} closer to others" * bool(away),
    ]
    found = " and ".join(filter(None, parts))
    return f"US bias: of {len(known)} combinations of model and language, {found}"


def consistency_title(cells: Sequence[CellValue], people: tuple[float, float] | None) -> str:
    """Return the title of the figure on self-consistency; `people` is the range over countries."""
    values = [c.value for c in cells if c.value is not None]
    if people is None or not values:
        return CONSISTENCY
    subject = "Every model" if len({c.model for c in cells}) > 1 else "The model"
    if max(values) < people[0]:
        return f"{subject} is less self-consistent than groups of ten people"
    if min(values) > people[1]:
        return f"{subject} is more self-consistent than groups of ten people"
    reach = sum(value >= people[0] for value in values)
    if reach == len(values):
        return f"{subject} reaches the self-consistency of groups of ten people"
    return (
        f"{reach} of {len(values)} combinations of model and language "
        f"reach{'es' * (reach == 1)} the self-consistency of groups of ten people"
    )


def populations_title(content: ReportContent) -> str:
    """Return the title of the heat map over populations."""
    rows = [row for row in cell_rows(content) if row["closest"]]
    if not rows:
        return "Alignment with every population"
    (name, most), *others = Counter(row["closest"] for row in rows).most_common(2)
    if others and others[0][1] == most:
        return "Alignment with every population"
    labels = {p.id: p.label or p.id for p in content.populations}
    times = "always" if most == len(rows) else "most often"
    subject = "Models are" if len(content.studied) > 1 else "The model is"
    return f"{subject} {times} closest to {in_sentence(labels[name])}"


def agreement_title(values: Sequence[float]) -> str:
    """Return the title of the figure on the correlations between populations."""
    if not values:
        return "Agreement between populations"
    low, high = min(values), max(values)
    if len(values) == 1:
        return f"The correlation between the two populations is {shown(low)}"
    return f"Correlations between populations range from {shown(low)} to {shown(high)}"


def topics_title(content: ReportContent, language: ReportLanguage) -> str:
    """Return the title of the figure on the topics in one language."""
    gaps = largest_gaps(content, len(content.topics) * len(content.languages))
    own = [row for row in gaps if row["language"] == language.code]
    if not own:
        return f"Topic by topic, in {language.name}"
    label = next(t.label for t in content.topics if t.id == own[0]["topic"])
    subject = "models are" if len(content.studied) > 1 else "the model is"
    return f"In {language.name}, {subject} furthest from speakers on “{label}”"


def coefficients_title(title: str, rows: Sequence[Row]) -> str:
    """Return the title of the figure of the regression `title`, with these coefficients."""
    ends = [interval(row, "") for row in rows]
    known = [(low, high) for low, high in ends if low is not None and high is not None]
    above, below = sum(low > 0 for low, _ in known), sum(high < 0 for _, high in known)
    if not known:
        return f"{title}: coefficients"
    if len(known) == 1:
        side = "above" if above else "below" if below else "not clearly above or below"
        return f"{title}: the coefficient is {side} zero"
    if not above and not below:
        return f"{title}: no coefficient is clearly above or below zero"
    if len(known) in (above, below):
        return f"{title}: every coefficient is {'above' if above else 'below'} zero"
    counts = [f"{above} above zero" * bool(above), f"{below} below zero" * bool(below)]
    found = " and ".join(filter(None, counts))
    return f"{title}: of {len(known)} coefficients, {found}"


def map_title(people: Sequence[dict[str, Any]], models: Sequence[dict[str, Any]]) -> str:
    """Return the title of the map of these points."""

    def nearest(own: dict[str, Any], others: Sequence[dict[str, Any]]) -> float:
        away = [math.hypot(own["x"] - r["x"], own["y"] - r["y"]) for r in others]
        return min(away, default=math.inf)

    several = len({row["model"] for row in models}) > 1
    apart = all(
        nearest(row, [r for r in models if r["model"] != row["model"]]) < nearest(row, people)
        for row in models
    )
    if several and people and apart:
        return "Models are closer to one another than to any population"
    return "Models among people"


def _known(content: ReportContent, cells: Sequence[CellValue], figure: str) -> list[CellValue]:
    studied = {m.name for m in content.studied}
    own = [c for c in cells if c.model in studied]
    return [c for c in with_simultaneous_intervals(content, own, figure) if c.has_interval]
