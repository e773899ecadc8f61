"""Counters reported in a stage are of that stage alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from culture_ray.cli.console import Screen
from culture_ray.sweep.events import Counters
from culture_ray.sweep.execute.event_log import EventLog
from culture_ray.sweep.execute.metrics import Metrics
from culture_ray.sweep.progress.progress import Progress
from culture_ray.sweep.progress.timeline import Timeline


class Ticks(Progress):
    """Listener that keeps the last tick."""

    last: Mapping[str, tuple[str, Counters]]

    def tick(self, replicas: Mapping[str, tuple[str, Counters]]) -> None:
        self.last = dict(replicas)


def test_counters_of_the_stage_before_are_not_of_the_next(tmp_path: Path) -> None:
    # A replica's last counters of a stage lack what it did between them and the stage's end.
    ticks, early, late = Ticks(Screen()), Counters(30, 300), Counters(64, 640)
    event_log = EventLog(ticks, Timeline(tmp_path, "driver"), Metrics("run"))
    event_log.stage("elicit")
    event_log.counted("r", early)
    event_log.tick({"r": "m"})
    assert ticks.last == {"r": ("m", early)}
    event_log.stage("judge")
    event_log.tick({"r": "m"})
    assert ticks.last == {}
    event_log.counted("r", late)
    event_log.tick({"r": "m"})
    assert ticks.last == {"r": ("m", late)}
