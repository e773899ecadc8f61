"""GPU memory: wait until the last user of a GPU has freed it, before the next model loads."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from culture_ray.errors import EngineFailed

_POLL_S = 1.0
_GIB = 2**30


@dataclass(frozen=True)
class GpuMemory:
    """Memory of one GPU as reported by its driver, in bytes."""

    gpu: str
    free: int
    total: int


GpuReader = Callable[[], Sequence[GpuMemory]]


def visible_gpus() -> list[GpuMemory]:
    """Return the memory of the GPUs this process may use; empty without an NVIDIA driver."""
    visible = [part for part in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if part]
    try:
        import vllm.third_party.pynvml as nvml

        nvml.nvmlInit()
    except (ImportError, OSError):
        return []
    except nvml.NVMLError:  # a simulated GPU, or no driver: there is nothing to wait for
        return []
    try:
        found = []
        for gpu in visible:
            handle = (
                nvml.nvmlDeviceGetHandleByIndex(int(gpu))
                if gpu.isdigit()
                else nvml.nvmlDeviceGetHandleByUUID(gpu)
            )
            memory = nvml.nvmlDeviceGetMemoryInfo(handle)
            found.append(GpuMemory(gpu, int(memory.free), int(memory.total)))
        return found
    finally:
        nvml.nvmlShutdown()


def wait_until_free(
    reader: GpuReader,
    share: float,
    seconds: float,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Wait until every GPU of this process has `share` of its memory free.

    Raises EngineFailed, naming the GPU, when that takes longer than `seconds`.
    """
    until = clock() + seconds
    while True:
        occupied = [gpu for gpu in reader() if gpu.free < share * gpu.total]
        if not occupied:
            return
        if clock() >= until:
            gpu = occupied[0]
            raise EngineFailed(
                f"GPU {gpu.gpu} has {gpu.free / _GIB:.1f} of {gpu.total / _GIB:.1f} GiB free after "
                f"{seconds:.0f} s, the engine needs {share * gpu.total / _GIB:.1f} GiB: another "
                f"process is using the memory"
            )
        sleep(_POLL_S)
