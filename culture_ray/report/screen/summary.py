"""Summary of a run on the terminal: measures, caveats, findings and paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from culture_ray.report.cell_values import (
    CellValue,
    alignment_with_speakers,
    closeness,
    primary_rows,
    self_consistency,
    us_bias,
)
from culture_ray.report.content import ReportContent
from culture_ray.report.findings.findings import findings
from culture_ray.report.formatting import NONE, plain, shown
from culture_ray.report.outcomes import faults
from culture_ray.report.page.tables.resources import totals
from culture_ray.report.screen.benchmark_figures import benchmark_figures

_SHOWN_IN_TABLE = ("alignment", "us_bias", "consistency", "closeness")


def summary(content: ReportContent, paths: Mapping[str, Path | str]) -> RenderableType:
    """Return the summary of a run; `paths` maps names to locations, in the order to show.

    Fits 80 columns; no meaning depends on colour.
    """
    notes: list[RenderableType] = []
    for caveat in (
        *content.notices,
        *faults(content.quality, content.benchmark_quality, content.rating_quality),
    ):
        notes.append(_Note(Text("!", "bold yellow"), Text(caveat, "bold")))
    for finding in findings(content):
        if finding.about not in _SHOWN_IN_TABLE and not finding.detail:
            notes.append(_Note(Text("-"), Text(plain(finding.sentence))))
    if resources := totals(content):
        notes.append(_Note(Text("-"), Text(f"Resources used: {plain(resources)}.")))
    measures = _measures(content) if content.has_study else benchmark_figures(content)
    return Group(Text(), measures, Text(), *notes, Text(), _path_lines(paths))


@dataclass(frozen=True)
class _Note:
    """Paragraph with a mark before its first line; no line ends in blanks, as they do in a grid."""

    mark: Text
    text: Text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for number, line in enumerate(self.text.wrap(console, max(options.max_width - 2, 1))):
            line.rstrip()
            yield Text.assemble(self.mark if number == 0 else " ", " ", line)


def _measures(content: ReportContent) -> Table:
    table = Table(
        title=f"{content.run}: measures by model and language",
        title_justify="left",
        title_style="bold",
        caption=f"{NONE} undefined; the report gives the reason",
        caption_justify="left",
        box=None,
        pad_edge=False,
        padding=(0, 1),
    )
    table.add_column("model", overflow="fold", ratio=None)
    table.add_column("lang", no_wrap=True)
    measures = {
        "alignment": alignment_with_speakers(content),
        "US bias": us_bias(content),
        "consistency": self_consistency(content),
    }
    close = closeness(content)
    if any(cell.value is not None for cell in close):
        measures["closeness"] = close
    for name in ("requests", "used", *measures):
        table.add_column(name, justify="right", no_wrap=True)
    counts = {(r["model"], r["language"]): r for r in primary_rows(content.quality)}
    columns = [_by_key(cells) for cells in measures.values()]
    for model in content.models:
        for i, language in enumerate(content.languages):
            key = (model.name, language.code)
            row = counts.get(key)
            table.add_row(
                model.name if i == 0 else "",
                language.code,
                shown(row["requests"]) if row else NONE,
                shown(row["used"]) if row else NONE,
                *(shown(column[key].value) for column in columns),
                style="dim" if model.baseline else "",
                end_section=i == len(content.languages) - 1,
            )
    return table


def _by_key(cells: list[CellValue]) -> dict[tuple[str, str], CellValue]:
    return {(c.model, c.language): c for c in cells}


def _path_lines(paths: Mapping[str, Path | str]) -> RenderableType:
    """Return a line per path; long paths wrap and are never truncated."""
    width = max((len(name) for name in paths), default=0)
    lines = [
        Text.assemble((f"{name:<{width}}  ", "bold"), str(path), overflow="fold")
        for name, path in paths.items()
    ]
    return Group(*lines)
