"""A conversation goes on after any interruption: each step once, after all steps before it."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from culture_ray.plan.requests import request_plan
from culture_ray.plan.stage_units import elicit_units
from culture_ray.store.claims import Claims
from culture_ray.sweep.execute.unit_tracker import UnitTracker
from culture_ray.sweep.plan.units import Unit, following_lost
from tests.small import small_settings

WORDS = (
    "protocol=[sequence]", "language=[en]", "design.kind=full_factorial", "judge=[]",
    "topics.only=[d026_03,d054,d059,d060,e069_02,e069_04,e069_05]",
    "+protocol.sequence.factors.typos=[0.0,0.05]",
)  # fmt: skip


@cache
def planned(unit_size: int) -> tuple[Unit, ...]:
    """Return the units of conversations about one, three and three topics, in two variants."""
    settings = small_settings(Path("run"), *WORDS, f"cluster.unit_size={unit_size}")
    return tuple(elicit_units(settings, request_plan(settings)))


def rows(unit: Unit) -> list[dict[str, Any]]:
    assert unit.rows is not None
    return unit.rows.to_pylist()


def step(row: Mapping[str, Any], topic: str, after: list[str]) -> tuple[Any, ...]:
    """Return the key of one step of one conversation."""
    same = (row[name] for name in ("template", "wording", "sample", "persona", "variant"))
    return (*same, topic, *after)


@given(st.sampled_from([1, 2, 3, 5, 8]))
def test_a_unit_needs_the_shards_of_all_earlier_steps_of_its_conversations(size: int) -> None:
    units = {unit.path: unit for unit in planned(size)}
    seen = Counter(
        step(row, row["topic"], row["after"] or []) for u in units.values() for row in rows(u)
    )
    assert set(seen.values()) == {1}
    for unit in units.values():
        before = {
            step(row, row["topic"], row["after"] or [])
            for path in unit.needs
            for row in rows(units[path])
        }
        for row in rows(unit):
            after = row["after"] or []
            for place, topic in enumerate(after):
                assert step(row, topic, after[:place]) in before


@given(st.sampled_from([1, 2, 3, 5]), st.integers(0, 2**32), st.floats(0, 1), st.floats(0, 0.6))
def test_from_any_state_of_the_store_each_missing_step_runs_once_after_those_before_it(
    size: int, seed: int, share: float, dying: float
) -> None:
    """Answers that follow from lost ones are made again, and no others."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        units = [moved(unit, Path(folder)) for unit in planned(size)]
        done = {unit.path for unit in units if chance.random() < share}
        whole = {unit.path for unit in units if {unit.path, *unit.needs} <= done}
        run: Counter[Path] = Counter()
        while len(done) < len(units):
            done -= set(following_lost(units, done, done))
            assert whole <= done, "an answer whose earlier answers are there stays"
            run += session(units, done, chance, dying, Path(folder))
            assert set(run.values()) <= {1}, "no step is run twice"
        assert run == Counter(unit.path for unit in units if unit.path not in whole)


def session(
    units: list[Unit], done: set[Path], chance: random.Random, dying: float, folder: Path
) -> Counter[Path]:
    """Run what is ready until nothing is left or the driver dies; return the units that ran."""
    for unit in units:
        unit.path.touch() if unit.path in done else unit.path.unlink(missing_ok=True)
    tracker = UnitTracker([u for u in units if u.path not in done], Claims(folder, "me"))
    ready, run = list(tracker.ready()), Counter[Path]()
    while ready and not (run and chance.random() < dying):
        unit = ready.pop(chance.randrange(len(ready)))
        assert set(unit.needs) <= done, "it was asked before its earlier answers were there"
        unit.path.touch()
        done.add(unit.path)
        run[unit.path] += 1
        chunk = tracker.whole(unit)
        assert tracker.count_done(chunk) is None
        ready += tracker.followers(chunk)
    return run


def moved(unit: Unit, folder: Path) -> Unit:
    """Return a unit whose shards are in a flat folder, as a tracker has them: resolved."""
    flat = folder.resolve()
    return replace(
        unit, path=flat / unit.path.name, needs=tuple(flat / path.name for path in unit.needs)
    )
