"""A run made by version 0.1 can be opened, resumed, reported and exported with unchanged figures.

tests/fixtures/run_of_0_1 is a small quickstart of that version: real responses and labels of the
embedded model in four languages, and the tables that were made from them.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pytest

from culture_ray.config.run_settings import settings_from
from culture_ray.engines.factory import make_engine
from culture_ray.run.made_with import made_with
from culture_ray.run.status import stage_statuses
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.sweep import sweep
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import read
from tests.conftest import Said
from tests.in_process import Quiet, in_process  # noqa: F401 - a fixture
from tests.standin import StandInEngine

MADE = Path(__file__).parents[1] / "fixtures" / "run_of_0_1"
MODEL = "gemma_3_270m"
FIGURES = ["cells.csv", "robustness.csv", "exclusions.csv", "regression/us_bias.csv", "quality.csv"]
# Version 0.1 divided alignment by self-consistency over other topics, even where that may be 0, and
# had symmetric intervals of self-consistency, also over few topics.
MENDED = [
    "note", "self_consistency_ci_low", "self_consistency_ci_high",
    "self_consistency_judge_free_ci_low", "self_consistency_judge_free_ci_high",
    *(
        f"alignment_{population}_disattenuated{part}"
        for population in ("language", "us")
        for part in ("", "_std_error", "_ci_low", "_ci_high")
    ),
]  # fmt: skip
MEASURED = ["distributions.arrow", "alignment.arrow", "consistency.arrow"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunDirectory:
    """Return a copy of the run, in the results of the current folder."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "results" / "before"
    shutil.copytree(MADE, folder)
    return RunDirectory(folder)


def as_it_was_asked(run: RunDirectory) -> Settings:
    content = {**made_with(run), "results": str(run.folder.parent)}
    return settings_from(content, "quickstart", "culture-ray sweep run=before")


def same_numbers(before: pd.DataFrame, after: pd.DataFrame) -> None:
    """Assert that figures are equal, and that both have a sentence, though it may be reworded."""
    sentences = [name for name in ("reason", "judge_error_source") if name in before]
    shared = [name for name in before.columns if name not in (*sentences, *MENDED)]
    assert list(after.columns)[: len(before.columns)] == list(before.columns)
    pd.testing.assert_frame_equal(
        after[shared], before[shared], check_dtype=False, rtol=1e-9, atol=1e-12
    )
    for name in sentences:
        assert (after[name].notna() == before[name].notna()).all()


def test_all_of_its_requests_are_known_and_done(run: RunDirectory) -> None:
    found = {(one.stage, one.model): one for one in stage_statuses(run, [MODEL])}
    assert {key: (one.requests, one.left) for key, one in found.items()} == {
        ("elicit", MODEL): (128, 0),
        (f"judge {MODEL}", MODEL): (64, 0),
        ("judge rule", MODEL): (64, 0),
    }


@pytest.mark.slow
def test_sweeping_it_again_asks_nothing_and_finds_the_same_figures(
    run: RunDirectory,
    in_process: list[object],  # noqa: F811
) -> None:
    before = {name: pd.read_csv(run.folder / name) for name in FIGURES}
    measured = {name: read(run.folder / name).to_pandas() for name in MEASURED}
    swept = sweep(RunContext(as_it_was_asked(run)), make_engine, Quiet())  # type: ignore[arg-type]
    assert in_process == []
    assert (swept.failed_models, swept.set_aside) == ({}, ())
    for name in FIGURES:
        after = pd.read_csv(run.folder / name)
        if name == "robustness.csv":
            # Later versions add the effects of ways of asking, after all that was there.
            added, after = after[len(before[name]) :], after[: len(before[name])]
            assert set(added["check"]) == {"effect of asking"}
        same_numbers(before[name], after)
    for name in MEASURED:
        same_numbers(measured[name], read(run.folder / name).to_pandas())
    assert "culture-ray" in (run.folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_what_is_missing_of_it_is_asked_under_the_ids_it_had(
    run: RunDirectory,
    in_process: list[tuple[str, object]],  # noqa: F811
) -> None:
    lost = {
        shard.relative_to(run.folder): read(shard)
        for shard in (run.shards("responses")[0], run.shards(f"labels/judge={MODEL}")[-1])
    }
    for path in lost:
        (run.folder / path).unlink()
    sweep(RunContext(as_it_was_asked(run)), StandInEngine, Quiet())  # type: ignore[arg-type]
    for path, table in lost.items():
        made = read(run.folder / path)
        assert made.column("request_id").equals(table.column("request_id"))
        assert pc.all(pc.equal(made.column("topic"), table.column("topic"))).as_py()
    assert all(one.left == 0 for one in stage_statuses(run, [MODEL]))


def test_it_exports_what_it_holds(run: RunDirectory, culture_ray: object, tmp_path: Path) -> None:
    assert callable(culture_ray)
    said: Said = culture_ray(
        "export", "run=before", f"results={run.folder.parent}", f"to={tmp_path}/out"
    )
    assert said.code == 0, said.err
    responses = pd.concat(map(pd.read_parquet, (tmp_path / "out").rglob("responses*.parquet")))
    assert len(responses) == 128
    assert np.isfinite(pd.read_csv(run.folder / "cells.csv")["alignment_language"]).any()
