"""The timeline holds the events of all sessions of a run, with place and time."""

from __future__ import annotations

from pathlib import Path

from culture_ray.store.shards import read
from culture_ray.sweep.progress.timeline import WRITE_EVERY_S, Timeline
from culture_ray.tables import TIMELINE


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_events_are_rows_with_their_place_and_time(tmp_path: Path) -> None:
    clock = Clock()
    timeline = Timeline(tmp_path, "driver-1", clock)
    timeline.stage = "elicit"
    clock.now += 30
    timeline.add("load", since=110.0, model="m", replica="m-1", node="10.0.0.1", gpus="0,1")
    timeline.add("death", model="m", replica="m-1", what="it made no token for 300 s")
    timeline.join()
    table = read(tmp_path / "timeline.arrow")
    assert table.schema.equals(TIMELINE)
    load, death = table.to_pylist()
    assert (load["event"], load["seconds"], load["gpus"], load["stage"]) == (
        "load", 20.0, "0,1", "elicit",
    )  # fmt: skip
    assert death["what"] == "it made no token for 300 s"
    assert (death["at"] - load["at"]).total_seconds() == 20.0
    assert load["unit"] is None


def test_sessions_are_together_in_the_order_of_time_and_none_harms_another(tmp_path: Path) -> None:
    clock = Clock()
    first, second = (Timeline(tmp_path, name, clock) for name in ("a", "b"))
    first.add("unit", unit="u0")
    clock.now += 1
    second.add("unit", unit="u1")
    second.join()
    clock.now += 1
    first.add("unit", unit="u2")
    first.join()
    rows = read(tmp_path / "timeline.arrow").to_pylist()
    assert [(row["driver"], row["unit"]) for row in rows] == [("a", "u0"), ("b", "u1"), ("a", "u2")]


def test_what_happened_is_written_while_it_goes_on(tmp_path: Path) -> None:
    clock = Clock()
    timeline = Timeline(tmp_path, "a", clock)
    timeline.add("unit", unit="u0")
    timeline.write_if_due()
    assert not (tmp_path / "timeline").exists()
    clock.now += WRITE_EVERY_S + 1
    timeline.write_if_due()
    assert read(tmp_path / "timeline" / "a.arrow").num_rows == 1


def test_a_session_in_which_nothing_happened_leaves_no_file(tmp_path: Path) -> None:
    Timeline(tmp_path, "a", Clock()).join()
    assert list(tmp_path.iterdir()) == []
