"""A sweep is shown as plain lines where nobody watches, and as a table on a terminal."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from culture_ray.sweep import progress as module
from culture_ray.sweep.progress import PLAIN_EVERY_S, Progress, clock
from culture_ray.sweep.replica import Counters

LONG = "gemma_2_27b_instruct_with_a_long_name"


class Clock:
    """A clock that stands still until it is moved."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock_hand(monkeypatch: pytest.MonkeyPatch) -> Clock:
    hand = Clock()
    monkeypatch.setattr(module, "time", hand)
    return hand


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


def plain(screen: io.StringIO) -> Progress:
    return Progress(Console(file=screen, width=80))


def lines(screen: io.StringIO) -> list[str]:
    """What was printed since the last look."""
    found = screen.getvalue().splitlines()
    screen.seek(0)
    screen.truncate()
    return found


def tick(progress: Progress, clock_hand: Clock, now: float, requests: int, tokens: int) -> None:
    clock_hand.now = now
    progress.tick({"m-1": ("m", Counters(requests, tokens, 3))})


def test_a_stage_is_told_at_once_and_then_every_half_minute(
    clock_hand: Clock, screen: io.StringIO
) -> None:
    with plain(screen) as progress:
        progress.stage("elicit", {"m": (64, 16)})
        assert lines(screen) == ["elicit m: 16 of 64 requests"]
        progress.loading("m", "m-1")
        progress.ready("m", "m-1")
        tick(progress, clock_hand, 1002.0, 0, 0)
        tick(progress, clock_hand, 1010.0, 8, 800)
        progress.unit_done("m", 8, 0, 800)
        assert lines(screen) == [], "nothing is printed before the time"
        tick(progress, clock_hand, 1000.0 + PLAIN_EVERY_S, 14, 1400)
        assert lines(screen) == ["elicit m: 24 of 64 requests, 50 tokens/s, 1:08 left"]
        tick(progress, clock_hand, 1031.0, 15, 1500)
        assert lines(screen) == []


def test_loading_failures_and_the_end_are_in_words(clock_hand: Clock, screen: io.StringIO) -> None:
    with plain(screen) as progress:
        progress.stage("elicit", {"m": (16, 0)})
        progress.loading("m", "m-1")
        lines(screen)
        clock_hand.now += PLAIN_EVERY_S
        progress.unit_done("m", 8, 3, 100)
        assert lines(screen) == ["elicit m: 8 of 16 requests, 3 failed, loading"]
        clock_hand.now += PLAIN_EVERY_S
        progress.unit_done("m", 8, 0, 100)
        progress.stage("judge j", {"m": (16, 16)})
        assert lines(screen) == [
            "elicit m: 16 of 16 requests, 3 failed, done",
            "judge j m: 16 of 16 requests, was done",
        ]


def test_a_dead_replica_and_a_broken_model_are_said_at_once(screen: io.StringIO) -> None:
    with plain(screen) as progress:
        progress.stage("elicit", {"m": (16, 0), "n": (16, 0)})
        lines(screen)
        progress.lost("m", "m-1")
        progress.broken("n", "its tokenizer is missing")
        assert lines(screen) == [
            "a replica of m died; its requests go to another one",
            "n cannot go on: its tokenizer is missing",
        ]


def test_events_of_a_model_go_to_its_latest_stage(screen: io.StringIO) -> None:
    with plain(screen) as progress:
        progress.stage("elicit", {"m": (4, 4)})
        progress.stage("judge j", {"m": (4, 0)})
        lines(screen)
        progress.unit_done("m", 4, 0, 10)
        progress.stage("none", {})
        assert lines(screen) == [
            "elicit m: 4 of 4 requests, was done",
            "judge j m: 4 of 4 requests, done",
        ]


def test_a_judge_with_a_model_of_its_own_is_named_once(screen: io.StringIO) -> None:
    with plain(screen) as progress:
        progress.stage("judge gemma_2_27b", {"judge-gemma_2_27b": (4, 0)})
        assert lines(screen) == ["judge gemma_2_27b: 0 of 4 requests"]
        progress.stage("judge same", {"m": (4, 0)})
        assert lines(screen)[-1] == "judge same m: 0 of 4 requests"


def test_long_sentences_are_not_cut_where_nobody_watches(screen: io.StringIO) -> None:
    with plain(screen) as progress:
        progress.say("word " * 40)
    assert lines(screen) == [("word " * 40)]


def test_a_terminal_shows_a_table_that_fits_eighty_columns(clock_hand: Clock) -> None:
    screen = io.StringIO()
    console = Console(
        file=screen, force_terminal=True, width=80, height=25, color_system=None,
        legacy_windows=False,
    )  # fmt: skip
    with Progress(console) as progress:
        progress.stage("elicit", {"m": (4800, 1200), LONG: (4800, 4800)})
        progress.ready("m", "m-1")
        tick(progress, clock_hand, 1000.0, 0, 0)
        tick(progress, clock_hand, 1100.0, 100, 28_000)
        progress.unit_done("m", 96, 2, 27_000)
        progress.stage("judge gemma_2_27b", {"m": (9600, 0)})
        progress.loading("m", "m-2")
        progress.say("set aside: 000001-ab.arrow cannot be read; it is made again")
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "\n", screen.getvalue()).split("\n")
    shown = [line.rstrip() for line in shown if line.strip()]
    assert all(len(line) <= 80 for line in shown), [line for line in shown if len(line) > 80]
    last = [line.split() for line in shown[-4:]]
    assert last[0] == ["stage", "model", "requests", "failed", "tokens/s", "left"]
    assert last[1] == ["elicit", "m", "1,296/4,800", "2", "280", "58:20"]
    assert " ".join(last[2]).endswith("4,800/4,800 0 was done")
    assert last[3] == ["judge", "gemma_2_27b", "m", "0/9,600", "0", "loading"]
    assert "set aside: 000001-ab.arrow cannot be read; it is made again" in shown


def test_a_wide_terminal_also_shows_bars_what_is_in_flight_and_the_share_of_the_plan(
    clock_hand: Clock,
) -> None:
    screen = io.StringIO()
    console = Console(
        file=screen, force_terminal=True, width=160, height=25, color_system=None,
        legacy_windows=False,
    )  # fmt: skip
    with Progress(console, cap_dollars=2.0) as progress:
        progress.expect("elicit", "m", 300.0, 560.0)
        progress.stage("elicit", {"m": (4800, 1200), LONG: (4800, 4800)})
        progress.ready("m", "m-1")
        tick(progress, clock_hand, 1000.0, 0, 0)
        tick(progress, clock_hand, 1100.0, 100, 28_000)
        progress.spent({"m": 0.125, "j": 0.5})
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "\n", screen.getvalue()).split("\n")
    *_, heads, moving, done, money = [line.rstrip() for line in shown if line.strip()]
    assert re.split(r"\s{2,}", heads) == [
        "stage", "model", "progress", "requests", "in flight", "failed", "tokens/s", "of plan",
        "left",
    ]  # fmt: skip
    assert re.split(r"\s{2,}", moving)[-6:] == ["1,200/4,800", "3", "0", "280", "50 %", "58:20"]
    assert moving.count("━") == 4 and done.count("━") == 16
    assert money.strip() == "spent or reserved: $0.6250 of $2.00 (m $0.1250, j $0.5000)"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(None, "?"), (0, "0:00"), (9.6, "0:10"), (61, "1:01"), (3599.7, "1:00:00"), (7325, "2:02:05")],
)
def test_times_are_shown_as_clocks(seconds: float | None, shown: str) -> None:
    assert clock(seconds) == shown


def test_time_left_is_the_plans_until_enough_responses_are_there(
    clock_hand: Clock, screen: io.StringIO
) -> None:
    with plain(screen) as progress:
        progress.expect("elicit", "m", 100.0, 50.0)
        progress.stage("elicit", {"m": (1000, 0)})
        tick(progress, clock_hand, 1000, 0, 0)
        lines(screen)
        tick(progress, clock_hand, 1040, 10, 100)
        assert f"{clock(990 * 100 / 50)} left" in lines(screen)[-1]
        tick(progress, clock_hand, 1100, 200, 4000)
        assert f"{clock(800 * 100 / 200)} left" in lines(screen)[-1]
