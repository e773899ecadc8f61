"""The Python API reads, plans, analyses, imports and sweeps as the console command does."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

import culture_ray as cr
from culture_ray import api
from culture_ray.plan.cost import Quote
from culture_ray.store.shards import read
from tests.in_process import in_process  # noqa: F401 - a fixture
from tests.standin import StandInEngine

MADE = Path(__file__).parent / "fixtures" / "run_of_0_1"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder as the current one; whatever the API does there leaves the process alone."""
    monkeypatch.chdir(tmp_path)
    words, environment = list(sys.argv), _environment()
    yield tmp_path
    assert _environment() == environment
    assert sys.argv == words


def _environment() -> dict[str, str]:
    """Environment variables without those that pytest, and polars at its import, set."""
    own = {"PYTEST_CURRENT_TEST", "_RJEM_MALLOC_CONF"}
    return {name: value for name, value in os.environ.items() if name not in own}


@pytest.fixture
def run(place: Path) -> cr.Run:
    shutil.copytree(MADE, place / "results" / "before")
    return cr.open_run("results/before")


def test_a_run_gives_its_tables_as_they_are_in_its_files(run: cr.Run) -> None:
    assert run.name == "before"
    assert isinstance(run.cells, pd.DataFrame)
    cells = pd.read_csv(run.folder / "cells.csv")
    assert list(run.cells["alignment_language"].dropna()) == pytest.approx(
        list(cells["alignment_language"].dropna()), rel=1e-12
    )
    assert run.arrow("alignment").num_rows == read(run.folder / "alignment.arrow").num_rows
    assert isinstance(run.arrow("distributions"), pa.Table)
    assert len(run.responses) == 128
    assert len(run.labels) == 128
    assert {"cells", "responses", "labels", "ground_truth"} <= set(run.tables)
    assert run.us_bias["term"].str.contains("gemma_3_270m").any()
    assert list(run.status["left"]) == [0, 0, 0]


def test_the_main_cells_are_those_of_one_protocol_and_judge_without_baselines(run: cr.Run) -> None:
    main = run.main_cells
    assert list(main["language"]) == ["da", "en", "nl", "pt"]
    assert set(main["model"]) == {"gemma_3_270m"}
    assert set(main["protocol"]) == {"hypothetical_interviews"}
    assert len(run.cells) > len(main)


def test_polars_gets_the_same_rows(run: cr.Run) -> None:
    pytest.importorskip("polars")
    frame = run.polars("cells")
    assert frame["model"].to_list() == run.cells["model"].to_list()


def test_a_run_shows_itself_in_a_notebook(run: cr.Run) -> None:
    shown = run._repr_html_()
    assert "run before" in shown
    assert "<table" in shown
    assert "128" in shown


@pytest.mark.slow
def test_a_table_that_is_not_there_is_named_with_those_that_are(run: cr.Run) -> None:
    with pytest.raises(cr.errors.UnknownName, match="did you mean 'cells'"):
        run.arrow("cellz")
    with pytest.raises(cr.errors.NoSuchRun, match="no spending yet: it holds requests, responses"):
        run.pandas("spending")
    with pytest.raises(cr.errors.NoSuchRun, match="no regression multilingual yet"):
        _ = run.regression
    with pytest.raises(cr.errors.NoSuchRun, match=r"no run 'nope' in results: .* before"):
        cr.open_run("results/nope")


@pytest.mark.slow
def test_analysing_and_reporting_again_is_what_the_command_does(run: cr.Run) -> None:
    before = run.cells
    page = run.analyse("inference.rounds=200", "inference.permutations=199").report()
    assert page == run.folder / "report.html"
    assert page.stat().st_size > 10_000
    # The run is of 0.1, which divided by reliabilities that are not above zero without saying so.
    assert run.cells["note"].str.contains("reliability").all()
    figures = [name for name in before if name != "note" and before[name].notna().any()]
    pd.testing.assert_frame_equal(run.cells[figures], before[figures], rtol=1e-9)
    with pytest.raises(cr.errors.UserError, match="did you mean"):
        run.analyse("inference=papre")


@pytest.mark.slow
def test_a_plan_has_its_size_and_its_cost(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    plan = cr.plan("experiment=paper", "model=[gemma_2_9b]", "judge=[gemma_2_9b]")
    assert isinstance(plan, cr.Plan)
    assert plan.requests == 2400
    assert plan.gpu_hours > 0
    assert (plan.dollars, plan.most_dollars) == (0.0, 0.0)
    assert list(plan.rows["stage"]) == ["elicit", "judge"]
    assert "2,400 requests" in repr(plan)
    smallest = plan.power.set_index("design")
    assert smallest.loc["twice the topics", "us_bias"] < smallest.loc["as planned", "us_bias"] < 1
    assert "<table" in plan._repr_html_()
    paid = cr.plan("experiment=paper", "model=[gpt_4o]", "judge=[gpt_4_1]")
    assert 0 < paid.dollars < paid.most_dollars
    assert any("no cap is set" in notice for notice in paid.notices)
    assert not list(place.iterdir())


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("modle=[gemma_2_9b]", "unknown key 'modle': did you mean 'model'"),
        ("model=[gemma_9]", "did you mean 'gemma_2_9b'"),
        ("--multirun", "is not an override"),
        ("seed=x", "seed"),
    ],
)
def test_a_wrong_word_is_an_error_of_the_project(place: Path, word: str, message: str) -> None:
    with pytest.raises(cr.errors.UserError, match=message):
        cr.plan("experiment=quickstart", word)


@pytest.mark.slow
def test_scores_from_elsewhere_become_a_run(place: Path) -> None:
    topics = ["F120", "F118", "E035", "F028", "D059", "D054", "C001_01", "E069_02"]
    rows = [
        {"model_name": f"gemma_2_{size}", "lang": language, "topic": topic, "score": value}
        for size in ("2b", "9b")
        for language in ("da", "en")
        for topic, value in zip(topics, (0.1, 0.9, 0.3, 0.5, 0.2, 0.8, 0.6, 0.4), strict=True)
        for _ in range(2)
    ]
    pd.DataFrame(rows).assign(family="Gemma").to_csv("scored.csv", index=False)
    columns = {
        "model": "model_name",
        "language": "lang",
        "value_polarity": "score",
        "family": "family",
    }
    run = cr.import_scores("scored.csv", run="theirs", columns=columns)
    assert run.folder == Path("results/theirs")
    assert run.analyse("inference.rounds=50", "inference.permutations=9").cells["used"].max() == 16
    for table in ("responses", "requests"):
        with pytest.raises(cr.errors.NoSuchRun, match=f"has no {table}: it was imported, and"):
            run.pandas(table)
    with pytest.raises(cr.errors.NoSuchRun, match="no spending yet"):
        run.pandas("spending")
    with pytest.raises(cr.errors.BadTable, match=r"has no column for columns\.model=model"):
        cr.import_scores("scored.csv", run="other")


@pytest.mark.slow
def test_a_sweep_runs_and_resumes(
    place: Path,
    in_process: list[object],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(api, "make_engine", StandInEngine)
    words = (
        "experiment=quickstart", "language=[da,en]", "design.prompts_per_language=8", "run=small",
        "protocol=[direct_item]", "judge=[]", "model=[gemma_2_2b]", "inference.rounds=50",
        "cluster.gpus_per_node=1",
    )  # fmt: skip
    run = cr.sweep(*words)
    assert in_process
    assert run.failed_models == {}
    assert list(run.status["left"]) == [0, 0]
    asked = len(in_process)
    assert list(cr.sweep(*words).status["done"]) == list(run.status["done"])
    assert len(in_process) == asked


def test_plan_and_sweep_are_rooms_of_the_code_too() -> None:
    assert cr.plan.cost.Quote is Quote  # type: ignore[attr-defined]
    assert callable(cr.sweep)
    assert cr.__version__
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        cr.nonsense  # noqa: B018
