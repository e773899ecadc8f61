"""A terminal shows one table with sentences above it, and below it what it waits for."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from culture_ray.spending.breaker import Outage
from culture_ray.sweep.events import ChunkDone
from culture_ray.sweep.progress.progress import Progress
from tests.sweep.progress.screens import Clock, lines, plain, tick

LONG = "gemma_2_27b_instruct_with_a_long_name"


def terminal(screen: io.StringIO) -> Console:
    return Console(
        file=screen, force_terminal=True, force_interactive=True, width=120, height=25,
        color_system=None, legacy_windows=False,
    )  # fmt: skip


def last_frame(screen: io.StringIO) -> list[str]:
    """Return all output, split into lines at each move of the cursor."""
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "\n", screen.getvalue()).split("\n")
    return [line.rstrip() for line in shown]


def test_a_terminal_keeps_one_table_below_what_is_said(clock_hand: Clock) -> None:
    screen = io.StringIO()
    with Progress(terminal(screen), cap_dollars=2.0) as progress:
        progress.set_plan("elicit", "m", 300.0, 560.0)
        progress.announce("measure")
        progress.announce("elicit", {"m": (4800, 1200), LONG: (4800, 4800)})
        progress.announce("judge j", {"m": (9600, 0)})
        progress.begin_stage("elicit", {"m": (4800, 1200), LONG: (4800, 4800)})
        progress.replica_ready("m", "m-1")
        tick(progress, clock_hand, 1000.0, 0, 0)
        tick(progress, clock_hand, 1100.0, 100, 28_000)
        progress.chunk_done("m", 96, ChunkDone(failures={"prompt too long": 2}))
        progress.spent({"m": 0.125, "j": 0.5})
        progress.say("set aside: 000001-ab.arrow cannot be read; it will be made again")
    shown = [line for line in last_frame(screen) if line]
    assert "set aside: 000001-ab.arrow cannot be read; it will be made again" in shown
    assert [line.split()[0] for line in shown[-8:]] == [
        "stage", "elicit", "elicit", "judge", "measure", "elicit", "spent", "1:40",
    ]  # fmt: skip
    moving = shown[-7]
    assert moving.split()[0:2] == ["elicit", "m"]
    assert moving.split()[-7:] == ["1,296/4,800", "3", "2", "280", "50", "%", "58:20"]
    assert shown[-6].split()[-2:] == ["0", "reused"]
    assert shown[-5].split()[:3] == ["judge", "j", "m"]
    assert shown[-5].split()[-3:] == ["0/9,600", "0", "waiting"]
    assert shown[-3] == "elicit m: 2 failed: prompt too long"
    assert shown[-2] == "spent or reserved: $0.6250 of $2.00 (m $0.1250, j $0.5000)"
    assert all(len(line) <= 120 for line in shown)


def test_a_sentence_is_shown_as_it_is_brackets_and_all(screen: io.StringIO) -> None:
    sentence = "m cannot continue: [/tmp/x] :smile: [bold]is full"
    with plain(screen) as progress:
        progress.say(sentence)
    assert lines(screen) == [sentence]
    with Progress(terminal(screen)) as progress:
        progress.say(sentence)
    assert sentence in last_frame(screen)


def test_a_terminal_that_cannot_move_its_cursor_gets_plain_lines(
    screen: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with Progress(Console(file=screen, force_terminal=True, width=80)) as progress:
        progress.begin_stage("elicit", {"m": (64, 16)})
    assert lines(screen) == ["elicit m: 16 of 64 requests"]


def test_a_terminal_shows_for_what_it_waits(screen: io.StringIO, clock_hand: Clock) -> None:
    outage = Outage(1_700_000_000.0, "HTTP 503")
    with Progress(terminal(screen)) as progress:
        progress.begin_stage("elicit", {"m": (100, 0)})
        progress.replica_ready("m", "m-1")
        progress.provider_outages({"m": outage})
    shown = last_frame(screen)
    assert f"elicit m: waiting for the provider since {outage.clock_time} (HTTP 503)" in shown
    assert any(line.startswith("elicit m") and line.endswith("waiting") for line in shown)
