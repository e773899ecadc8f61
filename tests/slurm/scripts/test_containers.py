"""Each container runtime is told which folders to show, in its own way."""

from __future__ import annotations

from pathlib import Path

from tests.slurm.scripts.shell import bash

SHOW = """
scontrol() { printf 'n1\\nn2\\n'; }
cd "$WORK" && enter_container
echo "runner=$CULTURE_RAY_RUNNER"
echo "driver=$driver_runner"
echo "signal=$driver_signal"
echo "steps=${step_options[*]-}"
echo "binds=${APPTAINER_BINDPATH-} ${SINGULARITY_BINDPATH-}"
"""


def entered(folder: Path, runner: str, **more: str) -> dict[str, str]:
    for name in ("work", "results/slurm", "hub", "s"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    variables = {
        "CULTURE_RAY_RUNNER": runner, "WORK": str(folder / "work"), "HF_HOME": str(folder / "hub"),
        "CULTURE_RAY_FOLDER": str(folder / "results/slurm"), "SLURM_JOB_NODELIST": "n[1-2]",
        "CULTURE_RAY_BIND": f"{folder}/results,{folder}/missing",
        "SLURM_JOB_CPUS_PER_NODE": "8(x2)",
        "CULTURE_RAY_SCRATCH": str(folder / "s"), "CULTURE_RAY_SLURM": str(Path("slurm").resolve()),
    }  # fmt: skip
    said = bash(SHOW, variables | more, "containers.sh")
    assert said.stderr == ""
    return dict(line.split("=", 1) for line in said.stdout.splitlines())


def seen(folder: Path) -> list[str]:
    names = ("work", "results", "s", "hub")
    return [*(str(folder / name) for name in names), str(Path("slurm").resolve())]


def test_without_a_container_commands_run_as_they_are(tmp_path: Path) -> None:
    found = entered(tmp_path, "")
    assert found["runner"] == found["driver"] == found["steps"] == ""


def test_apptainer_and_singularity_read_folders_from_a_variable(tmp_path: Path) -> None:
    for runner in ("apptainer exec --nv a.sif", "/opt/bin/singularity exec a.sif"):
        found = entered(tmp_path, runner, APPTAINER_BINDPATH=str(tmp_path / "hub"))
        assert found["runner"] == found["driver"] == runner
        binds = found["binds"].split()
        assert binds[0] == binds[1]
        assert sorted(binds[0].split(",")) == sorted(seen(tmp_path))
        assert found["signal"] == "TERM"


def test_podman_gets_volumes_and_shares_network_memory_and_processes(tmp_path: Path) -> None:
    for program in ("podman-hpc", "podman", "docker"):
        found = entered(tmp_path, f"{program} run --rm --gpu localhost/culture_ray")
        words = found["runner"].split()
        assert words[:2] == [program, "run"]
        assert words[-3:] == ["--rm", "--gpu", "localhost/culture_ray"]
        for option in ("--network=host", "--ipc=host", "--pid=host", "--env-host"):
            assert option in words
        volumes = [word for word in words if word.startswith("--volume=")]
        assert sorted(volumes) == sorted(f"--volume={path}:{path}" for path in seen(tmp_path))
        assert found["driver"].split() == words


def test_pyxis_gets_options_of_srun_and_the_sweep_is_a_step_as_well(tmp_path: Path) -> None:
    runner = f"--container-image=/i.sqsh --container-mounts={tmp_path}:/data --container-writable"
    found = entered(tmp_path, runner)
    assert found["runner"] == ""
    assert found["signal"] == "USR2"
    words = found["steps"].split()
    assert {"--container-image=/i.sqsh", "--container-writable"} <= set(words)
    [mounts] = [w.partition("=")[2] for w in words if w.startswith("--container-mounts")]
    expected = [f"{tmp_path}:/data", *(f"{path}:{path}" for path in seen(tmp_path))]
    assert sorted(mounts.split(",")) == sorted(expected)
    assert f"--container-workdir={tmp_path}/work" in words
    driver = found["driver"].split()
    assert driver[0] == "srun"
    assert set(words) < set(driver)
    assert {"--nodelist=n1", "--cpus-per-task=8", "--overlap", "--export=ALL"} <= set(driver)
