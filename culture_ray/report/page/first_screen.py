"""First screen of the page: leaderboard, and the largest gaps as sentences with strips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from culture_ray.report.cell_refs import cell_ref
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.palette import model_styles
from culture_ray.report.findings.gaps import gap_sentence
from culture_ray.report.formatting import NONE, Sentence
from culture_ray.report.leaderboard_rows import (
    Rows,
    largest_gaps,
    leaderboard_rows,
    model_gaps,
    of_cells,
    of_models,
)
from culture_ray.report.page.tables.html_table import Column, HtmlTable, TableCell, table_cell
from culture_ray.report.study import ReportLanguage, ReportTopic

_SHOWN_GAPS = 10
_NO_RANK = "no interval, or not asked in every language"
_NOT_ASKED = "not asked in this language"


@dataclass(frozen=True)
class GapStrip:
    """One topic in one language, on a scale from 0 to 100 % agreement with its pro statement."""

    topic: ReportTopic
    language: str
    sentence: Sentence
    people: float
    mean: float
    models: tuple[tuple[str, int, float], ...]
    """Name, index of the colour and place of each model."""


def leaderboard(content: ReportContent) -> HtmlTable | None:
    """Return the leaderboard of a run; None if the run has none."""
    labels = {p.id: p.label or p.id for p in content.populations}
    return leaderboard_table(leaderboard_rows(content), content.languages, labels)


def leaderboard_table(
    all_rows: Rows, all_languages: Sequence[ReportLanguage], labels: Mapping[str, str]
) -> HtmlTable | None:
    """Return a row per model: rank, alignment and gap over all languages, then language by
    language with the closest country; None without any alignment.

    `all_rows` are numbered rows of LEADERBOARD, `labels` the names of populations.
    """
    rows = of_models(all_rows)
    if all(row["alignment"] is None for row in rows):
        return None
    cells = {(r["model"], r["language"]): r for r in of_cells(all_rows)}
    languages = [x for x in all_languages if any(key[1] == x.code for key in cells)]
    several = len(languages) > 1
    meaning = "by alignment; a range holds the ranks that the topics leave open"
    ranks = [Column("rank", "rank", meaning, number=True)] if len(rows) > 1 else []
    columns = (
        Column("model", "model"),
        *ranks,
        Column("alignment", f"alignment{' overall' * several}", "", number=True),
        Column("gap", f"gap{' overall' * several} (points)", "", number=True),
        *(
            [Column(f"in-{x.code}", x.name, "", number=True) for x in languages]
            if several
            else [Column("closest", "closest country")]
        ),
    )  # fmt: skip
    lines = []
    for row in rows:
        own = [cells.get((row["model"], x.code)) for x in languages]
        lines.append(
            (
                TableCell(row["model"]),
                *(_rank(row) for _ in ranks),
                _estimate(row, "alignment", 2),
                _estimate(row, "gap", 0),
                *(
                    [_language(cell, labels) for cell in own]
                    if several
                    else [table_cell(_closest(own[0], labels) or None, "no two countries")]
                ),
            )
        )
    caption = "Leaderboard: alignment with speakers, and the gap to them in points"
    return HtmlTable("leaders", caption, columns, tuple(lines))


def gap_strips(content: ReportContent) -> list[GapStrip]:
    """Return the largest gaps between models and people, at most ten."""
    topics = {topic.id: topic for topic in content.topics}
    names = {x.code: x.name for x in content.languages}
    styles = model_styles(content)
    own = model_gaps(content)
    return [
        GapStrip(
            topics[row["topic"]],
            names[row["language"]],
            gap_sentence(content, row, has_statement=bool(topics[row["topic"]].pro)),
            row["people"],
            row["answer"],
            tuple(
                (r["model"], styles[r["model"]].index, r["answer"])
                for r in own.get((row["language"], row["topic"]), [])
            ),
        )
        for row in largest_gaps(content, _SHOWN_GAPS)
    ]


def _rank(row: Mapping[str, Any]) -> TableCell:
    if row["rank"] is None or row["rank_low"] is None:
        return TableCell(NONE, "", _NO_RANK)
    low, high = (
        table_cell(row[name], source=cell_ref("leaderboard", [row], name))
        for name in ("rank_low", "rank_high")
    )
    found = table_cell(row["rank"], source=cell_ref("leaderboard", [row], "rank"))
    return found if row["rank_low"] == row["rank_high"] else replace(found, low=low, high=high)


def _estimate(row: Mapping[str, Any], name: str, digits: int) -> TableCell:
    value, low, high = (
        table_cell(
            row[column], row["reason"] or "undefined", digits,
            cell_ref("leaderboard", [row], column),
        )
        for column in (name, f"{name}_ci_low", f"{name}_ci_high")
    )  # fmt: skip
    return value if low.reason or high.reason else replace(value, low=low, high=high)


def _language(row: Mapping[str, Any] | None, labels: Mapping[str, str]) -> TableCell:
    if row is None:
        return TableCell(NONE, "", _NOT_ASKED)
    found = _estimate(row, "alignment", 2)
    gap = table_cell(row["gap"], "", 0, cell_ref("leaderboard", [row], "gap"))
    return replace(found, low=None, high=None, also=gap, note=_closest(row, labels))


def _closest(row: Mapping[str, Any] | None, labels: Mapping[str, str]) -> str:
    return "" if row is None else labels.get(row["closest"] or "", "")
