"""A whole job on one machine, with stand-ins for Slurm and Ray: how it ends and what it leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from culture_ray.submission.script import slurm_folder
from culture_ray.submission.slurm.log_file import last_line
from tests.conftest import ROOT
from tests.slurm.scripts.shell import PLAIN, program

pytestmark = pytest.mark.slow

SRUN = """
while [[ ${1:-} == -* ]]; do
    case $1 in --output=*) out=${1#*=} out=${out//%N/n1} ;; esac
    shift
done
export SLURM_STEP_ID=0 SLURMD_NODENAME=n1
echo $$ >"$SITE/step.pid"
exec "$@" >>"$out" 2>&1
"""

# As the real one: a session's folder, the address, and then the foreground until TERM.
RAY = """
for word in "$@"; do case $word in --temp-dir=*) own=${word#*=} ;; esac; done
echo "$@" >"$SITE/ray.words"; env >"$SITE/ray.env"; echo $$ >"$SITE/ray.pid"
mkdir -p "$own/session_1/logs" "$TMPDIR/torchinductor_me" && ln -s session_1 "$own/session_latest"
echo "a line of the raylet" >"$own/session_1/logs/raylet.out"
[ -z "${RAY_FAILS:-}" ] || exit 7
trap 'exit 0' TERM
echo 127.0.0.1:6379 >"$own/ray_current_cluster"
while :; do sleep 0.05; done
"""

SCANCEL = """
case $1 in --signal=URG) ;; *) echo "$@" >>"$SITE/cancelled"; exit ;; esac
kill -URG "$(cat "$SITE/step.pid")" 2>/dev/null || true
"""


@dataclass
class Job:
    """A job's script with stand-ins, its folder and its variables."""

    site: Path
    variables: dict[str, str]

    def start(self, **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["bash", str(slurm_folder() / "sweep.sbatch"), "run=x"],
            env=PLAIN | self.variables | more, text=True, cwd=self.site,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def run(self, **more: str) -> tuple[int, str]:
        job = self.start(**more)
        said, _ = job.communicate(timeout=120)
        return job.returncode, said

    def last_line(self, said: str) -> str:
        """Return the line of the log that `status` would show."""
        log = self.site / "log"
        log.write_text(said)
        return last_line(log)

    def kept(self) -> list[str]:
        logs = self.site / "run/logs"
        return sorted(str(path.relative_to(logs)) for path in logs.rglob("*.out"))

    def check_nothing_left(self) -> None:
        assert list((self.site / "disk").iterdir()) == []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
            except OSError:
                continue
            assert f"SITE={self.site}".encode() not in words, words[:200]


@pytest.fixture
def job(short_folder: Path) -> Iterator[Job]:
    site, stand_ins = short_folder, short_folder / "bin"
    for name, text in (("srun", SRUN), ("ray", RAY), ("scancel", SCANCEL)):
        program(stand_ins, name, text)
    program(stand_ins, "scontrol", "[ $2 = hostnames ] && echo n1 || echo 'GresTypes = gpu'")
    program(stand_ins, "squeue", "true")
    program(
        stand_ins, "culture-ray",
        'echo "$@" >"$SITE/driver.words"; env >"$SITE/driver.env"; eval "$SWEEP"',
    )  # fmt: skip
    for name in ("disk", "run/slurm", "run/logs"):
        (site / name).mkdir(parents=True)
    yield Job(
        site,
        {
            "SITE": str(site), "PATH": f"{stand_ins}:{Path(sys.executable).parent}:{PLAIN['PATH']}",
            "PYTHONPATH": str(ROOT), "CULTURE_RAY_SCRATCH": str(site / "disk"),
            "CULTURE_RAY_FOLDER": str(site / "run/slurm"), "CULTURE_RAY_LOGS": f"{site}/run/logs",
            "SLURM_JOB_ID": "77", "SLURM_JOB_NODELIST": "n1", "SLURM_JOB_NUM_NODES": "1",
            "SLURM_JOB_CPUS_PER_NODE": "2", "SLURM_CPUS_ON_NODE": "2", "SWEEP": "exit 0",
            "SLURM_MEM_PER_NODE": "1024", "SLURM_SUBMIT_DIR": str(site), "HOME": str(site),
        },
    )  # fmt: skip


def wait_for(ready: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_sweep_that_is_done_leaves_nothing_and_keeps_no_logs(job: Job) -> None:
    code, said = job.run()
    assert code == 0, said
    assert said.splitlines()[-1] == "sweep.sbatch: exit code 0"
    assert job.kept() == []
    job.check_nothing_left()


def test_ray_is_given_the_memory_of_the_job_and_ends_no_replica_for_the_nodes(job: Job) -> None:
    job.run()
    words = (job.site / "ray.words").read_text().split()
    given = dict(word.split("=", 1) for word in words if "=" in word)
    assert int(given["--memory"]) + int(given["--object-store-memory"]) == 2**30
    assert given["--num-cpus"] == "2"
    assert "RAY_memory_monitor_refresh_ms=0\n" in (job.site / "ray.env").read_text()


def test_ray_and_the_sweep_write_into_the_jobs_folders(job: Job) -> None:
    job.run()
    for log, folder in (("ray.env", "ray-77"), ("driver.env", "ray-77-d")):
        assert f"TMPDIR={job.site}/disk/{folder}/t\n" in (job.site / log).read_text()


@pytest.mark.parametrize("code", [1, 2, 3])
def test_a_sweep_that_fails_keeps_rays_logs_in_the_run_and_says_where(job: Job, code: int) -> None:
    ended, said = job.run(SWEEP=f"exit {code}")
    assert ended == code
    assert job.kept() == ["ray-77/n1/raylet.out"]
    assert f"sweep.sbatch: Ray's logs are in {job.site}/run/logs/ray-77\n" in said
    job.check_nothing_left()


def test_a_sweep_that_is_drained_keeps_none(job: Job) -> None:
    assert job.run(SWEEP="exit 75")[0] == 75
    assert job.kept() == []
    job.check_nothing_left()


def test_a_ray_that_does_not_start_keeps_its_logs(job: Job) -> None:
    code, said = job.run(RAY_FAILS="1")
    assert code == 1
    assert "sweep.sbatch: Ray's head did not start (n1); its words are in " in said
    assert f"Ray's logs in {job.site}/run/logs/ray-77" in said
    assert job.kept() == ["ray-77/n1/raylet.out"]
    job.check_nothing_left()


KILLS_HEAD = """kill -KILL $(cat $SITE/ray.pid)
until [ -e $SITE/run/slurm/77/ended ]; do sleep 0.05; done
"""


def test_a_job_that_stops_names_the_next_of_its_chain(job: Job) -> None:
    chain = job.site / "chain"
    chain.write_text("76\n77;alpha\n78;alpha\n79;alpha\n")
    code, said = job.run(SWEEP="echo stopped; exit 75", CULTURE_RAY_CHAIN=str(chain))
    assert code == 75
    assert "job 78 of the chain resumes the run" in said
    assert job.last_line(said) == "stopped"
    chain.write_text("76\n77\n")
    _, said = job.run(SWEEP="exit 75", CULTURE_RAY_CHAIN=str(chain))
    assert "resumes the run" not in said


@pytest.mark.parametrize("sweep", ["exit 1", "kill -ABRT $$"])
def test_a_head_that_ends_is_told_and_the_next_job_of_the_chain_goes_on(
    job: Job, sweep: str
) -> None:
    chain = job.site / "chain"
    chain.write_text("77\n78\n")
    code, said = job.run(SWEEP=KILLS_HEAD + sweep, CULTURE_RAY_CHAIN=str(chain))
    assert code == 75, said
    head = job.site / "run/slurm/77/n1.head.log"
    assert job.last_line(said) == (
        f"sweep.sbatch: Ray's head ended while the sweep ran; see {head}"
    )
    assert head.exists()
    assert not (job.site / "cancelled").exists()
    assert job.kept() == ["ray-77/n1/raylet.out"]
    job.check_nothing_left()


@pytest.mark.parametrize("code", [0, 3])
def test_a_head_that_ends_after_the_sweep_changes_nothing(job: Job, code: int) -> None:
    ended, said = job.run(SWEEP=f"{KILLS_HEAD} exit {code}")
    assert ended == code
    assert "head ended" not in said


def test_a_killed_sweep_is_known_by_its_own_last_words(job: Job) -> None:
    code, said = job.run(SWEEP="echo 3 of 8 units; kill -KILL $$")
    assert code == 137
    assert " Killed " in said  # bash's own line, which follows
    assert job.last_line(said) == "3 of 8 units"


def test_a_cancelled_job_leaves_nothing_even_if_the_sweep_does_not_stop(job: Job) -> None:
    # As Slurm does: TERM to all at once, and KILL later.
    live = job.site / "run/live"
    live.mkdir()
    progress = "touch $SITE/run/live/$(uname -n)-$$.json"
    stuck = f"trap '' TERM; {progress}; touch $SITE/began; while :; do sleep 0.05; done"
    batch = job.start(SWEEP=stuck)
    wait_for((job.site / "began").exists)
    os.kill(int((job.site / "step.pid").read_text()), signal.SIGTERM)
    os.kill(batch.pid, signal.SIGTERM)
    said, _ = batch.communicate(timeout=60)
    assert batch.returncode == 75, said
    assert list(live.iterdir()) == []  # or `status` would show a sweep that runs
    job.check_nothing_left()


def test_a_sweep_that_loses_ray_to_a_cancelled_job_is_stopped_and_not_broken(job: Job) -> None:
    chain = job.site / "chain"
    chain.write_text("77\n78\n")
    batch = job.start(
        SWEEP="trap 'exit 1' TERM; touch $SITE/began; while :; do sleep 0.05; done",
        CULTURE_RAY_CHAIN=str(chain),
    )
    wait_for((job.site / "began").exists)
    os.kill(int((job.site / "step.pid").read_text()), signal.SIGTERM)
    os.kill(batch.pid, signal.SIGTERM)
    said, _ = batch.communicate(timeout=60)
    assert batch.returncode == 75, said
    assert not (job.site / "cancelled").exists()  # the next job of the chain resumes the run
    assert job.kept() == []


def test_a_job_near_its_time_limit_drains(job: Job) -> None:
    batch = job.start(SWEEP="trap 'exit 75' TERM; touch $SITE/began; while :; do sleep 0.05; done")
    wait_for((job.site / "began").exists)
    os.kill(batch.pid, signal.SIGUSR2)
    said, _ = batch.communicate(timeout=60)
    assert batch.returncode == 75, said
    job.check_nothing_left()


@pytest.mark.parametrize("code", [0, 1, 3, 75])
def test_a_job_for_one_process_starts_no_ray(job: Job, code: int) -> None:
    chain = job.site / "chain"
    chain.write_text("77\n78\n")
    words = {"CULTURE_RAY_NO_RAY": "1", "CULTURE_RAY_CHAIN": str(chain)}
    ended, said = job.run(SWEEP=f"echo 3 of 8 units; exit {code}", **words)
    assert ended == code, said
    assert job.last_line(said) == "3 of 8 units"
    assert (job.site / "driver.words").read_text() == "sweep run=x\n"
    assert f"TMPDIR={job.site}/disk/ray-77-d/t\n" in (job.site / "driver.env").read_text()
    assert not (job.site / "ray.words").exists()
    assert not (job.site / "run/slurm/77").exists(), "where Ray on the nodes writes to"
    assert (job.site / "cancelled").exists() == (code != 75)
    job.check_nothing_left()


@pytest.mark.parametrize(("trap", "told"), [("exit 75", "USR2"), ("", "TERM")])
def test_a_job_without_ray_stops_like_any_other(job: Job, trap: str, told: str) -> None:
    stuck = f"trap '{trap}' TERM; touch $SITE/began; while :; do sleep 0.05; done"
    batch = job.start(SWEEP=stuck, CULTURE_RAY_NO_RAY="1")
    wait_for((job.site / "began").exists)
    os.kill(batch.pid, getattr(signal, f"SIG{told}"))
    said, _ = batch.communicate(timeout=60)
    assert batch.returncode == 75, said
    job.check_nothing_left()
