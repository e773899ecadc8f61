"""A launcher's job writes into the same places of its folder as a batch script's."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from culture_ray.config.job_folder import job_folder


def test_caches_are_in_the_folder_while_it_is_there_and_weights_are_not() -> None:
    environment = {"TMPDIR": "/before", "XDG_CACHE_HOME": "/big"}
    with job_folder(environment) as folder:
        for name in ("TMPDIR", "RAY_TMPDIR", "VLLM_CACHE_ROOT", "TRITON_CACHE_DIR"):
            assert Path(environment[name]).parent == folder
            assert Path(environment[name]).is_dir()
        assert environment["HF_HOME"] == "/big/huggingface"
        assert environment["CULTURE_RAY_CACHE"] == "/big"
        assert len(str(folder)) < 30
    assert environment == {"TMPDIR": "/before", "XDG_CACHE_HOME": "/big"}
    assert not folder.exists()


def test_a_folder_of_slurms_that_is_too_long_for_sockets_is_not_used(tmp_path: Path) -> None:
    with job_folder({"SLURM_TMPDIR": str(tmp_path)}) as folder:
        assert folder.parent == Path("/tmp")


def test_the_folder_is_removed_after_an_error_and_pythons_own_is_the_one_of_before() -> None:
    before = tempfile.gettempdir()
    with pytest.raises(KeyboardInterrupt), job_folder({}) as folder:
        raise KeyboardInterrupt
    assert not folder.exists()
    assert tempfile.gettempdir() == before
