"""Engines that run at once have caches of their own; those that follow find what was compiled."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from culture_ray.engines.vllm import compile_cache
from culture_ray.engines.vllm.compile_cache import take_cache

_TAKE = """
import os, sys
from culture_ray.engines.vllm.compile_cache import take_cache
print(take_cache(os.environ).folder, os.environ["VLLM_CACHE_ROOT"], flush=True)
sys.stdin.read()
"""


def engine(base: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _TAKE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={"VLLM_CACHE_ROOT": str(base), "PYTHONPATH": str(Path.cwd())},
    )  # fmt: skip


def cache_of(process: subprocess.Popen[str]) -> Path:
    assert process.stdout is not None
    taken, named = process.stdout.readline().split()
    assert taken == named
    return Path(taken)


@pytest.mark.slow
def test_two_engines_at_once_have_two_caches_and_the_next_takes_the_one_that_is_free(
    tmp_path: Path,
) -> None:
    first, second = engine(tmp_path), engine(tmp_path)
    taken = [cache_of(process) for process in (first, second)]
    assert sorted(taken) == [tmp_path, tmp_path / "engine-1"]
    first.communicate(timeout=30)
    third = engine(tmp_path)
    assert cache_of(third) == taken[0]
    for process in (second, third):
        process.communicate(timeout=30)


def test_without_locks_the_cache_stays_what_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(compile_cache.fcntl, "flock", refuse)
    environment = {"VLLM_CACHE_ROOT": str(tmp_path)}
    cache = take_cache(environment)
    assert (cache.folder, cache.own) == (tmp_path, False)
    assert environment == {"VLLM_CACHE_ROOT": str(tmp_path)}
