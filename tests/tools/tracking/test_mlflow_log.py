"""A run is logged to MLflow's own file store, and again to the same MLflow run."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.errors import MissingExtra, TrackingProblem
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.regress import regress
from culture_ray.store import catalogue
from culture_ray.tools.tracking.mlflow_log import log_to_mlflow
from culture_ray.tools.tracking.tracked_run import tracked_run
from tests.answered import answer


@pytest.mark.slow
def test_settings_figures_and_files_of_a_run_are_those_of_its_tables(small: Settings) -> None:
    answer(small)
    asked = tracked_run(small.run)
    assert asked.finished
    assert asked.params["models"] == "gemma_3_270m" and asked.params["languages"] == "da, en"
    assert asked.params["topics"] == "8" and asked.params["design.prompts_per_language"] == "24"
    # What is not measured yet is absent, not zero.
    assert set(asked.metrics) == {"requests.done", "requests.failed", "requests.left"}
    assert asked.metrics["requests.done"] == 96  # asked and judged
    measure(RunContext(small))
    regress(RunContext(small))
    tracked = tracked_run(small.run)
    board = catalogue.read(small.run, "leaderboard")
    assert board is not None
    for row in board.to_pylist():
        if row["model"] and row["language"]:
            name = f"alignment.{row['model']}.{row['language']}"
            assert tracked.metrics[name] == row["alignment"]
    assert tracked.metrics["alignment.all"] == board.to_pylist()[0]["alignment"]
    assert [path.name for path in tracked.files] == [
        "cells.csv", "leaderboard.csv", "config.yaml", "provenance.json",
    ]  # fmt: skip


@pytest.mark.slow
def test_a_run_is_logged_once_however_often(small: Settings, tmp_path: Path) -> None:
    tracking = pytest.importorskip("mlflow.tracking", reason="the extra mlflow is not installed")
    answer(small)
    place = str(tmp_path / "mlruns")
    first = log_to_mlflow(tracked_run(small.run), place, "ours")
    measure(RunContext(small))
    regress(RunContext(small))
    assert log_to_mlflow(tracked_run(small.run), place, "ours") == first
    client = tracking.MlflowClient(tracking_uri=place)
    experiment = client.get_experiment_by_name("ours")
    [run] = client.search_runs([experiment.experiment_id])
    assert run.info.run_name == "small" and run.info.status == "FINISHED"
    assert run.data.params["models"] == "gemma_3_270m"
    assert run.data.metrics["requests.left"] == 0
    assert "alignment.gemma_3_270m.da" in run.data.metrics
    assert {file.path for file in client.list_artifacts(first)} >= {"cells.csv", "config.yaml"}


@pytest.mark.slow
def test_a_server_that_is_not_there_is_one_line(
    small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("mlflow", reason="the extra mlflow is not installed")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    RunContext(small).open()
    with pytest.raises(TrackingProblem, match=r"cannot be logged to http://127\.0\.0\.1:9: "):
        log_to_mlflow(tracked_run(small.run), "http://127.0.0.1:9", "ours")


def test_without_the_extra_the_line_says_what_to_install(
    small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    RunContext(small).open()
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(MissingExtra, match=r"culture-ray\[mlflow\]"):
        log_to_mlflow(tracked_run(small.run), "mlruns", "ours")
