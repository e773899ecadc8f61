"""The label sheet: its sample, the columns it hides, and the labels read back from it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from culture_ray.errors import BadTable, NoSuchRun, RunMismatch, UnknownName
from culture_ray.judging.opinions import Split
from culture_ray.settings.run import Settings
from culture_ray.stages.judge.human_check import run_against_humans
from culture_ray.store import catalogue
from culture_ray.store.provenance import recorded
from culture_ray.tools.label_sheet import label_sheet
from tests.answered import answer
from tests.small import small_settings

pytestmark = pytest.mark.slow

TWO = ("model=[gemma_2_2b,olmo_2_7b]", "judge=[gemma_3_270m,gemma_2_9b]")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = small_settings(tmp_path_factory.mktemp("sheet") / "results", *TWO)
    answer(settings)
    return settings


def test_the_sheet_shows_neither_the_model_nor_what_the_judge_said(run: Settings) -> None:
    sheet = label_sheet(run, 12, 1)
    text = sheet.csv.read_text("utf-8") + sheet.page.read_text("utf-8")
    for name in (*run.models, *run.judges):
        assert name not in text
    rows = list(csv.DictReader(sheet.csv.open(encoding="utf-8")))
    assert len({row["response_id"] for row in rows}) == sheet.responses == 12
    assert len(rows) == sheet.opinions == 120
    assert {row["stance"] for row in rows} == {""}
    # 12 of 24 responses in each of four cells.
    assert {row["probability"] for row in rows} == {"0.125"}
    page = sheet.page.read_text("utf-8")
    assert "http" not in page.replace("http-equiv", "")


def test_a_text_that_a_spreadsheet_would_run_is_text_and_is_read_back(
    run: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = "=cmd|' /C calc'!A0"
    monkeypatch.setattr(
        "culture_ray.tools.label_sheet.split_opinions",
        lambda text, *_, **__: Split((hostile,) * 10, "number"),
    )
    sheet = label_sheet(run, 3, 11)
    rows = list(csv.DictReader(sheet.csv.open(encoding="utf-8")))
    assert {row["text"] for row in rows} == {f"'{hostile}"}
    path = run.run.folder / "hostile.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(row | {"stance": "pro", "annotator": "'=anna"} for row in rows)
    found = run_against_humans(run.run, ["gemma_3_270m"], path, "the command")
    assert ("gemma_3_270m", "=anna") in {rater.raters for _, _, rater in found.rows}


def test_a_sheet_that_somebody_fills_is_not_overwritten(run: Settings) -> None:
    sheet = label_sheet(run, 5, 3)
    assert label_sheet(run, 5, 3) == sheet
    filled = sheet.csv.read_text("utf-8").replace(",,,", ",pro,,", 1)
    sheet.csv.write_text(filled, "utf-8")
    with pytest.raises(RunMismatch, match="sheet_seed=4"):
        label_sheet(run, 5, 3)
    assert sheet.csv.read_text("utf-8") == filled


def fill(run: Settings, wrong: int, annotator: str = "anna") -> Path:
    """Return a sheet with the first judge's labels, except for some opinions of each response."""
    from culture_ray.stages.judge.human_check import _read_labels

    found, _, _ = _read_labels(run.run, ["gemma_3_270m"])
    said = found["gemma_3_270m"]
    sheet = label_sheet(run, 16, 7)
    path = run.run.folder / f"labelled-{wrong}.csv"
    rows = list(csv.DictReader(sheet.csv.open(encoding="utf-8")))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        for row in rows:
            stance = said[row["response_id"]][int(row["opinion"]) - 1]
            stance = "neutral" if int(row["opinion"]) <= wrong else stance
            writer.writerow(row | {"stance": stance, "annotator": annotator})
    return path


def test_judges_are_compared_with_people_and_the_labels_enter_the_provenance(
    run: Settings,
) -> None:
    same = run_against_humans(run.run, ["gemma_3_270m"], fill(run, 0), "the command")
    whole = next(found for kind, language, found in same.rows if language == "all")
    assert whole.raters == ("gemma_3_270m", "anna")
    assert whole.kappa is not None and whole.kappa.estimate == 1
    assert (whole.responses, whole.statements) == (16, 160)
    some = run_against_humans(run.run, [], fill(run, 3), "the command")
    by = {found.raters: found for _, language, found in some.rows if language == "all"}
    first = by["gemma_3_270m", "anna"]
    assert first.share == pytest.approx(0.7)
    assert first.alpha is not None and first.alpha.low < first.alpha.estimate < 1
    assert ("gemma_2_9b", "anna") in by
    rows = list(csv.DictReader(some.path.open(encoding="utf-8")))
    assert {row["kind"] for row in rows} == {"judge and human", "judges"}
    seen = recorded(run.run)["human_labels"]
    assert (seen["annotators"], seen["responses"], len(seen["sha256"])) == (["anna"], 16, 64)


def test_labels_are_kept_with_the_probability_of_their_response(run: Settings) -> None:
    run_against_humans(run.run, [], fill(run, 1), "the command")
    kept = catalogue.read(run.run, "human_labels")
    assert kept is not None and kept.num_rows == 160
    row = kept.slice(0, 1).to_pylist()[0]
    assert (row["annotator"], row["opinion"], row["stance"]) == ("anna", 1, "neutral")
    assert row["probability"] == pytest.approx(16 / 96)


def test_a_sheet_of_an_earlier_version_has_no_probabilities(run: Settings) -> None:
    path = fill(run, 1)
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [name for name in rows[0] if name != "probability"])
        writer.writeheader()
        writer.writerows({k: v for k, v in row.items() if k != "probability"} for row in rows)
    run_against_humans(run.run, [], path, "the command")
    kept = catalogue.read(run.run, "human_labels")
    assert kept is not None and kept["probability"].null_count == kept.num_rows == 160


@pytest.mark.parametrize(
    ("second", "said"),
    [("0", "line 3: probability '0' is not"), ("x", "line 3: probability 'x' is not"),
     ("0.25", "line 3: response .* has the probabilities 0.5 and 0.25")],
)  # fmt: skip
def test_probabilities_that_cannot_be_are_refused(
    run: Settings, tmp_path: Path, second: str, said: str
) -> None:
    response = next(csv.DictReader(label_sheet(run, 2, 5).csv.open(encoding="utf-8")))[
        "response_id"
    ]
    path = tmp_path / "changed.csv"
    path.write_text(
        f"response_id,opinion,stance,probability\n{response},1,pro,0.5\n"
        f"{response},2,pro,{second}\n",
        "utf-8",
    )
    with pytest.raises(BadTable, match=said):
        run_against_humans(run.run, [], path, "the command")


def test_labels_of_responses_that_the_run_lacks_are_refused(run: Settings, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("response_id,opinion,stance\nabc,1,pro\n", "utf-8")
    with pytest.raises(BadTable, match=r"line 2: unknown response 'abc' in run 'small'"):
        run_against_humans(run.run, [], path, "the command")
    with pytest.raises(UnknownName, match="unknown judge 'gpt_4_1'"):
        run_against_humans(run.run, ["gpt_4_1"], path, "the command")


def test_a_run_without_labels_has_no_sheet(tmp_path: Path) -> None:
    settings = small_settings(tmp_path)
    answer(settings, judge=False)
    with pytest.raises(NoSuchRun, match="no judged responses"):
        label_sheet(settings, 5, 1)


@pytest.mark.slow
def test_the_verbs_draw_a_sheet_and_compare_it(
    workplace: Path, culture_ray: Callable[..., Any]
) -> None:
    settings = small_settings(workplace / "results", *TWO)
    answer(settings)
    said = culture_ray("label-sheet", "run=small", "n=8")
    assert said.code == 0, said.err
    assert "8 responses with 80 opinions" in said.out
    path = fill(settings, 2)
    compared = culture_ray("judge-check", "run=small", f"human={path}")
    assert compared.code == 0, compared.err
    assert "anna" in compared.out and "human_agreement.csv" in compared.out
    assert "culture-ray analyse run=small corrects alignment" in compared.out
    alone = culture_ray("judge-check", "run=small")
    assert "gemma_2_9b" in alone.out and "judge_agreement.csv" in alone.out
    assert "n=0 cannot be used" in culture_ray("label-sheet", "run=small", "n=0").complaint
    assert "no run 'x'" in culture_ray("label-sheet", "run=x").complaint
    assert "no US bias" in culture_ray("label-sheet", "run=small", "plan=true").complaint
    assert culture_ray("analyse", "run=small").code == 0
    planned = culture_ray("label-sheet", "run=small", "half_width=.9")
    assert planned.code == 0, planned.err
    assert "US bias corrected by labels, 4 cells" in planned.out
    assert "half-width 0.9 for all cells: " in planned.out
    wrong = culture_ray("label-sheet", "run=small", "half_width=-1").complaint
    assert "half_width=-1 cannot be used" in wrong
    assert "unknown key 'm'" in culture_ray("label-sheet", "run=small", "m=8").complaint
    assert json.loads(settings.run.provenance.read_text())["human_check"].startswith("culture-ray")
