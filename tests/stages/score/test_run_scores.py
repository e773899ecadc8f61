"""A sweep scores the benchmarks that it put, and its page shows them, with a study and without."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from culture_ray.settings.run import Settings
from culture_ray.stages.analyse import analyse
from culture_ray.stages.context import RunContext
from culture_ray.stages.sweep import SweepResult, sweep
from culture_ray.store import catalogue
from tests.benchmarks.answering import Answering, with_benchmarks
from tests.benchmarks.items.sources import ROWS, changed, write_csv
from tests.in_process import Quiet, in_process  # noqa: F401 - a fixture
from tests.small import small_settings

ALONE = ("protocol=[]", "judge=[]", "benchmark=[quickstart]")


def _run(settings: Settings) -> SweepResult:
    context = RunContext(settings, max_processes=1)
    context.check()
    return sweep(context, Answering, Quiet())  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_run_of_a_benchmark_alone_is_scored_and_has_a_page_without_a_study(
    tmp_path: Path,
    in_process: object,  # noqa: F811
) -> None:
    settings = small_settings(tmp_path, *ALONE)
    result = _run(settings)
    assert result.complete and result.content is not None
    scores = catalogue.read(settings.run, "benchmark_scores")
    assert scores is not None and scores.num_rows == 48
    figures = pd.read_csv(settings.run.folder / "benchmarks.csv")
    assert set(figures["language"].dropna()) == {"da", "en"}
    quality = catalogue.read(settings.run, "benchmark_quality")
    assert quality is not None
    for row in quality.to_pylist():
        outcomes = ("failed", "earlier_steps", "scored", "unparsable", "refusals", "empty")
        assert row["requests"] == row["rows"] == sum(row[name] for name in outcomes) == 24
    page = (settings.run.folder / "report.html").read_text(encoding="utf-8")
    for section in ("benchmarks", "data", "run", "methods", "cite"):
        assert f'<section id="{section}">' in page
    for section in ("topics", "measures", "regressions", "figures"):
        assert f'<section id="{section}">' not in page
    assert "48 requests" in re.sub("<[^>]+>", "", page)
    assert not (settings.run.folder / "cells.csv").exists()


@pytest.mark.slow
def test_analysis_scores_again_from_the_run_directory_without_the_source(
    tmp_path: Path,
    in_process: object,  # noqa: F811
) -> None:
    write_csv(tmp_path / "eng.csv", ROWS)
    own = {**changed(), "languages": {"en": "eng"}}
    settings = with_benchmarks(small_settings(tmp_path / "results", *ALONE), tmp_path, b=own)
    _run(settings)
    path = settings.run.folder / "benchmarks.csv"
    before = path.read_bytes()
    path.unlink()
    (tmp_path / "eng.csv").unlink()
    analyse(RunContext(settings))
    assert path.read_bytes() == before


@pytest.mark.slow
def test_the_page_of_a_study_with_two_benchmarks_shows_all_three(
    tmp_path: Path,
    in_process: object,  # noqa: F811
) -> None:
    write_csv(tmp_path / "eng.csv", ROWS)
    base = small_settings(tmp_path / "results", "benchmark=[quickstart]")
    own = with_benchmarks(base, tmp_path, flags={**changed(), "languages": {"en": "eng"}})
    settings = replace(
        own,
        benchmarks={**base.benchmarks, **own.benchmarks},
        benchmark_folders=(*base.benchmark_folders, tmp_path),
    )
    _run(settings)
    page = (settings.run.folder / "report.html").read_text(encoding="utf-8")
    for part in ("topics", "measures", "regressions", "benchmark-quickstart", "benchmark-flags"):
        assert f'id="{part}"' in page
    assert "2 benchmarks" in re.sub("<[^>]+>", "", page)
