"""Kernels that one engine has compiled are there for the next one, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.engines.vllm.shared_kernels import copy_shared, share_finished


def compile_one(cache: Path, name: str, kind: str = "torch_compile_cache") -> Path:
    """An entry of two kernels, as an engine writes it."""
    folder = cache / kind / name / "rank_0_0"
    folder.mkdir(parents=True)
    for kernel in ("a.so", "index.py"):
        (folder / kernel).write_text(f"{name} {kernel}")
    return folder


def test_an_engine_that_loads_later_finds_what_another_has_finished(tmp_path: Path) -> None:
    first, second = tmp_path, tmp_path / "engine-1"
    compile_one(first, "0a1b")
    compile_one(first, "2c3d", "torch_aot_compile")
    assert copy_shared(second, tmp_path) == 0  # nothing is finished yet
    assert share_finished(first, tmp_path) == 2
    assert copy_shared(second, tmp_path) == 2
    copied = second / "torch_compile_cache/0a1b/rank_0_0"
    assert sorted(path.name for path in copied.iterdir()) == ["a.so", "index.py"]
    # The list that vLLM writes in place is a copy: what one adds, the other does not read.
    (copied / "index.py").write_text("another")
    assert (first / "torch_compile_cache/0a1b/rank_0_0/index.py").read_text() == "0a1b index.py"
    assert (copied / "a.so").stat().st_nlink == 3
    assert (share_finished(second, tmp_path), copy_shared(first, tmp_path)) == (0, 0)


def test_a_copy_that_fails_half_way_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_one(tmp_path, "0a1b")

    def fills_the_disk(source: Path, target: Path, **_: object) -> None:
        target.mkdir(parents=True)
        (target / "a.so").write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copytree", fills_the_disk)
    assert share_finished(tmp_path, tmp_path) == 0
    assert list((tmp_path / "finished/torch_compile_cache").iterdir()) == []
