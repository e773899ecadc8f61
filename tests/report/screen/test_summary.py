"""The summary on the terminal."""

from __future__ import annotations

import io
from dataclasses import replace

import pyarrow as pa
import pytest
from rich.console import Console

from culture_ray.calibration import WITHIN
from culture_ray.report.content import ReportContent
from culture_ray.report.regression_result import ReportRegression
from culture_ray.report.screen.summary import summary
from culture_ray.tables import REGRESSION
from tests.report.synthetic.content import make_content, with_cells
from tests.report.synthetic.extras import with_extras
from tests.report.synthetic.run import path_only_content

PATHS = {"report": "results/quickstart/report.html", "figures": "results/quickstart/figures"}


def printed(content: ReportContent, width: int, paths: dict[str, str] = PATHS) -> list[str]:
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    console.print(summary(content, paths))
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue().splitlines()


@pytest.mark.parametrize("width", [80, 160])
def test_it_fits_and_needs_no_colour(width: int) -> None:
    lines = printed(make_content(topics=6, responses=3), width)
    assert max(len(line.rstrip()) for line in lines) <= width
    assert not any("\x1b" in line for line in lines)
    rows = [line for line in lines if line.startswith("gemma_2_2b")]
    assert len(rows) == 1 and len(rows[0].split()) == 7


def test_no_note_is_filled_up_with_blanks() -> None:
    # In a file, whose lines do not wrap, each would be as long as the longest.
    lines = printed(make_content(topics=3, responses=2), 2000)
    notes = [line for line in lines if line.startswith(("! ", "- "))]
    assert len({len(line.rstrip()) for line in notes}) > 1
    assert [line for line in notes if line != line.rstrip()] == []


def test_closeness_has_a_column_where_it_is_measured() -> None:
    content = make_content(topics=6, responses=3)
    assert "closeness" not in " ".join(printed(content, 80))
    lines = printed(with_cells(content), 80)
    assert max(len(line.rstrip()) for line in lines) <= 80
    rows = [line for line in lines if line.startswith("gemma_2_2b")]
    assert "closeness" in " ".join(lines) and len(rows[0].split()) == 8


def test_slopes_off_their_level_are_marked() -> None:
    content = make_content(topics=3, responses=2)
    row = dict.fromkeys(REGRESSION.names) | {"term": "capability_within", "estimate": 0.2,
                                             "ci_low": 0.1, "ci_high": 0.3}  # fmt: skip
    table = pa.Table.from_pylist([row], REGRESSION)
    for notes in ((WITHIN.sentence,), ()):
        slopes = ReportRegression("Slopes", table=table, notes=notes)
        lines = printed(replace(content, regressions={"a": slopes}), 2000)
        assert any(WITHIN.sentence in line for line in lines) is bool(notes)


def test_it_ends_with_where_things_lie_and_never_cuts_a_path() -> None:
    deep = "results/" + "a-long-name/" * 12 + "report.html"
    lines = printed(make_content(topics=3, responses=2), 80, {"figures": "f", "report": deep})
    start = next(i for i, line in enumerate(lines) if line.rstrip() == "figures  f")
    assert "".join(line.strip() for line in lines[start + 1 :]) in (
        f"report   {deep}",
        f"report{deep}",
    )


def test_it_says_what_the_run_took_where_that_is_recorded() -> None:
    content = make_content(topics=3, responses=2)
    assert "Resources used" not in " ".join(printed(content, 80))
    text = " ".join(" ".join(line.split()) for line in printed(with_extras(content), 80))
    assert "- Resources used: 0.62 GPU-hours, 0.31 replica-hours, $0.6123 of a $1.00 cap." in text


def test_notices_and_the_missing_regression_are_told() -> None:
    content = path_only_content()
    text = " ".join(" ".join(line.split()) for line in printed(content, 80))
    assert content.notices[0] in text
    assert content.regressions["multilingual"].missing in text


def test_requests_that_were_lost_are_told() -> None:
    content = make_content(topics=3, responses=2)
    rows = content.quality.to_pylist()
    rows[0]["rows"] = 0
    lost = pa.Table.from_pylist(rows, schema=content.quality.schema)
    text = " ".join(printed(replace(content, quality=lost), 80))
    assert "! gemma_2_2b in da (hypothetical_interviews): 6 of 6 requests have no row yet." in text


def test_an_undefined_measure_is_an_en_dash() -> None:
    lines = printed(make_content(topics=3, responses=2), 80)
    row = next(line for line in lines if line.startswith("fifty_percent"))
    assert row.split()[2:] == ["–"] * 5
