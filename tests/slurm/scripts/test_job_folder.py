"""A job writes into a folder of its own on a node's disk, which is short enough for sockets."""

from __future__ import annotations

from pathlib import Path

from culture_ray.submission.script import slurm_folder
from tests.slurm.scripts.shell import bash


def variables() -> list[str]:
    lines = (slurm_folder() / "job_folder.variables").read_text().splitlines()
    return [line.split()[0] for line in lines if line and not line.startswith("#")]


def test_every_cache_and_temporary_file_goes_into_the_jobs_folder(short_folder: Path) -> None:
    said = bash(
        "job_folder 12 && use_job_folder && env",
        {"CULTURE_RAY_SCRATCH": str(short_folder), "TMPDIR": "/tmp", "VLLM_CACHE_ROOT": "/else"},
        "job_folder.sh",
    )
    found = dict(line.split("=", 1) for line in said.stdout.splitlines() if "=" in line)
    for name in ("TMPDIR", "RAY_TMPDIR", "VLLM_CACHE_ROOT", "TORCHINDUCTOR_CACHE_DIR",
                 "TRITON_CACHE_DIR", "XDG_CACHE_HOME", *variables()):  # fmt: skip
        folder = Path(found[name])
        assert folder.parent == short_folder / "ray-12"
        assert folder.is_dir()
    assert (short_folder / "ray-12").stat().st_mode & 0o77 == 0


def test_weights_and_the_embedded_model_stay_where_they_were(short_folder: Path) -> None:
    scratch = {"CULTURE_RAY_SCRATCH": str(short_folder)}
    told = 'job_folder 12 && use_job_folder && echo "$HF_HOME $CULTURE_RAY_CACHE"'
    for given, expected in (
        ({}, "/home/me/.cache/huggingface /home/me/.cache"),
        ({"XDG_CACHE_HOME": "/big"}, "/big/huggingface /big"),
        ({"HF_HOME": "/hub", "CULTURE_RAY_CACHE": "/c"}, "/hub /c"),
    ):
        assert bash(told, scratch | given, "job_folder.sh").stdout.strip() == expected


def test_what_an_earlier_attempt_left_is_removed(short_folder: Path) -> None:
    (short_folder / "ray-12/session_old").mkdir(parents=True)
    bash("job_folder 12", {"CULTURE_RAY_SCRATCH": str(short_folder)}, "job_folder.sh")
    assert list((short_folder / "ray-12").iterdir()) == []


def test_a_scratch_that_is_too_long_for_sockets_is_refused_and_slurms_own_replaced() -> None:
    long = "/scratch/" + 30 * "x"
    said = bash("job_folder 12; echo $?", {"CULTURE_RAY_SCRATCH": long}, "job_folder.sh")
    assert said.stdout == "1\n"
    assert said.stderr == (
        f"job_folder: {long}/ray-12 has 46 characters, and Ray's sockets leave room for 43: set a "
        "shorter scratch\n"
    )
    said = bash(
        'job_folder no-such-job && echo "$own" && rmdir "$own"', {"SLURM_TMPDIR": long},
        "job_folder.sh",
    )  # fmt: skip
    assert said.stdout == "/tmp/ray-no-such-job\n"


def test_a_folder_that_cannot_be_made_is_named(short_folder: Path) -> None:
    (short_folder / "file").write_text("")
    said = bash("job_folder 12", {"CULTURE_RAY_SCRATCH": f"{short_folder}/file"}, "job_folder.sh")
    assert said.returncode == 1
    assert f"cannot make {short_folder}/file/ray-12 on " in said.stderr


def test_a_folder_is_removed_with_the_processes_that_still_write_into_it(
    short_folder: Path,
) -> None:
    writer = 'while :; do mkdir -p "$TMPDIR/logs"; done'
    said = bash(
        f"job_folder 12; (use_job_folder; exec bash -c '{writer}') & "
        'until [ -d "$own/t/logs" ]; do :; done; remove_job_folder; echo $?',
        {"CULTURE_RAY_SCRATCH": str(short_folder)},
        "job_folder.sh",
    )
    assert said.stdout == "0\n"
    assert not (short_folder / "ray-12").exists()


def test_a_folder_that_nothing_uses_is_removed_without_waiting(short_folder: Path) -> None:
    said = bash(
        "sleep() { echo waits; }; job_folder 12; use_job_folder; remove_job_folder",
        {"CULTURE_RAY_SCRATCH": str(short_folder)},
        "job_folder.sh",
    )
    assert said.stdout == ""
    assert not (short_folder / "ray-12").exists()
