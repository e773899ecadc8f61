"""A real Slurm for the tests of this folder, and the console command with a stand-in engine."""

from __future__ import annotations

import os
import re
import shlex
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.dataset as ds
import pytest

from culture_ray.engines import embedded
from culture_ray.errors import MissingExtra
from tests.conftest import ROOT
from tests.slurm.testbed import Testbed, why_not

_SMALL_MODEL = ("in_flight=8", "memory_gib=0.1", "cpus_per_replica=1")


@dataclass
class Site:
    """A cluster with a folder that all nodes share, and commands on its login node."""

    bed: Testbed
    environment: dict[str, str] = field(default_factory=dict)
    serial: int = 0

    @property
    def results(self) -> Path:
        return self.bed.folder / "results"

    def words(self, run: str, *more: str, pauses: bool = False) -> list[str]:
        """A small sweep: 24 prompts in four languages, judged, by the stand-in engine.

        One that `pauses` answers a few units, and the rest once `go_on` is called.
        """
        words = ["experiment=quickstart", "cluster=slurm", f"results={self.results}", f"run={run}"]
        words += ["protocol=[hypothetical_interviews_short]", "design.prompts_per_language=24"]
        words += ["cluster.unit_size=4", "stages=[elicit,judge]"]
        for model in ("model.gemma_3_270m", "judge.gemma_3_270m.model"):
            words += [f"{model}.{setting}" for setting in _SMALL_MODEL]
            words.append(f"+{model}.env.STANDIN_SECONDS='0.2'")
        if pauses:
            model = "+model.gemma_3_270m.env"
            words += [f"{model}.STANDIN_PAUSES_AFTER='16'"]
            words += [f"{model}.STANDIN_GOES_ON={self._may_go_on(run)}"]
        words += [
            f"cluster.slurm.scratch={self.bed.local}",
            f"cluster.slurm.setup=['export PATH={self.environment['PATH']}']",
            "cluster.slurm.cpus_per_node=2",
            "cluster.slurm.memory_gib_per_node=2",
            *more,
        ]
        return words

    def go_on(self, run: str) -> None:
        """Let a sweep that pauses, or will, answer all of its requests."""
        self._may_go_on(run).touch()

    def _may_go_on(self, run: str) -> Path:
        return self.bed.folder / f"{run}.goes_on"

    def culture_ray(self, *words: str, seconds: float = 180) -> subprocess.CompletedProcess[str]:
        """The console command, as a user on the login node types it."""
        return subprocess.run(
            [str(self.bed.folder / "bin/culture-ray"), *words],
            check=False, capture_output=True, text=True, timeout=seconds,
            cwd=self.bed.folder / "work", env=os.environ | self.environment,
        )  # fmt: skip

    def submit(self, *words: str) -> list[str]:
        """Submit and return the ids of the jobs."""
        said = self.culture_ray("submit", *words)
        assert said.returncode == 0, said.stderr + said.stdout
        line = next(line for line in said.stdout.splitlines() if line.startswith("submitted: "))
        return line.removeprefix("submitted: ").split(", ")

    def state(self, job: str) -> str:
        """A job's state in Slurm's words; empty when Slurm has forgotten it."""
        said = self.bed.run("scontrol", "show", "job", job, "--oneliner").stdout
        return next((w.split("=")[1] for w in said.split() if w.startswith("JobState=")), "")

    def ended(self, job: str) -> str:
        """Final state of a job as Slurm names it; empty until it ends. Kept when Slurm forgets."""
        told = (self.bed.folder / "log/jobcomp.txt").read_text()
        ends = re.findall(rf"^JobId={job} .*? JobState=(\w+)", told, re.MULTILINE)
        return ends[-1] if ends else ""

    def wait(self, job: str, *states: str, seconds: float = 300) -> str:
        """Wait until a job is in one of the states, and return which."""
        end = time.monotonic() + seconds
        while (state := self.ended(job) or self.state(job)) not in states:
            if time.monotonic() > end:
                raise AssertionError(f"job {job} is {state} after {seconds:g} s\n{self.log(job)}")
            time.sleep(0.5)
        return state

    def wait_for(self, ready: Callable[[], bool], what: str, seconds: float = 300) -> None:
        """Wait until something is there."""
        end = time.monotonic() + seconds
        while not ready():
            assert time.monotonic() < end, f"no {what} within {seconds:g} s"
            time.sleep(0.2)

    def shards(self, run: str) -> int:
        return len(list((self.results / run).glob("responses/**/*.arrow")))

    def log(self, job: str) -> str:
        """Output of a job and of Ray on its nodes, the last 3,000 characters of each file."""
        logs = sorted(self.results.glob(f"*/slurm/{job}.log"))
        logs += sorted(self.results.glob(f"*/slurm/{job}/*.log"))
        return "\n".join(f"== {log.name}\n{log.read_text()[-3000:]}" for log in logs)

    def check_complete(self, run: str, requests: int = 24 * 4) -> None:
        """Rows = requests, each once."""
        folder = self.results / run
        asked = _column(folder / "requests", "request_id", None)
        assert len(asked) == len(set(asked)) == requests
        assert sorted(_column(folder / "responses", "request_id", "hive")) == sorted(asked)
        assert sorted(_column(folder / "labels", "response_id", "hive")) == sorted(asked)

    def check_nothing_left(self, *jobs: str) -> None:
        """No process of the jobs is there, on any node, and no folder of Ray on a node's disk."""
        for job in jobs:
            self.wait_for(
                lambda job=job: not self.bed.processes(f"SLURM_JOB_ID={job}\0"), f"end of job {job}"
            )
            assert not list(self.bed.folder.glob(f"disks/*/local/ray-{job}*"))


def _column(folder: Path, name: str, partitioning: str | None) -> list[str]:
    table = ds.dataset(folder, format="arrow", partitioning=partitioning).to_table(columns=[name])
    return table[name].to_pylist()


@pytest.fixture(scope="session")
def testbed() -> Iterator[Testbed]:
    """Three nodes of four CPUs and four stand-in GPUs, for all tests of a session."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    bed = Testbed()
    try:
        bed.up()
        yield bed
    finally:
        bed.down()
    assert not bed.folder.exists()
    assert not bed.processes(str(bed.folder))


@pytest.fixture
def site(testbed: Testbed) -> Iterator[Site]:
    """The cluster, idle, with the console command in bin/."""
    testbed.wait_idle()
    prepare_model()
    folder = testbed.folder / "bin"
    folder.mkdir(exist_ok=True)
    (testbed.folder / "work").mkdir(exist_ok=True)
    python = shlex.join([sys.executable, "-m", "tests.slurm.driver"])
    executable(folder / "culture-ray", f'exec {python} "$@"')
    executable(folder / "sacct", _SACCT)
    path = os.pathsep.join([str(folder), str(Path(sys.executable).parent), os.environ["PATH"]])
    found = Site(
        testbed, {**testbed.environment, "PATH": path, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
    )
    yield found
    testbed.run("scancel", "--user=root", "--full")
    testbed.run("scancel", "--user=root")
    found.wait_for(lambda: not testbed.run("squeue", "-h").stdout.strip(), "empty queue")


# Slurm without its database has no sacct, which submitit asks for the state of jobs.
_SACCT = """
echo "JobID|State|NodeList"
for word in "$@"; do
    case $word in -*|*[!0-9_,]*) continue ;; esac
    for job in ${word//,/ }; do
        scontrol --oneliner show job "$job" 2>/dev/null | while read -r line; do
            field() { sed -n "s/.* $1=\\([^ ]*\\).*/\\1/p" <<<" $line"; }
            array=$(field ArrayJobId)
            name=${array:+${array}_$(field ArrayTaskId)}
            echo "${name:-$(field JobId)}|$(field JobState)|$(field NodeList)"
        done
    done
done
"""


def prepare_model() -> None:
    """Make the embedded model, which `submit` wants to see; jobs do not load it."""
    try:
        embedded.GEMMA.prepare()
    except MissingExtra as error:
        pytest.skip(str(error))


def executable(path: Path, line: str) -> None:
    """Write a bash script."""
    path.write_text(f"#!/bin/bash\n{line}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
