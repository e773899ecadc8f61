"""A model waits until its GPUs are free, and names a GPU that stays occupied."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from culture_ray.errors import EngineFailed
from culture_ray.sweep.execute.gpu_memory import GpuMemory, visible_gpus, wait_until_free


class Machine:
    """GPUs whose memory is given back at so many GiB a second, on a clock of their own."""

    def __init__(self, *free: float) -> None:
        self.now, self._free = 0.0, free

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def read(self) -> list[GpuMemory]:
        return list(self._gpus())

    def _gpus(self) -> Iterator[GpuMemory]:
        for number, free in enumerate(self._free):
            gib = min(80.0, free + 10 * self.now) if free else 0.0
            yield GpuMemory(str(number), int(gib * 2**30), 80 * 2**30)


def test_it_waits_for_the_slowest_gpu_and_no_longer() -> None:
    machine = Machine(80.0, 30.0, 5.0)
    wait_until_free(machine.read, 0.9, 60.0, machine.sleep, machine.clock)
    assert machine.now == 7.0


def test_free_gpus_and_machines_without_any_are_not_waited_for() -> None:
    machine = Machine(80.0)
    wait_until_free(machine.read, 0.9, 60.0, machine.sleep, machine.clock)
    wait_until_free(lambda: [], 0.9, 60.0, machine.sleep, machine.clock)
    assert machine.now == 0.0


def test_a_gpu_that_stays_taken_is_named() -> None:
    machine = Machine(80.0, 0.0)
    with pytest.raises(EngineFailed, match=r"GPU 1 has 0\.0 of 80\.0 GiB free after 20 s"):
        wait_until_free(machine.read, 0.9, 20.0, machine.sleep, machine.clock)


@pytest.mark.slow
def test_a_stand_in_gpu_is_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert visible_gpus() == []
