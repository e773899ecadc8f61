"""A stage is unchanged exactly as long as what it read and what it wrote stay as they were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from culture_ray.settings.run import Settings
from culture_ray.settings.stages import Stage
from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.records import StageRecords
from culture_ray.store.provenance import amend, record
from culture_ray.store.shards import commit, read
from tests.small import moved


@pytest.fixture(scope="module")
def measured(mixed_run: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return a run with a record of its measures."""
    settings = moved(mixed_run, tmp_path_factory.mktemp("measured"))
    with StageRecords(RunContext(settings)).recorded(Stage.MEASURE):
        measure(RunContext(settings))
    return settings


@pytest.fixture
def run(measured: Settings, tmp_path: Path) -> Settings:
    """Return a copy of it to change."""
    return moved(measured, tmp_path)


def unchanged(settings: Settings) -> bool:
    return StageRecords(RunContext(settings)).changed(Stage.MEASURE) == ()


def test_a_run_that_was_moved_and_opened_again_is_unchanged(run: Settings) -> None:
    RunContext(run).open()
    assert unchanged(run)


def _label_again(run: Settings) -> None:
    path = run.run.shards("labels")[0]
    rows = read(path)
    path.unlink()
    commit(path, rows.take(list(reversed(range(rows.num_rows)))).replace_schema_metadata(None))


def _lose_a_response(run: Settings) -> None:
    run.run.shards("responses")[0].unlink()


def _lose_a_table(run: Settings) -> None:
    (run.run.folder / "exclusions.csv").unlink()


def _edit_a_table(run: Settings) -> None:
    path = run.run.folder / "alignment.arrow"
    path.write_bytes(path.read_bytes() + b"\0")


def _label_by_people(run: Settings) -> None:
    (run.run.folder / "human_labels.csv").write_text("response_id\n", encoding="utf-8")


def _forget_the_error(run: Settings) -> None:
    run.run.provenance.unlink()
    record(run.run, {})


def _state_another_error(run: Settings) -> None:
    amend(run.run, {"judge_error": ["Error of judge gemma_3_270m: none."]})


def _lose_the_records(run: Settings) -> None:
    run.run.stage_records.unlink()


@pytest.mark.parametrize(
    "change",
    [
        _label_again, _lose_a_response, _lose_a_table, _edit_a_table, _label_by_people,
        _forget_the_error, _state_another_error, _lose_the_records,
    ],
)  # fmt: skip
def test_a_stage_is_done_again_after_any_change_of_the_run(
    run: Settings, change: Callable[[Settings], None]
) -> None:
    assert unchanged(run)
    change(run)
    assert not unchanged(run)


def test_a_stage_is_done_again_for_other_settings_and_not_for_the_first_ones(run: Settings) -> None:
    assert not unchanged(replace(run, seed=run.seed + 1))
    assert unchanged(run)


def test_what_changes_while_a_stage_works_counts_as_changed_since(run: Settings) -> None:
    records = StageRecords(RunContext(run))
    with records.recorded(Stage.MEASURE):
        _label_again(run)
        measure(RunContext(run))
    assert not unchanged(run)


def test_a_stage_that_fails_leaves_no_record(run: Settings) -> None:
    with pytest.raises(ZeroDivisionError), StageRecords(RunContext(run)).recorded(Stage.MEASURE):
        _ = 1 / 0
    assert not unchanged(run)


def test_the_report_tells_who_could_not_finish(run: Settings) -> None:
    with StageRecords(RunContext(run)).recorded(Stage.REPORT, {"gemma_3_270m": "no memory"}):
        (run.run.folder / "report.html").write_text("page", encoding="utf-8")
    records = StageRecords(RunContext(run))
    assert records.changed(Stage.REPORT, {"gemma_3_270m": "no memory"}) == ()
    assert records.changed(Stage.REPORT, {}) == ("failed models",)


def test_a_file_that_a_stage_leaves_as_it_is_belongs_to_it_too(run: Settings) -> None:
    figure = run.run.folder / "figures" / "alignment.png"
    figure.parent.mkdir(exist_ok=True)
    figure.write_bytes(b"drawn before")
    with StageRecords(RunContext(run)).recorded(Stage.REPORT):
        pass
    figure.unlink()
    assert StageRecords(RunContext(run)).changed(Stage.REPORT) == ("figures/alignment.png",)
