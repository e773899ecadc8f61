from __future__ import annotations

import random
from pathlib import Path

import pytest

from culture_ray.spending.balances import Caps
from culture_ray.spending.limiting.send_clock import SendClock
from culture_ray.spending.limits import Limits
from culture_ray.spending.messages import Reserve
from tests.spending.builders import START, governor, usage_bound


def test_the_quickest_admission_shows_the_clocks_and_how_late_the_others_are() -> None:
    clock = SendClock()
    assert clock.delay(0.4, 1000.0, 5.03) == 0.4
    assert clock.delay(0.4, 1001.0, 6.13) == pytest.approx(0.3), "0.1 s later than the first"
    assert clock.delay(0.4, 1002.0, 7.01) == 0.4, "the quickest so far"
    assert clock.delay(0.4, 1003.0, 8.03) == pytest.approx(0.38)
    assert clock.delay(0.4, 1004.0, 9.91) == 0.0, "too late"
    assert clock.delay(0.4, None, 100.0) == 0.4


def _most_at_once(arrivals: list[float], window_s: float) -> int:
    arrivals = sorted(arrivals)
    return max(sum(1 for at in arrivals if start <= at < start + window_s) for start in arrivals)


def test_four_workers_with_uneven_connections_send_as_evenly_as_one(tmp_path: Path) -> None:
    """Admissions take 5 to 250 ms to arrive; the provider allows bursts of a quarter second."""
    chance = random.Random(5)
    governed = governor(tmp_path / "ledger", Caps(), limits=Limits(1200, None))
    clocks = [SendClock() for _ in range(4)]
    offsets = [chance.uniform(-1e6, 1e6) for _ in range(4)]
    even: list[float] = []
    late: list[float] = []
    for step in range(300):
        now = START + 0.1 * step
        for worker in range(4):
            message = Reserve(f"{worker}-{step}", "m", usage_bound(1))
            governed.receive(f"w{worker}", message, now)
        for name, admission in governed.tick(now):
            worker = int(name[1:])
            arrives = now + chance.choice((0.005, 0.01, 0.02, 0.25))
            left = clocks[worker].delay(
                admission.delay, admission.decided_at, arrives + offsets[worker]
            )
            even.append(arrives + left)
            late.append(arrives + admission.delay)
    settled = START + 5
    assert _most_at_once([at for at in even if at > settled], 0.25) <= 7
    assert _most_at_once([at for at in late if at > settled], 0.25) > 7
