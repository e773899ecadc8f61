"""The section of benchmarks: a table and figures per benchmark, true to benchmarks.csv."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from culture_ray.report.benchmark_rows import benchmark_rows, shown_rows
from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.layout import lay_out
from culture_ray.report.drawing.sheet import Plot
from culture_ray.report.drawing.sizes import POINTS
from culture_ray.report.outcomes import faults
from culture_ray.report.page.html import write_report
from culture_ray.report.page.tables.benchmarks import benchmark_tables, rating_tables
from culture_ray.report.plots.benchmarks.benchmark_plots import benchmark_plots
from culture_ray.report.plots.figures import write_figure
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import BENCHMARK_QUALITY, BENCHMARKS, RATING_AGREEMENT, RATING_QUALITY
from tests.report.page.page_checks import wrong_numbers
from tests.report.synthetic.content import make_content
from tests.report.synthetic.study import MODELS

FIRST, SECOND = MODELS[0].name, MODELS[1].name


def _row(**changed: object) -> dict[str, object]:
    return {
        "benchmark": "colours", "model": FIRST, "language": "da", "condition": "plain",
        "figure": "accuracy", "variant": "valid", "value": 0.625, "std_error": 0.05,
        "ci_low": 0.52, "ci_high": 0.73, "clusters": 90, "items": 90, "answers": 180,
        "unparsable": 3, "refusals": 1, "empty": 0, "failed": 2,
    } | changed  # fmt: skip


ROWS = [
    _row(),
    _row(model=SECOND, value=1.0, std_error=None, ci_low=0.96, ci_high=1.0, note="no error"),
    _row(language=None, value=0.5),
    _row(grouping="kind", group="CS - CA", contrast="culture_gap", value=-0.125, ci_low=-0.3,
         ci_high=0.05),
    _row(variant="as_published", value=0.75),
    _row(language="en", value=None, std_error=None, ci_low=None, ci_high=None, note="no answers"),
    *(_row(benchmark="views", figure="distribution", category=c, value=v, condition=k)
      for k in ("baseline", "agents") for c, v in (("Western", 0.75), ("East Asian", 0.25))),
]  # fmt: skip


@pytest.fixture(scope="module")
def content() -> ReportContent:
    return replace(make_content(), benchmarks=pa.Table.from_pylist(ROWS, schema=BENCHMARKS))


def test_every_benchmark_has_a_table_with_its_values_intervals_and_reasons(
    content: ReportContent,
) -> None:
    (name, table, left_out), (other, _, _) = benchmark_tables(content)
    assert (name, other, left_out) == ("colours", "views", 0)
    assert len(table.rows) == 6
    value = [column.name for column in table.columns].index("value")
    first, missing = table.rows[0][value], table.rows[5][value]
    assert first.value == "0.625" and first.low is not None and first.low.value == "0.52"
    assert missing.reason == "no answers"
    meanings = {column.name: column.meaning for column in table.columns}
    assert meanings["variant"].startswith("valid, or as published for the way")


RUBRIC_ROWS = [
    _row(figure="positive", judge=judge, value=value) for judge, value in (("j", 0.5), ("k", 0.25))
]
RATINGS = [
    {"benchmark": "colours", "judge": judge, "model": FIRST, "language": "da", "answers": 9,
     "rows": 9 - k, "rated": 6 - k, "unparsable": 2, "empty": 1, "errors": 0, "failed": 0}
    for k, judge in enumerate("jk")
]  # fmt: skip
AGREED = {
    "benchmark": "colours", "field": "tone", "judge": "j", "other": "k", "answers": 5,
    "compared": 5, "agreement": 0.8, "kappa": 0.6, "kappa_low": 0.1, "kappa_high": 1.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def judged(content: ReportContent) -> ReportContent:
    return replace(
        content,
        benchmarks=pa.Table.from_pylist([*ROWS, *RUBRIC_ROWS], schema=BENCHMARKS),
        rating_quality=pa.Table.from_pylist(RATINGS, schema=RATING_QUALITY),
        rating_agreement=pa.Table.from_pylist([AGREED], schema=RATING_AGREEMENT),
    )


def test_figures_of_every_judge_are_in_the_table_and_those_of_the_first_are_drawn(
    judged: ReportContent,
) -> None:
    (_, table, _), (_, other, _) = benchmark_tables(judged)
    place = [column.name for column in table.columns].index("judge")
    assert [row[place].text for row in table.rows][-2:] == ["j", "k"]
    assert "judge" not in [column.name for column in other.columns]
    assert [row["judge"] for row in benchmark_rows(judged, "colours")] == [None] * 6 + ["j"]


def test_ratings_that_cannot_be_read_are_counted_and_missing_ones_named(
    judged: ReportContent,
) -> None:
    quality, agreement = rating_tables(judged)
    column = [column.name for column in quality.columns].index("unparsable")
    assert [row[column].text for row in quality.rows] == ["2", "2"]
    assert len(agreement.rows) == 1
    assert faults(judged.quality, None, judged.rating_quality) == [
        f"{FIRST} in da (colours): 1 of 9 answers have no rating from k yet."
    ]


def test_of_many_rows_those_that_say_most_are_shown_in_their_order() -> None:
    rows = [{"#": n, "group": str(n) if n % 2 else None, "contrast": None, "language": None}
            for n in range(10)]  # fmt: skip
    assert [row["#"] for row in shown_rows(rows, 5)] == [0, 2, 4, 6, 8]


def test_a_benchmark_has_dots_and_a_distribution_has_bars(content: ReportContent) -> None:
    plots = benchmark_plots(content)
    assert [name for name, _ in plots] == ["colours", "views"]
    dots, bars = (plot for _, plot in plots)
    assert isinstance(dots, Plot) and isinstance(bars, Plot)
    # The mean over languages stands for its languages; the published variant is not drawn.
    assert len(dots.tooltips) == 3
    assert bars.name == "benchmark_views_distribution"
    for plot in (dots, bars):
        widths = [lay_out(plot.draw(width)).width for width in plot.widths]
        assert widths == [7.0 * POINTS, 3.4 * POINTS]  # the second one for narrow screens


FAILED = {
    "benchmark": "words", "model": FIRST, "language": "da", "requests": 4, "rows": 4, "failed": 4,
    "earlier_steps": 0, "scored": 0, "unparsable": 0, "refusals": 0, "empty": 0,
}  # fmt: skip


@pytest.mark.slow
def test_the_section_shows_each_benchmark_with_its_figures_and_no_wrong_number(
    judged: ReportContent, tmp_path: Path
) -> None:
    quality = pa.Table.from_pylist([FAILED], schema=BENCHMARK_QUALITY)
    content = replace(judged, benchmark_quality=quality)
    figures = [
        replace(write_figure(plot, tmp_path / "figures"), section=f"benchmarks {name}")
        for name, plot in benchmark_plots(content)
    ]
    write_report(content, figures, tmp_path / "report.html")
    assert content.benchmarks is not None
    catalogue.write(RunDirectory(tmp_path), "benchmarks", content.benchmarks)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    [section] = re.findall(r'<section id="benchmarks">.*?</section>', page, re.DOTALL)
    assert section.count("<figure") == 2
    assert "culture_gap" in section and "as published" in section
    without = section.partition('id="benchmark-words"')[2]
    assert "words has no figures yet: none of its answers could be scored." in without
    assert "<table" not in without
    [tips] = re.findall(r'<script type="application/json" id="tips">.*?</script>', page, re.DOTALL)
    assert wrong_numbers(section + tips, tmp_path) == []
    assert 'href="#benchmarks"' in page
    assert 'id="rating-quality"' in page and 'id="rating-agreement"' in page


def test_a_run_without_benchmarks_has_no_such_section() -> None:
    assert benchmark_tables(make_content()) == []
    assert benchmark_plots(make_content()) == []
