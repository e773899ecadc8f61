"""Units of a stage: times their rows were sent, missing shards, and claims of other drivers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from culture_ray.store.claims import Claims, Presence
from culture_ray.sweep.execute.unit_tracker import CHECK_CLAIMS_EVERY_S, UnitTracker
from culture_ray.sweep.schedule.chunks import DEATHS_TO_SUSPECT, Chunk
from tests.sweep.echo import echo_units


def claims(tmp_path: Path) -> Claims:
    return Claims(tmp_path / "claims", "me")


def halves(chunk: Chunk) -> list[Chunk]:
    return replace(chunk, deaths=DEATHS_TO_SUSPECT).after_death()


def test_rows_are_counted_with_every_chunk_they_were_sent_in(tmp_path: Path) -> None:
    tracker = UnitTracker(echo_units(tmp_path, "m", 1, 8), claims(tmp_path))
    (unit,) = tracker
    whole = tracker.whole(unit)
    assert [tracker.count_sent(whole), tracker.count_sent(whole)] == [1, 2]
    first, second = halves(whole)
    quarter, _ = halves(first)
    assert tracker.count_sent(first) == 3
    assert tracker.count_sent(quarter) == 4
    assert tracker.count_sent(second) == 3


def test_a_unit_whose_chunks_are_done_and_that_lacks_a_shard_is_run_again(tmp_path: Path) -> None:
    tracker = UnitTracker(echo_units(tmp_path, "m", 2, 8), claims(tmp_path))
    unit, other = tracker
    first, second = halves(tracker.whole(unit))
    assert tracker.count_done(first) is None
    assert tracker.count_done(second) == tracker.whole(unit), "a file system may show parts late"
    other.path.parent.mkdir(parents=True)
    other.path.touch()
    assert tracker.count_done(tracker.whole(other)) is None


def test_a_unit_waits_for_the_shards_it_needs_and_for_nothing_else(tmp_path: Path) -> None:
    first, second, third, there = echo_units(tmp_path, "m", 4, 8)
    there.path.parent.mkdir(parents=True)
    there.path.touch()
    never = tmp_path / "responses" / "of-no-unit.arrow"
    second = replace(second, needs=(first.path, there.path))
    third = replace(third, needs=(second.path, never))
    tracker = UnitTracker([first, second, third, there], claims(tmp_path))
    assert [unit.path for unit in tracker.ready()] == [first.path, there.path]
    begin, end = halves(tracker.whole(first))
    tracker.count_done(begin)
    assert tracker.followers(begin) == [], "half of the unit is not its shard"
    first.path.touch()
    tracker.count_done(end)
    assert [unit.path for unit in tracker.followers(end)] == [second.path]
    assert tracker.followers(end) == [], "a follower is run once"
    second.path.touch()
    tracker.count_done(tracker.whole(second))
    assert tracker.followers(tracker.whole(second)) == [], "the third still lacks a shard"


def test_replicas_get_whole_paths_wherever_they_work(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (unit,) = echo_units(Path("results"), "m", 1)
    (sent,) = UnitTracker([replace(unit, source=Path("results/source.arrow"))], claims(tmp_path))
    assert sent.path == tmp_path / unit.path
    assert sent.source == tmp_path / "results" / "source.arrow"


def test_claimed_chunks_that_are_committed_are_done_and_those_given_back_are_free(
    tmp_path: Path,
) -> None:
    shards = [tmp_path / f"u{i}.arrow" for i in range(3)]
    chunks = [Chunk(str(shard), 0, 4, 1.0) for shard in shards]
    with Presence(tmp_path / "c", "me") as me, Presence(tmp_path / "c", "other") as other:
        tracker = UnitTracker([], me)
        for shard, chunk in zip(shards, chunks, strict=True):
            assert other.take(str(shard))
            tracker.add_claimed("m", chunk)
        assert tracker.check_claimed(100.0) == ([], [])
        shards[0].touch()
        other.release(str(shards[1]))
        assert tracker.check_claimed(100.0 + CHECK_CLAIMS_EVERY_S / 2) == ([], []), (
            "claims are not checked all the time"
        )
        committed, free = tracker.check_claimed(101.0 + CHECK_CLAIMS_EVERY_S)
        assert committed == [("m", chunks[0])]
        assert free == [("m", chunks[1])]
        assert tracker.claimed == 1
    assert tracker.check_claimed(200.0) == ([], [("m", chunks[2])]), "the other driver has ended"
    assert tracker.claimed == 0
