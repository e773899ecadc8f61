"""Words of a provider reach a terminal as text: recorded on a real one."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
import termios

import pytest
from rich.console import Group
from rich.table import Table
from rich.text import Text

from culture_ray.redaction.console import SafeConsole
from tests.conftest import ROOT

HOSTILE = (
    "\x1b]0;pwn\x07\x1b[2J\x1b[31mHACKED [red]rich[/red] :smile: \x9b10;10H\u202egnp.exe"
    "\u2066 \x08\x0c \x1bc\x1b[?1049h\rculture-ray: done\x1b[0m\ud800"
)
_OURS = re.compile(r"\x1b\[(?:[0-9;]*m|[0-9]*A|2K|\?25[lh])")
"""Sequences that rich writes for a live table: styles, moves up, erased lines, the cursor."""

_SHOW = """
from pathlib import Path
from culture_ray.cli.console import quiet_screen
from culture_ray.cli.commands.watching import failure_lines, status_table
from culture_ray.cli.main import _complain
from culture_ray.run.status import StageStatus
from culture_ray.sweep.progress.progress import Progress
import os, sys

hostile = eval(os.environ["HOSTILE"])
with quiet_screen(Path(os.devnull)) as screen, Progress(screen) as progress:
    progress.begin_stage("elicit", {hostile: (9, 0), "model": (9, 0)})
    progress.replica_ready(hostile, "1")
    progress.add_earlier_failures("elicit", "model", {hostile: 3}, 0)
    progress.say(f"model: {hostile}")
    progress.model_abandoned("model", f"HTTP 401 x: {hostile}")
    screen.write_line(hostile)
    screen.print(hostile)
    progress.end_local_stage()
_complain(hostile)
"""


def recorded(script: str, hostile: str) -> str:
    """Return everything that a script writes on a terminal."""
    told = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    environment = told | {"PYTHONPATH": str(ROOT), "TERM": "xterm", "HOSTILE": repr(hostile)}
    reader, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (40, 200))
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.DEVNULL, stdout=terminal,
        stderr=terminal, env=environment,
    ) as process:  # fmt: skip
        os.close(terminal)
        output = b""
        while True:
            try:
                part = os.read(reader, 65536)
            except OSError:  # the other end of the terminal is closed
                break
            output += part
            if not part:
                break
        assert process.wait() == 0, output.decode(errors="replace")
    os.close(reader)
    return output.decode()


@pytest.mark.slow
def test_a_terminal_shows_hostile_words_and_obeys_none_of_them() -> None:
    text = _OURS.sub("", recorded(_SHOW, HOSTILE))
    controls = {c for c in text if not c.isprintable()}
    assert controls <= {"\r", "\n"}
    assert (
        r"\x1b]0;pwn\x07\x1b[2J\x1b[31mHACKED [red]rich[/red] :smile: \x9b10;10H\u202egnp" in text
    )
    assert "\rculture-ray: done" not in text.replace("\r\n", "\n")
    assert text.splitlines()[-1].startswith(r"culture-ray: \x1b]0;pwn")


def shown(*objects: object) -> str:
    screen = io.StringIO()
    console = SafeConsole(screen)
    console.width = 80
    console.print(*objects)
    return screen.getvalue()


def test_tables_and_styled_text_are_shown_as_text_too() -> None:
    table = Table("stage", "styled \x1b[1m")
    table.add_row("elicit \x1b[2J", Text("\x9b31m"))
    found = shown(Group(table, Text("\u202e right"), "left\x07"))
    assert "\x1b" not in found and "\x9b" not in found and "\u202e" not in found
    assert r"elicit \x1b[2J" in found and r"\u202e right" in found and r"left\x07" in found


def test_brackets_are_words_and_keys_are_removed() -> None:
    found = shown("no room in [/tmp/x] [bold]at[/bold] sk-abcdefghijklmnop")
    assert found == "no room in [/tmp/x] [bold]at[/bold] [key]\n"


def test_a_message_of_several_lines_is_written_as_one() -> None:
    screen = io.StringIO()
    SafeConsole(screen).write_line("first\nculture-ray: second")
    assert screen.getvalue() == "first\\nculture-ray: second\n"
