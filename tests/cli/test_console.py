"""The console command as a process: exit codes, one line per mistake, interruption, pipes."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import termios
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
from rich.table import Table

from culture_ray import __version__
from culture_ray.cli import main as cli
from culture_ray.cli.console import Screen, quiet_screen
from culture_ray.cli.help import overview
from culture_ray.errors import Drained, EngineFailed, UserError
from tests.conftest import ROOT, Said


class Verb:
    """A verb that does what a test wants."""

    def __init__(self, act: Callable[[], int]) -> None:
        self._act = act

    def act(self, overrides: list[str]) -> int:
        return self._act()


def raising(error: BaseException) -> Callable[[], int]:
    def act() -> int:
        raise error

    return act


@pytest.mark.parametrize(
    ("act", "code", "line"),
    [
        (lambda: 0, 0, ""),
        (lambda: 3, 3, ""),
        (raising(UserError("seed=x is wrong")), 2, "culture-ray: seed=x is wrong"),
        (raising(EngineFailed("it broke")), 1, "culture-ray: it broke"),
        (raising(Drained("stopped as asked")), 75, "culture-ray: stopped as asked"),
        (
            raising(KeyboardInterrupt()),
            75,
            "culture-ray: interrupted; committed results are safe. "
            "Resume with: culture-ray plan seed=1 'model=[a,b]'",
        ),
    ],
)
def test_every_way_to_end_has_its_code_and_its_line(
    culture_ray: Callable[..., Said],
    monkeypatch: pytest.MonkeyPatch,
    act: Callable[[], int],
    code: int,
    line: str,
) -> None:
    monkeypatch.setitem(cli.VERBS, "plan", Verb(act))
    said = culture_ray("plan", "seed=1", "model=[a,b]")
    assert (said.code, said.err.strip(), said.out) == (code, line, "")


def test_a_bug_is_reported_as_one_with_its_traceback(
    culture_ray: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(cli.VERBS, "plan", Verb(raising(RuntimeError("a bug"))))
    said = culture_ray("plan")
    assert said.code == 1
    assert "RuntimeError: a bug" in said.err
    assert said.err.splitlines()[-1].startswith("culture-ray: this is a bug in culture_ray")


@pytest.mark.slow
def test_the_console_script_ends_with_the_codes_and_one_line(
    in_a_process: Callable[..., Said], console_script: Path, workplace: Path
) -> None:
    assert in_a_process(console_script, "--help").code == 0
    assert "did you mean 'plan'?" in in_a_process(console_script, "plam").complaint
    wrong = in_a_process(console_script, "plan", "experiment=quickstart", "language=[dk]")
    assert wrong.complaint == "unknown language 'dk': did you mean 'da'?"
    late = in_a_process(console_script, "plan", "experiment=quickstart", "design.samples=0")
    assert late.complaint == "design.samples=0 cannot be used: expected at least 1"
    assert late.out == ""
    assert list(workplace.iterdir()) == []


@pytest.mark.slow
def test_a_script_in_jobs_runs_its_verb(in_a_process: Callable[..., Said]) -> None:
    said = in_a_process(sys.executable, ROOT / "jobs" / "sweep.py", "language=[]", "seed=x")
    assert "run=None" in said.complaint


@pytest.mark.slow
def test_the_package_runs_as_a_module(in_a_process: Callable[..., Said]) -> None:
    said = in_a_process(sys.executable, "-m", "culture_ray", "--help")
    assert (said.code, said.out.rstrip("\n"), said.err) == (0, overview(), "")
    assert (
        "did you mean 'plan'?"
        in in_a_process(sys.executable, "-m", "culture_ray", "plam").complaint
    )


def test_the_version_is_the_one_that_is_installed(culture_ray: Callable[..., Said]) -> None:
    said = culture_ray("--version")
    assert (said.code, said.out, said.err) == (0, f"culture-ray {version('culture-ray')}\n", "")
    assert __version__ == version("culture-ray")


@pytest.mark.slow
def test_a_reader_that_leaves_a_pipe_early_is_no_failure(
    console_script: Path, workplace: Path
) -> None:
    with subprocess.Popen(
        [str(console_script), "plan", "experiment=quickstart", "language=[en]"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as plan:  # fmt: skip
        assert plan.stdout is not None
        assert plan.stderr is not None
        plan.stdout.close()
        assert plan.wait(timeout=120) == 0
        assert plan.stderr.read() == b""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_in_the_command_that_resumes(workplace: Path, number: signal.Signals) -> None:
    code = (
        # What a shell starts in the background ignores Ctrl-C, and so would all that it starts.
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "import sys, time; from culture_ray.cli import main as cli\n"
        "class Waiting:\n"
        "    def act(self, overrides): print('at work', flush=True); time.sleep(100)\n"
        "cli.VERBS['sweep'] = Waiting()\n"
        "cli.main(sys.argv[1:])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, "sweep", "seed=1", "model=[a,b]"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as sweep:  # fmt: skip
        assert sweep.stdout is not None
        assert sweep.stdout.readline() == "at work\n"
        sweep.send_signal(number)
        _, said = sweep.communicate(timeout=60)
    assert sweep.returncode == 75
    assert said == (
        "culture-ray: interrupted; committed results are safe. "
        "Resume with: culture-ray sweep seed=1 'model=[a,b]'\n"
    )


def test_what_is_printed_besides_goes_to_the_log_and_the_screen_keeps_its_own(
    workplace: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = workplace / "logs" / "driver.log"
    with quiet_screen(log) as screen:
        os.write(1, b"chatter\n")
        os.write(2, b"chatter of a library\n")
        screen.print("for people")
    os.write(1, b"afterwards\n")
    said = capfd.readouterr()
    assert (said.out, said.err) == ("for people\nafterwards\n", "")
    assert "chatter of a library" in log.read_text()
    assert "for people" not in log.read_text()


def test_words_in_brackets_are_words(workplace: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with quiet_screen(workplace / "driver.log") as screen:
        screen.print("no room in [/tmp/x] :smile:")
    assert capfd.readouterr().out == "no room in [/tmp/x] :smile:\n"


def test_a_screen_is_as_wide_as_its_terminal_wherever_words_are_read_from() -> None:
    code = (
        "import os\n"
        "from pathlib import Path\n"
        "from culture_ray.cli.console import quiet_screen\n"
        "with quiet_screen(Path(os.devnull)) as screen:\n"
        "    screen.print(screen.width, screen.height, highlight=False)\n"
    )
    told = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    environment = told | {"PYTHONPATH": str(ROOT), "TERM": "xterm"}
    reader, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (33, 123))
    subprocess.run(
        [sys.executable, "-c", code], stdin=subprocess.DEVNULL, stdout=terminal,
        stderr=subprocess.PIPE, check=True, env=environment,
    )  # fmt: skip
    os.close(terminal)
    assert os.read(reader, 100).split() == [b"123", b"33"]
    os.close(reader)


@pytest.mark.parametrize(("columns", "rows"), [(None, 1), ("40", 4)])
def test_a_file_has_every_sentence_and_every_row_on_one_line(
    workplace: Path, monkeypatch: pytest.MonkeyPatch, columns: str | None, rows: int
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    table.add_column("name", overflow="fold")
    table.add_row("a_name_that_is_long " * 7 + "end")
    with (workplace / "file").open("w+", encoding="utf-8") as file:
        screen = Screen(file=file)
        screen.print("word " * 30 + "end", highlight=False)
        screen.print(table)
        file.seek(0)
        lines = [line.rstrip() for line in file]
    assert sum("word" in line for line in lines) == rows
    assert (columns is None) == any(line.endswith("end") and len(line) > 140 for line in lines)
