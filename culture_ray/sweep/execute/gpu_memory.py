"""GPU memory: wait until the last user of a GPU has freed it, before the next model loads."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

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


def visible_devices(environment: Mapping[str, str]) -> list[str]:
    """Return the GPUs that Ray gave this process: numbers or ids, of NVIDIA's or of AMD's."""
    names = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES")
    given = next((environment[name] for name in names if environment.get(name)), "")
    return [part for part in given.split(",") if part]


def visible_gpus() -> list[GpuMemory]:
    """Return the memory of the GPUs this process may use; empty without a driver."""
    visible = visible_devices(os.environ)
    return _nvidia_gpus(visible) or amd_gpus(visible)


def amd_gpus(visible: Sequence[str], root: Path = Path("/sys")) -> list[GpuMemory]:
    """Return the memory of AMD GPUs by their numbers, as the kernel counts those it shows.

    A GPU that is not this job's cannot be read, and does not count.
    """
    minors = []
    nodes = root / "class/kfd/kfd/topology/nodes"
    for node in sorted(nodes.glob("*"), key=lambda path: int(path.name)):
        try:
            is_gpu = (node / "gpu_id").read_text("ascii").strip() != "0"
            lines = (node / "properties").read_text("ascii").splitlines()
        except OSError:
            continue
        if is_gpu:
            minors.append(dict(line.split() for line in lines)["drm_render_minor"])
    found = []
    for number in visible:
        if not number.isdecimal() or int(number) >= len(minors):
            continue
        device = root / f"class/drm/renderD{minors[int(number)]}/device"
        used, total = (
            int((device / f"mem_info_vram_{kind}").read_text("ascii")) for kind in ("used", "total")
        )
        found.append(GpuMemory(number, total - used, total))
    return found


def _nvidia_gpus(visible: Sequence[str]) -> list[GpuMemory]:
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
