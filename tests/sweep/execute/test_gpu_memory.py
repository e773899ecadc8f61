"""A model waits until its GPUs are free, and names a GPU that stays occupied."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from culture_ray.errors import EngineFailed
from culture_ray.sweep.execute.gpu_memory import (
    GpuMemory,
    amd_gpus,
    visible_devices,
    visible_gpus,
    wait_until_free,
)


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


def kernel_with(root: Path, gpus: dict[int, tuple[int, int]]) -> None:
    """Write what Linux shows of AMD GPUs: node 0 is the CPU; used and total bytes by minor."""
    for number, minor in enumerate([None, *gpus]):
        node = root / f"class/kfd/kfd/topology/nodes/{number}"
        node.mkdir(parents=True)
        (node / "gpu_id").write_text(f"{0 if minor is None else 1000 + minor}\n")
        (node / "properties").write_text(f"simd_count 4\ndrm_render_minor {minor or 0}\n")
        if minor is not None:
            device = root / f"class/drm/renderD{minor}/device"
            device.mkdir(parents=True)
            for kind, value in zip(("used", "total"), gpus[minor], strict=True):
                (device / f"mem_info_vram_{kind}").write_text(f"{value}\n")


def test_the_memory_of_amd_gpus_is_read_by_the_numbers_that_programs_use(tmp_path: Path) -> None:
    kernel_with(tmp_path, {130: (10, 100), 128: (0, 100), 129: (100, 100)})
    assert amd_gpus(["1", "0"], tmp_path) == [GpuMemory("1", 100, 100), GpuMemory("0", 90, 100)]
    assert amd_gpus(["7", "GPU-1f"], tmp_path) == []
    assert amd_gpus(["0"], tmp_path / "none") == []


def test_the_devices_of_a_process_are_named_by_either_maker() -> None:
    assert visible_devices({"CUDA_VISIBLE_DEVICES": "2,3"}) == ["2", "3"]
    assert visible_devices({"HIP_VISIBLE_DEVICES": "1", "CUDA_VISIBLE_DEVICES": ""}) == ["1"]
    assert visible_devices({}) == []
