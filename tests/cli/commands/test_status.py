"""Status shows the progress of a run, and how to resume it."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from culture_ray.cli.commands import watching
from culture_ray.cli.commands.watching import watch
from culture_ray.run.status import StageStatus
from culture_ray.settings.run import Settings
from culture_ray.sweep.progress.progress import Progress
from tests.answered import answer
from tests.conftest import Said
from tests.small import small_settings

Status = Callable[[], Said]


@pytest.fixture
def settings(workplace: Path) -> Settings:
    return small_settings(workplace / "results", "language=[en]")


@pytest.fixture
def status(culture_ray: Callable[..., Said]) -> Status:
    return lambda: culture_ray("status", "run=small", "language=[]")


def counts(said: Said) -> dict[str, list[str]]:
    """Requests, done, failed, left by stage."""
    rows = [line.rsplit(maxsplit=5) for line in said.out.splitlines() if " gemma_3_270m " in line]
    return {row[0]: row[2:] for row in rows}


@pytest.mark.slow
def test_a_half_done_run_says_what_is_left_and_how_to_resume(
    settings: Settings, status: Status
) -> None:
    answer(settings, judge=False)
    said = status()
    assert said.code == 0, said.err
    assert counts(said) == {
        "elicit": ["24", "24", "0", "0"],
        "judge gemma_3_270m": ["24", "0", "0", "24"],
    }
    assert "resume with: culture-ray sweep experiment=quickstart" in said.out
    assert all(len(line) <= 80 for line in said.out.splitlines()[1:])


def test_a_submitted_run_can_be_looked_at_on_a_machine_without_slurm(
    settings: Settings, status: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(settings, judge=False)
    (settings.run.folder / "slurm").mkdir()
    (settings.run.folder / "slurm/chain").write_text("12\n", encoding="utf-8")
    monkeypatch.setenv("PATH", "")
    said = status()
    assert said.code == 0, said.err
    assert "Slurm jobs 12: their state is not known here" in said.out
    assert "resume with: " in said.out


@pytest.mark.slow
def test_a_run_that_a_driver_works_on_is_not_to_be_resumed(
    settings: Settings, status: Status
) -> None:
    answer(settings, judge=False)
    screen = Console(file=io.StringIO())
    with Progress(screen, settings.run.folder / "live") as progress:
        progress.say("nothing is known yet")
        progress.spent({})
        assert "starting: no stage has begun" in status().out
        progress.begin_stage("elicit", {"gemma_3_270m": (24, 8)})
        progress.replica_loading("gemma_3_270m", "a")
        progress.model_abandoned("gemma_3_270m", "no GPU")
        said = status().out
        assert "elicit gemma_3_270m cannot continue: no GPU" in said
        progress.begin_stage("judge j", {"gemma_3_270m": (24, 0)})
        progress.replica_loading("gemma_3_270m", "b")
        progress.begin_local_stage("measure")
        said = status().out
        assert "judge j gemma_3_270m: 0 of 24 requests, loading" in said
        assert "measure: working" in said
        assert "resume with" not in said
        assert "no driver is running" not in said
        assert "to follow it: culture-ray status run=small --watch" in said
    said = status().out
    assert "no driver is running" in said
    assert "resume with: " in said


@pytest.mark.slow
def test_a_whole_run_names_its_report_and_no_command(settings: Settings, status: Status) -> None:
    answer(settings, lambda row: "failed" if row["topic"] == "f118" else "fine")
    report = settings.run.folder / "report.html"
    report.write_text("<html>")
    said = status()
    failed = counts(said)["elicit"][2]
    assert int(failed) == 3
    assert "elicit gemma_3_270m: 3 failed: the engine said no" in said.out.splitlines()
    assert counts(said)["judge gemma_3_270m"] == ["24", "24", "0", "0"]
    assert "resume with" not in said.out
    assert "report: results/small/report.html" in said.out


@pytest.mark.slow
def test_damaged_shards_are_counted(settings: Settings, status: Status) -> None:
    answer(settings)
    settings.run.shards("labels")[0].write_bytes(b"")
    assert counts(status())["judge gemma_3_270m"] == ["24", "16", "0", "8"]
    answer(settings)
    assert "1 damaged shard was set aside in results/small/quarantine" in status().out


@pytest.mark.slow
def test_status_changes_nothing(settings: Settings, status: Status) -> None:
    answer(settings)
    settings.run.shards("labels")[0].write_bytes(b"")
    before = {path: path.read_bytes() for path in settings.run.folder.rglob("*") if path.is_file()}
    assert status().code == 0
    after = {path: path.read_bytes() for path in settings.run.folder.rglob("*") if path.is_file()}
    assert after == before


@pytest.mark.slow
def test_an_unknown_run_names_those_there_are(
    settings: Settings, culture_ray: Callable[..., Said]
) -> None:
    answer(settings, judge=False)
    complaint = culture_ray("status", "run=smal", "language=[]").complaint
    assert "no run 'smal' in results: the choices are small" in complaint


def test_status_without_a_run_names_those_there_are(
    culture_ray: Callable[..., Said], workplace: Path
) -> None:
    expected = "run=None cannot be used: expected a name, such as run=quickstart"
    assert culture_ray("status").complaint.endswith(expected)
    for name in ("first", "second"):
        (workplace / "results" / name).mkdir(parents=True)
        (workplace / "results" / name / "config.yaml").write_text("")
    assert culture_ray("status").complaint.endswith(f"{expected}: results has first, second")


class Shell:
    """Somebody who watches; each look lets something happen."""

    def __init__(self, *happenings: Callable[[], object]) -> None:
        self.screen = io.StringIO()
        self.console = Console(file=self.screen, width=80)
        self._happenings = list(happenings)

    def sleep(self, seconds: float) -> None:
        if not self._happenings:
            raise KeyboardInterrupt
        self._happenings.pop(0)()

    def shown(self) -> list[list[str]]:
        return [line.split() for line in self.screen.getvalue().splitlines()]


def test_watching_shows_what_the_sweep_shows_and_then_what_is_stored(settings: Settings) -> None:
    answer(settings, judge=False)
    progress = Progress(Console(file=io.StringIO()), settings.run.folder / "live", 2.0)
    shell = Shell(lambda: progress.__exit__(None, None, None))
    with progress:
        progress.spent({"gemma_3_270m": 0.5})
        progress.add_earlier_failures("elicit", "gemma_3_270m", {"busy": 3}, 0)
        progress.begin_stage("elicit", {"gemma_3_270m": (24, 8)})
        progress.model_abandoned("gemma_3_270m", "its server is gone")
        watch(shell.console, settings.run, settings.raw, shell.sleep)
    shown = shell.shown()
    assert shown[0][0] == "on"
    assert ["elicit", "gemma_3_270m", "8/24", "3", "stopped"] in [
        [word for word in row if word[0] not in "━╾─"] for row in shown
    ]
    text = shell.screen.getvalue()
    assert "elicit gemma_3_270m: 3 failed: busy" in text
    assert "elicit gemma_3_270m cannot continue: its server is gone" in text
    assert "spent or reserved: $0.5000 of $2.00" in text
    assert ["elicit", "gemma_3_270m", "24", "24", "0", "0"] in shown
    assert shell.screen.getvalue().count("no driver is running") == 1


@pytest.mark.slow
def test_watching_a_large_run_leaves_the_file_system_to_others(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(settings, judge=False)
    now, read = [0.0], watching.stage_statuses
    readings: list[float] = []

    def slow(*asked: Any) -> list[StageStatus]:
        now[0] += 5.0
        readings.append(now[0])
        return read(*asked)

    def sleep(seconds: float) -> None:
        now[0] += seconds
        if now[0] > 1000:
            raise KeyboardInterrupt

    monkeypatch.setattr(watching, "stage_statuses", slow)
    screen = Console(file=io.StringIO(), force_terminal=True, width=80, height=20)
    watch(screen, settings.run, settings.raw, sleep, lambda: now[0])
    assert 15 <= len(readings) <= 21, "a tenth of the time is for reading"


def test_watching_ends_when_nothing_is_left(settings: Settings) -> None:
    answer(settings, judge=False)
    shell = Shell(lambda: answer(settings), lambda: pytest.fail("it looked again"))
    now = [0.0]  # time passes while it sleeps, not while it reads

    def sleep(seconds: float) -> None:
        now[0] += seconds
        shell.sleep(seconds)

    watch(shell.console, settings.run, settings.raw, sleep, lambda: now[0])
    assert "no driver is running" in shell.screen.getvalue()


def test_watching_ends_when_the_jobs_of_the_run_have_ended(settings: Settings) -> None:
    answer(settings, judge=False)
    shell = Shell(lambda: None, lambda: pytest.fail("it looked again"))
    ended = iter([False, True])
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += 1000.0
        shell.sleep(seconds)

    watch(
        shell.console, settings.run, settings.raw, sleep, lambda: now[0],
        jobs_ended=lambda: next(ended),
    )  # fmt: skip
    assert "no driver is running" in shell.screen.getvalue()


def test_what_a_driver_that_is_gone_has_left_is_not_shown(settings: Settings) -> None:
    answer(settings, judge=False)
    with Progress(Console(file=io.StringIO()), settings.run.folder / "live") as progress:
        progress.begin_stage("elicit", {"gemma_3_270m": (24, 8)})
        (left,) = (settings.run.folder / "live").iterdir()
        os.utime(left, (1.0, 1.0))
        shell = Shell()
        watch(shell.console, settings.run, settings.raw, shell.sleep)
    assert "8/24" not in shell.screen.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("word", ["--watch", "watch=true"])
def test_a_run_that_is_whole_is_told_once(
    settings: Settings, culture_ray: Callable[..., Said], word: str
) -> None:
    answer(settings)
    said = culture_ray("status", "run=small", "language=[]", word)
    assert said.code == 0, said.err
    assert counts(said)["elicit"] == ["24", "24", "0", "0"]
