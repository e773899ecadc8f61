"""Usage of a run: hours from its timeline and dollars from its ledger, by stage and model."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pytest

from culture_ray.settings.run import Settings
from culture_ray.stages.report.usage import write_usage
from culture_ray.store.shards import commit, replace_table, unit_id
from culture_ray.tables import RESPONSES, USAGE
from tests.report.whole_run import timeline, write_ledger
from tests.small import small_settings


@pytest.fixture
def run(tmp_path: Path) -> Settings:
    return small_settings(
        tmp_path / "results",
        "model=[gemma_2_2b,gemma_2_9b,gpt_4o]", "judge=[gemma_3_270m]",
    )  # fmt: skip


@pytest.mark.slow
def test_without_a_timeline_and_a_ledger_there_is_no_file(run: Settings) -> None:
    found = write_usage(run.run, run.models, run.judges, run.spending)
    assert (found.usage, found.timeline, found.spending) == (None, None, None)
    assert not (run.run.folder / "usage.csv").exists()


def test_hours_are_from_first_to_last_sign_times_the_gpus(run: Settings) -> None:
    replace_table(run.run.folder / "timeline.arrow", timeline())
    usage = write_usage(run.run, run.models, run.judges, run.spending).usage
    assert usage is not None
    rows = {(r["stage"], r["model"]): r for r in usage.to_pylist()}
    assert set(rows) == {
        ("elicit", "gemma_2_2b"), ("elicit", "gemma_2_9b"), ("judge", "gemma_3_270m"),
    }  # fmt: skip
    # Loads for 90 s, then five units that end 400 s after it began; the dead one 450 s after.
    assert rows["elicit", "gemma_2_2b"]["hours"] == pytest.approx(400 / 3600)
    both = rows["elicit", "gemma_2_9b"]
    assert both["hours"] == pytest.approx((400 + 450) / 3600)
    assert both["gpu_hours"] == both["hours"]
    assert (both["replicas"], both["requests"], both["output_tokens"]) == (2, 80, 9000)
    assert both["dollars"] is None
    assert rows["judge", "gemma_3_270m"]["requests"] == 24


@pytest.mark.parametrize("stages", [["elicit"], ["judge gemma_3_270m"], []])
def test_a_run_that_was_stopped_early_took_what_its_stages_took(
    run: Settings, stages: list[str]
) -> None:
    events = timeline()
    told = pc.is_null(events["replica"])  # machines that join are told of in any case
    for stage in stages:
        told = pc.or_(told, pc.fill_null(pc.equal(events["stage"], stage), False))
    replace_table(run.run.folder / "timeline.arrow", events.filter(told))
    usage = write_usage(run.run, run.models, run.judges, run.spending).usage
    found = set() if usage is None else set(usage["stage"].to_pylist())
    assert found == {stage.split()[0] for stage in stages}


def test_dollars_are_what_the_ledger_charges_and_what_is_unresolved_is_told(run: Settings) -> None:
    write_ledger(run)
    usage = write_usage(run.run, run.models, run.judges, run.spending).usage
    assert usage is not None
    (row,) = usage.to_pylist()
    assert (row["stage"], row["model"], row["attempts"]) == ("elicit", "gpt_4o", 60)
    assert (row["unresolved"], row["unresolved_dollars"]) == (6, pytest.approx(6 * 0.0033))
    assert row["dollars"] == pytest.approx(48 * 0.001234567 + 6 * 0.0033)
    assert row["gpu_hours"] is None and row["requests"] is None


def test_what_is_written_is_what_is_returned(run: Settings) -> None:
    replace_table(run.run.folder / "timeline.arrow", timeline())
    write_ledger(run)
    usage = write_usage(run.run, run.models, run.judges, run.spending).usage
    options = pacsv.ConvertOptions(column_types=USAGE)
    assert usage == pacsv.read_csv(run.run.folder / "usage.csv", convert_options=options)


def test_thoughts_are_those_of_the_bill_or_those_that_were_counted(run: Settings) -> None:
    replace_table(run.run.folder / "timeline.arrow", timeline())
    write_ledger(run, reasoning=11)
    counted = [{"request_id": "a", "model": "gemma_2_2b", "reasoning_tokens": tokens}
               for tokens in (40, 2, None)]  # fmt: skip
    rows = pa.Table.from_pylist(
        [row | {"request_id": str(number)} for number, row in enumerate(counted)], schema=RESPONSES
    )
    path = run.run.responses("gemma_2_2b", "en", unit_id(0, ["0", "1", "2"]))
    assert commit(path, rows)
    usage = write_usage(run.run, run.models, run.judges, run.spending).usage
    assert usage is not None
    found = {(r["stage"], r["model"]): r["reasoning_tokens"] for r in usage.to_pylist()}
    assert found["elicit", "gemma_2_2b"] == 42
    assert found["elicit", "gemma_2_9b"] is None
    assert found["elicit", "gpt_4o"] == 48 * 11
