"""Hardware of this machine, as its operating system and drivers report it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from culture_ray.tools.this_machine import this_machine


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program like NVIDIA's, first on the PATH; its text is to be written."""
    program = tmp_path / "nvidia-smi"
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return program


def answer(program: Path, *lines: str, code: int = 0) -> None:
    printed = "\n".join(f"echo '{line}'" for line in lines)
    program.write_text(f"#!/bin/sh\n{printed}\nexit {code}\n", encoding="utf-8")
    program.chmod(0o755)


def test_gpus_are_counted_and_the_smallest_decides(driver: Path) -> None:
    answer(driver, "NVIDIA H100 80GB HBM3, 81559", "NVIDIA A100, 40GB variant, 40960")
    found = this_machine()
    assert found.gpus == 2
    assert found.gpu is not None
    assert (found.gpu.name, found.gpu.memory_gib) == ("NVIDIA A100, 40GB variant", 40.0)


@pytest.mark.parametrize(
    ("lines", "code"), [((), 0), (("No devices were found",), 6), (("GPU, [N/A]",), 0)]
)
def test_a_driver_without_gpus_is_none(driver: Path, lines: tuple[str, ...], code: int) -> None:
    answer(driver, *lines, code=code)
    assert this_machine().gpu is None


def test_cores_and_memory_are_this_machines() -> None:
    found = this_machine()
    assert found.cpus == len(os.sched_getaffinity(0))
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    total = next(int(line.split()[1]) for line in lines if line.startswith("MemTotal"))
    assert found.memory_gib == pytest.approx(total / 2**20, rel=0.01)
