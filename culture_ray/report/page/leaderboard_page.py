"""Page of a leaderboard over runs: one static file beside its table and its records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from culture_ray.report.formatting import listed
from culture_ray.report.leaderboard_rows import of_models
from culture_ray.report.page.first_screen import leaderboard_table
from culture_ray.report.page.html import page_colours, page_environment, page_text
from culture_ray.report.page.tables.html_table import Column, HtmlTable, table_cell
from culture_ray.report.study import ReportLanguage

QUESTION = "Do language models hold the views of the people whose language they speak?"


@dataclass(frozen=True, eq=False)
class RankedModels:
    """Models that were asked alike, and so are ranked in one table."""

    rows: Sequence[dict[str, Any]]
    """Numbered rows of LEADERBOARD_OF_RUNS."""
    languages: tuple[ReportLanguage, ...]
    populations: Mapping[str, str]
    """Display names by id."""
    protocol: str
    judge: str
    """Name of the first judge; empty for labels by rule and imported ones."""
    topics: int
    survey: str
    apart: str
    """Sentence on what differs from the first table; empty for the first."""

    def rank_sentence(self) -> str:
        """Return a sentence that says which models share the first place as far as is known."""
        ranked = [r for r in of_models(list(self.rows)) if r["rank_low"] is not None]
        if not ranked:
            return "There are no ranks: too few topics, or no two models in the same languages."
        first = [r["model"] for r in ranked if r["rank_low"] == 1]
        if len(ranked) == 1:
            return f"{first[0]} is the only model that can be ranked."
        if len(first) == 1:
            return f"{first[0]} agrees most with the speakers."
        if len(first) == len(ranked):
            any_of = f"any of the {len(first)} may rank first"
            return f"No model’s lead is statistically significant: {any_of}."
        best = min(ranked, key=lambda row: row["rank"])["model"]
        others = listed([name for name in first if name != best])
        return f"{best} ranks first, but its lead over {others} is not statistically significant."


def leaderboard_page(
    title: str, tables: Sequence[RankedModels], notes: Sequence[str], made: str, command: str
) -> str:
    """Return the page as HTML; `made` is a time (ISO 8601), `command` the one that wrote it."""
    return page_environment().get_template("leaderboard.html.j2").render(
        title=title,
        question=QUESTION,
        tables=[(ranked, _with_runs(ranked, n)) for n, ranked in enumerate(tables, 1)],
        models=len({(r["run"], r["model"]) for t in tables for r in t.rows} - {(None, None)}),
        notes=notes,
        made=made,
        command=command,
        css=Markup(page_colours() + page_text("page.css")),
        script=Markup(page_text("parts.js") + page_text("page.js")),
    )  # fmt: skip


def _with_runs(ranked: RankedModels, number: int) -> HtmlTable | None:
    """Return the table of models, with the run and the source of each."""
    rows = list(ranked.rows)
    table = leaderboard_table(rows, ranked.languages, ranked.populations)
    if table is None:
        return None
    models = of_models(rows)
    columns = (*table.columns, Column("run", "run"), Column("source", "source"))
    lines = tuple(
        (*line, table_cell(row["run"]), table_cell(row["source"]))
        for line, row in zip(table.rows, models, strict=True)
    )
    return replace(table, id=f"leaders-{number}", columns=columns, rows=lines)
