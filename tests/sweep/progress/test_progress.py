"""A sweep is shown as plain lines where nobody watches a terminal."""

from __future__ import annotations

import io
from dataclasses import replace

from culture_ray.spending.breaker import Outage
from culture_ray.sweep.events import ChunkDone, Counters
from culture_ray.sweep.progress.display import format_duration
from culture_ray.sweep.progress.progress import PLAIN_EVERY_S
from tests.sweep.progress.screens import Clock, lines, plain, tick


def test_a_stage_is_told_at_once_and_then_every_half_minute(
    clock_hand: Clock, screen: io.StringIO
) -> None:
    with plain(screen) as progress:
        progress.begin_stage("elicit", {"m": (64, 16)})
        assert lines(screen) == ["elicit m: 16 of 64 requests"]
        progress.replica_loading("m", "m-1")
        progress.replica_ready("m", "m-1")
        tick(progress, clock_hand, 1002.0, 0, 0)
        tick(progress, clock_hand, 1010.0, 8, 800)
        progress.chunk_done("m", 8, ChunkDone())
        assert lines(screen) == [], "nothing is printed before the time"
        tick(progress, clock_hand, 1000.0 + PLAIN_EVERY_S, 14, 1400)
        assert lines(screen) == ["elicit m: 24 of 64 requests, 50 tokens/s, 1:08 left"]
        tick(progress, clock_hand, 1031.0, 15, 1500)
        assert lines(screen) == []


def test_answers_count_before_their_unit_is_stored(clock_hand: Clock, screen: io.StringIO) -> None:
    def told(unstored: int, other: int | None = 0) -> str:
        clock_hand.now += PLAIN_EVERY_S
        replicas = {"m-1": ("m", Counters(settled=unstored, unstored=unstored))}
        if other is not None:
            replicas["m-2"] = ("m", Counters(settled=other, unstored=other))
        progress.tick(replicas)
        return lines(screen)[-1].partition(" requests")[0]

    with plain(screen) as progress:
        progress.begin_stage("elicit", {"m": (64, 16)})
        for replica in ("m-1", "m-2"):
            progress.replica_ready("m", replica)
        assert told(1) == "elicit m: 17 of 64"
        assert told(20, 12) == "elicit m: 48 of 64"
        progress.chunk_done("m", 20, ChunkDone())
        assert told(0, 13) == "elicit m: 49 of 64"
        progress.replica_lost("m", "m-2")
        assert told(2, None) == "elicit m: 38 of 64", "what a dead replica held is asked again"
        assert told(100, None) == "elicit m: 64 of 64"
        progress.model_abandoned("m", "no reason")
        assert told(100, None) == "elicit m: 36 of 64"


def test_the_number_of_answers_does_not_fall_while_a_unit_is_stored(
    clock_hand: Clock, screen: io.StringIO
) -> None:
    with plain(screen) as progress:
        progress.begin_stage("elicit", {"m": (64, 0)})
        for unstored in (40, 0):  # the commit is counted by the replica before it is told here
            progress.tick({"m-1": ("m", Counters(unstored=unstored))})
        clock_hand.now += PLAIN_EVERY_S
        progress.spent({})
        assert lines(screen)[-1].startswith("elicit m: 40 of 64")
        progress.chunk_done("m", 40, ChunkDone())
        clock_hand.now += PLAIN_EVERY_S
        progress.tick({"m-1": ("m", Counters(unstored=3))})
        assert lines(screen)[-1].startswith("elicit m: 43 of 64")


def test_loading_failures_and_the_end_are_in_words(clock_hand: Clock, screen: io.StringIO) -> None:
    with plain(screen) as progress:
        progress.begin_stage("elicit", {"m": (16, 0)})
        progress.replica_loading("m", "m-1")
        lines(screen)
        clock_hand.now += PLAIN_EVERY_S
        progress.chunk_done("m", 8, ChunkDone(failures={"busy": 1, "engine died": 2}))
        failed = "3 failed: 2 engine died, 1 busy"
        assert lines(screen) == [f"elicit m: 8 of 16 requests, {failed}, loading"]
        progress.chunk_done("m", 8, ChunkDone())
        progress.begin_stage("judge j", {"m": (16, 16)})
        assert lines(screen) == [
            f"elicit m: 16 of 16 requests, {failed}, done",
            "judge j m: 16 of 16 requests, reused",
        ]
        clock_hand.now += PLAIN_EVERY_S
        progress.chunk_done("m", 0, ChunkDone())
        assert lines(screen) == [], "what has not changed is not told again"


def test_a_dead_replica_and_an_abandoned_model_are_said_at_once(screen: io.StringIO) -> None:
    with plain(screen) as progress:
        progress.begin_stage("elicit", {"m": (16, 0), "n": (16, 0)})
        lines(screen)
        progress.replica_lost("m", "m-1")
        progress.model_abandoned("n", "its tokenizer is missing")
        assert lines(screen) == [
            "a replica of m died; its requests go to another replica",
            "n cannot continue: its tokenizer is missing",
        ]


def test_events_of_a_model_go_to_its_latest_stage(screen: io.StringIO) -> None:
    with plain(screen) as progress:
        progress.begin_stage("elicit", {"m": (4, 4)})
        progress.announce("judge later", {"m": (4, 0)})
        progress.begin_stage("judge j", {"m": (4, 0)})
        lines(screen)
        progress.chunk_done("m", 4, ChunkDone())
        progress.begin_stage("none", {})
        assert lines(screen) == ["judge j m: 4 of 4 requests, done"]


def test_a_judge_with_a_model_of_its_own_is_named_once(screen: io.StringIO) -> None:
    with plain(screen) as progress:
        progress.begin_stage("judge gemma_2_27b", {"judge-gemma_2_27b": (4, 0)})
        assert lines(screen) == ["judge gemma_2_27b: 0 of 4 requests"]
        progress.begin_stage("judge same", {"m": (4, 0)})
        assert lines(screen)[-1] == "judge same m: 0 of 4 requests"


def test_long_sentences_are_not_cut_where_nobody_watches(screen: io.StringIO) -> None:
    with plain(screen) as progress:
        progress.say("word " * 40)
    assert lines(screen) == [("word " * 40)]


def test_stages_without_models_begin_and_end_one_after_the_other(screen: io.StringIO) -> None:
    with plain(screen) as progress:
        progress.announce("measure")
        progress.announce("report")
        progress.begin_stage("elicit", {"m": (4, 4)})
        assert lines(screen) == ["elicit m: 4 of 4 requests, reused"]
        progress.begin_local_stage("measure")
        assert lines(screen) == ["measure: working"]
        progress.begin_local_stage("report")
        assert lines(screen) == ["measure: done", "report: working"]
        progress.end_local_stage()
        assert lines(screen) == ["report: done"]


def test_what_failed_in_earlier_sessions_is_counted(screen: io.StringIO) -> None:
    with plain(screen) as progress:
        progress.add_earlier_failures("elicit", "m", {"busy": 2}, 0)
        progress.add_earlier_failures("judge j", "m", {"lost": 1}, 2)
        progress.add_earlier_failures("judge j", "n", {}, 3)
        progress.begin_stage("elicit", {"m": (4, 4), "n": (4, 4)})
        progress.begin_stage("judge j", {"judge-j": (8, 8)})
        assert lines(screen) == [
            "elicit m: 4 of 4 requests, 2 failed: busy, reused",
            "elicit n: 4 of 4 requests, reused",
            "judge j: 8 of 8 requests, 1 failed: lost; 5 unparsable, reused",
        ]


def test_no_more_is_done_than_there_is(screen: io.StringIO) -> None:
    with plain(screen) as progress:
        progress.begin_stage("elicit", {"m": (4, 0)})
        lines(screen)
        progress.chunk_done("m", 4, ChunkDone())
        progress.chunk_done("m", 4, ChunkDone())
        progress.end_local_stage()
        assert lines(screen) == ["elicit m: 4 of 4 requests, done"]


def test_time_left_is_the_plans_until_enough_responses_are_there(
    clock_hand: Clock, screen: io.StringIO
) -> None:
    with plain(screen) as progress:
        progress.set_plan("elicit", "m", 100.0, 50.0)
        progress.begin_stage("elicit", {"m": (1000, 0)})
        tick(progress, clock_hand, 1000, 0, 0)
        lines(screen)
        tick(progress, clock_hand, 1000 + PLAIN_EVERY_S, 37, 100)
        assert f"{format_duration(963 * 100 / 50)} left" in lines(screen)[-1]
        tick(progress, clock_hand, 1100, 200, 4000)
        assert f"{format_duration(800 * 100 / 200)} left" in lines(screen)[-1]


def test_time_left_counts_responses_however_often_a_judge_is_asked_about_one(
    clock_hand: Clock, screen: io.StringIO
) -> None:
    with plain(screen) as progress:
        progress.begin_stage("judge j", {"judge-j": (1000, 0)})
        progress.tick({"j-1": ("judge-j", Counters())})
        lines(screen)
        clock_hand.now += PLAIN_EVERY_S
        progress.tick({"j-1": ("judge-j", Counters(2000, 2000, 96, settled=200))})
        assert f"{format_duration(800 * PLAIN_EVERY_S / 200)} left" in lines(screen)[-1]


def test_an_outage_is_said_when_it_begins_and_ends_and_stands_below_the_table(
    screen: io.StringIO, clock_hand: Clock
) -> None:
    outage = Outage(1_700_000_000.0, "HTTP 503 overloaded: " + "x" * 300)
    progress = plain(screen)
    progress.begin_stage("elicit", {"m": (100, 0), "n": (100, 0)})
    for model in ("m", "n"):
        progress.replica_ready(model, f"{model}-1")
    lines(screen)
    progress.provider_outages({"m": outage})
    progress.provider_outages({"m": replace(outage, reason="HTTP 502")})
    [begun] = lines(screen)
    assert begun.startswith(f"elicit m: waiting for the provider since {outage.clock_time} (HTTP")
    assert len(begun) < 200
    clock_hand.now += PLAIN_EVERY_S
    progress.provider_outages({"m": outage})
    assert any(
        "0 of 100 requests, waiting for the provider since" in line for line in lines(screen)
    )
    progress.provider_outages({})
    assert lines(screen) == ["elicit m: the provider answers again"]


def test_a_model_that_is_loaded_before_its_stage_is_shown_and_counted_there(
    screen: io.StringIO,
) -> None:
    progress = plain(screen)
    progress.announce("judge j", {"judge-j": (24, 0)})
    progress.begin_stage("elicit", {"a": (24, 0)})
    progress.replica_loading("judge-j", "judge-j-1")
    progress.replica_ready("judge-j", "judge-j-1")
    progress.tick({"judge-j-1": ("judge-j", Counters(0, 0, 0, 0, 0, 0))})
    progress.begin_stage("judge j", {"judge-j": (24, 0)})
    (row,) = [row for row in progress._rows if row.model == "judge-j"]
    assert (row.replicas, row.loading) == (1, 0)
