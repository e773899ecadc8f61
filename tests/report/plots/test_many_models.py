"""Figures of many models with names of any kind: drawn, whole, and on the sheet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from culture_ray.report.drawing.layout import lay_out
from culture_ray.report.drawing.sheet import PAGE_HEIGHT, Plot
from culture_ray.report.page.html import write_report
from culture_ray.report.plots.figures import plots, write_figures
from tests.report.drawing.extents import outside
from tests.report.synthetic.content import make_content, with_cells
from tests.report.synthetic.study import MODELS

NAMES = (
    "org/name",
    'quo"te',
    "it's",
    "a b",
    "<b>x</b>",
    "</script>",
    "x" * 80,
    "\u202eabc",
    "模型",
)


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 60])
def test_every_figure_lies_on_its_sheet_whatever_models_are_called(
    count: int, tmp_path: Path
) -> None:
    models = tuple(
        replace(MODELS[0], name=f"{NAMES[-1 - i % len(NAMES)]}{i}", family=f"f{i // 6}")
        for i in range(count)
    )
    content = with_cells(make_content(models=models, topics=6, responses=2))
    for _, plot in plots(content):
        for width in plot.widths if isinstance(plot, Plot) else ():
            drawing = lay_out(plot.draw(width))
            assert list(outside(drawing)) == [], plot.name
            assert drawing.height <= 72 * PAGE_HEIGHT + 0.01, plot.name
    figures = write_figures(content, tmp_path / "figures")
    for path in (file for figure in figures for file in (*figure.files, *figure.one_column)):
        ElementTree.parse(path)
    write_report(content, figures, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<b>x</b>" not in page and "\u202e" not in page
    assert page.count("</script>") == page.count("<script")
