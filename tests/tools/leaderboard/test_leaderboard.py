"""A leaderboard over runs: paired ranks, tables apart, a page whose numbers are the table's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from culture_ray.errors import NoSuchRun, WrongValue
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.measure import measure
from culture_ray.store import catalogue
from culture_ray.survey.harnesses.every_eval_ever import every_eval_ever_scores
from culture_ray.tools.leaderboard.leaderboard import PublishedLeaderboard, write_leaderboard
from tests.answered import answer
from tests.report.page.page_checks import wrong_numbers
from tests.report.page.page_numbers import numbers_of
from tests.small import TOPICS, small_settings

FEW = f"topics.only=[{','.join(TOPICS[:6])}]"
MODEL = "gemma_3_270m"
NO_FIGURES = (
    '<script type="application/json" id="tips">'
    '{"texts": [], "figures": {}, "shapes": [], "models": []}</script>'
)


def run_of(folder: Path, name: str, *words: str) -> Settings:
    settings = small_settings(folder / "results", f"run={name}", *words)
    answer(settings)
    measure(RunContext(settings))
    return settings


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Settings]:
    """Runs of two models, of the first one again, in other languages and on fewer topics."""
    folder = tmp_path_factory.mktemp("ranked")
    return {
        "small": run_of(folder, "small"),
        "again": run_of(folder, "again", "design.prompts_per_language=32"),
        "larger": run_of(folder, "larger", "model=[gemma_2_2b]", "seed=2"),
        "dutch": run_of(folder, "dutch", "model=[gemma_2_9b]", "language=[da,nl]"),
        "few": run_of(folder, "few", "model=[gemma_2_27b]", FEW),
    }


def made(runs: Mapping[str, Settings], folder: Path, *names: str) -> PublishedLeaderboard:
    return write_leaderboard([runs[name] for name in names], 1, folder, "Values", "the command")


def overall(table: pa.Table) -> dict[str, dict[str, Any]]:
    rows = table.to_pylist()
    return {r["model"]: r for r in rows if r["model"] is not None and r["language"] is None}


@pytest.mark.slow
def test_models_of_two_runs_are_ranked_together_and_one_more_run_adds_a_row(
    runs: Mapping[str, Settings], tmp_path: Path
) -> None:
    one = made(runs, tmp_path / "site", "small")
    assert list(overall(one.table)) == [MODEL]
    two = made(runs, tmp_path / "site", "small", "larger")
    rows = overall(two.table)
    assert list(rows) == [MODEL, "gemma_2_2b"]
    assert {r["run"] for r in rows.values()} == {"small", "larger"}
    assert rows["gemma_2_2b"]["source"].startswith("google/gemma-2-2b-it")
    assert sorted(r["rank"] for r in rows.values()) == [1, 2]
    for name in ("alignment", "gap", "alignment_std_error"):
        assert rows[MODEL][name] == pytest.approx(overall(one.table)[MODEL][name])
    for row in two.table.to_pylist():
        if row["language"] is not None and row["model"] is not None:
            own = catalogue.read(runs[row["run"]].run, "alignment")
            assert own is not None
            [value] = [
                r["alignment"]
                for r in own.to_pylist()
                if (r["model"], r["language"], r["population"])
                == (row["model"], row["language"], f"speakers:{row['language']}")
            ]
            assert row["alignment"] == pytest.approx(value)


@pytest.mark.slow
def test_a_model_in_two_runs_is_named_with_each_and_shares_its_place_with_itself(
    runs: Mapping[str, Settings], tmp_path: Path
) -> None:
    rows = overall(made(runs, tmp_path / "site", "small", "again").table)
    assert list(rows) == [f"{MODEL} (small)", f"{MODEL} (again)"]
    assert {(r["rank_low"], r["rank_high"]) for r in rows.values()} == {(1, 2)}
    page = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert "No model’s lead is statistically significant: any of the 2 may rank first." in page


@pytest.mark.slow
def test_only_means_over_the_same_languages_are_ranked(
    runs: Mapping[str, Settings], tmp_path: Path
) -> None:
    table = made(runs, tmp_path / "site", "small", "larger", "dutch").table
    rows = overall(table)
    assert sorted(rows[name]["rank"] for name in (MODEL, "gemma_2_2b")) == [1, 2]
    assert rows["gemma_2_9b"]["cells"] == 2  # as many as the others, but not the same ones
    assert rows["gemma_2_9b"]["rank"] is None
    danish = [r for r in table.to_pylist() if r["language"] == "da" and r["model"] is not None]
    assert sorted(r["rank"] for r in danish) == [1, 2, 3]


@pytest.mark.slow
def test_models_that_were_asked_otherwise_stand_in_a_table_of_their_own_that_says_why(
    runs: Mapping[str, Settings], tmp_path: Path
) -> None:
    found = made(runs, tmp_path / "site", "small", "few", "larger")
    rows = overall(found.table)
    assert {name: r["table"] for name, r in rows.items()} == {
        MODEL: 1, "gemma_2_2b": 1, "gemma_2_27b": 2,
    }  # fmt: skip
    assert rows["gemma_2_27b"]["rank"] == 1
    [why] = found.apart
    assert why.startswith("Not ranked with the models of table 1, because of the topics (")
    assert "is missing here and 1 more" in why
    page = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert why.split(" (", maxsplit=1)[0] in page
    assert len(numbers_of(page).told) > 20
    assert wrong_numbers(page + NO_FIGURES, tmp_path / "site") == []
    assert f"{MODEL} only shows that the program works" in page


@pytest.mark.slow
def test_records_are_read_again_with_their_range(
    runs: Mapping[str, Settings], tmp_path: Path
) -> None:
    table = made(runs, tmp_path / "site", "small", "larger").table
    lines = (tmp_path / "site" / "every_eval_ever.jsonl").read_text(encoding="utf-8").splitlines()
    records = [("x", json.loads(line)) for line in lines]
    assert [record["model_info"]["name"] for _, record in records] == [MODEL, "gemma_2_2b"]
    read = every_eval_ever_scores(records, {}, {"da": "Danish", "en": "English"})
    cells = [r for r in table.to_pylist() if r["model"] is not None and r["language"] is not None]
    assert [score.score for score in read.scores] == pytest.approx(
        [(r["alignment"] + 1) / 2 for r in cells]
    )
    assert [score.std_error for score in read.scores] == pytest.approx(
        [r["alignment_std_error"] / 2 for r in cells]
    )
    assert all(note.endswith("lower is better") for note in read.notes)


@pytest.mark.slow
def test_a_folder_of_other_files_and_two_runs_of_one_name_are_refused(
    runs: Mapping[str, Settings], tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(WrongValue, match="to="):
        made(runs, tmp_path, "small")
    with pytest.raises(WrongValue, match="runs of different names"):
        made(runs, tmp_path / "site", "small", "small")


def test_a_run_that_is_not_measured_is_refused_with_the_command_for_it(tmp_path: Path) -> None:
    settings = small_settings(tmp_path / "results")
    RunContext(settings).open()
    with pytest.raises(NoSuchRun, match="not measured yet: culture-ray analyse run=small"):
        write_leaderboard([settings], 1, tmp_path / "site", "Values", "")
    assert not (tmp_path / "site").exists()


def test_a_run_of_benchmarks_alone_is_refused(tmp_path: Path) -> None:
    settings = small_settings(tmp_path / "results", "protocol=[]", "benchmark=[quickstart]")
    with pytest.raises(WrongValue, match="this one has benchmarks alone: leave it out"):
        write_leaderboard([settings], 1, tmp_path / "site", "Values", "")
