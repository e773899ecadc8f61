"""Hardware of this machine as its operating system and drivers report it, without Ray or CUDA."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess

from culture_ray.sweep.execute.gpu_memory import amd_gpus
from culture_ray.sweep.plan.roofline import Gpu
from culture_ray.tools.model_list import Host

_QUERY = ("--query-gpu=name,memory.total", "--format=csv,noheader,nounits")
_MOST_AMD_GPUS = 16
_SECONDS = 20


def this_machine() -> Host:
    """Return the GPUs, cores and memory of this machine. GPUs of several kinds count as the least.

    Speeds of its GPUs are not known here, and are not needed to tell what fits.
    """
    gpus = _nvidia() or [
        ("AMD GPU", gpu.total / 2**30)
        for gpu in amd_gpus([str(number) for number in range(_MOST_AMD_GPUS)])
    ]
    least = min(gpus, key=lambda gpu: gpu[1], default=None)
    return Host(
        name="this machine",
        gpu=None if least is None else Gpu(least[0], least[1], bandwidth_tb_s=1.0, tflops=1.0),
        gpus=len(gpus),
        cpus=len(os.sched_getaffinity(0)),
        memory_gib=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30,
        has_vllm=importlib.util.find_spec("vllm") is not None,
    )


def _nvidia() -> list[tuple[str, float]]:
    """Return name and GiB of NVIDIA's GPUs, by their own program; empty without it."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    try:
        said = subprocess.run(
            [program, *_QUERY], capture_output=True, text=True, check=True, timeout=_SECONDS
        ).stdout
    except (OSError, subprocess.SubprocessError):  # no driver, or one that does not answer
        return []
    found = []
    for line in said.splitlines():
        name, _, size = line.rpartition(",")
        if name and size.strip().isdecimal():  # an unknown size is given in words
            found.append((name.strip(), int(size) / 1024))
    return found
