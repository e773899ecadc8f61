"""Submission at a site with settings of its own: two clusters with accounting, wrappers, limits."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from culture_ray.submission.chain import read_chain
from tests.conftest import ROOT, Said
from tests.slurm.configuration import Setup, Size
from tests.slurm.conftest import Site, executable, prepare_model
from tests.slurm.testbed import Testbed, lua_is_there, why_not

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(900)]

PARTITIONS = (
    "closed Nodes=ALL Default=YES MaxTime=INFINITE State=DOWN",
    "main Nodes=ALL MaxTime=120 State=UP",
    "narrow Nodes=ALL MaxTime=30 MaxCPUsPerNode=2 State=UP",
)
LUA = """    if job.account == "none" then
        slurm.log_user("Choose a project first.")
        return slurm.ERROR
    end"""
SBATCH = shutil.which("sbatch") or "sbatch"
"""Slurm's own, which the site wraps."""

BANNER = 'echo "*** welcome, core hours left: ***"; echo 4711; {sbatch} "$@"; echo "*** bye ***"'


@dataclass
class Strange:
    """Cluster alpha of a site, cluster beta beside it, and commands on alpha's login node."""

    site: Site
    beta: Testbed
    command: Callable[..., Said]

    def words(self, run: str, *more: str) -> list[str]:
        """A small sweep on the partition that is up."""
        return self.site.words(run, "cluster.slurm.partition=main", *more)

    def submit(self, run: str, *more: str) -> str:
        """Submit and return the job's number."""
        said = self.command("submit", *self.words(run, *more))
        assert said.code == 0, said.err + said.out
        line = next(line for line in said.out.splitlines() if line.startswith("submitted: "))
        return line.removeprefix("submitted: ")

    def status(self, run: str) -> str:
        """Status of a run, in one line per paragraph."""
        said = self.command("status", f"run={run}", f"results={self.site.results}", "language=[]")
        assert said.code == 0, said.err
        return said.out

    def cancel(self, run: str) -> str:
        """Cancel the jobs of a run and return the outcome."""
        return self.command("cancel", f"run={run}", f"results={self.site.results}").out


@pytest.fixture(scope="module")
def beds() -> Iterator[tuple[Testbed, Testbed]]:
    """Two clusters with one accounting database; GPUs are not counted, jobs not requeued."""
    if reason := why_not(accounting=True):
        pytest.skip(reason)
    alpha = Testbed(
        Size(nodes=2),
        Setup("alpha", accounting=True, gres=False, requeue=False, partitions=PARTITIONS,
              qos=("single MaxJobsPerUser=1",), lua=LUA if lua_is_there() else None),
    )  # fmt: skip
    beta = Testbed(Size(nodes=1), Setup("beta", gres=False), beside=alpha)
    try:
        alpha.up()
        beta.up()
        _wait_until_registered(alpha, "beta")
        yield alpha, beta
    finally:
        beta.down()
        alpha.down()
    assert not alpha.folder.exists()
    assert not alpha.processes(str(alpha.folder))


def _wait_until_registered(bed: Testbed, cluster: str) -> None:
    """Wait until the database knows where the controller of a cluster is."""
    end = time.monotonic() + 90
    while True:
        known = bed.run("sacctmgr", "-nP", "show", "cluster", "format=Cluster,ControlHost").stdout
        if any(line.startswith(f"{cluster}|") and line[-1] != "|" for line in known.splitlines()):
            return
        assert time.monotonic() < end, f"{cluster} is not registered: {known}"
        time.sleep(0.2)


@pytest.fixture
def strange(
    beds: tuple[Testbed, Testbed],
    culture_ray: Callable[..., Said],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Strange]:
    """The site, with no job in its queues."""
    prepare_model()
    alpha, beta = beds
    folder = alpha.folder / "bin"
    folder.mkdir(exist_ok=True)
    python = shlex.join([sys.executable, "-m", "tests.slurm.driver"])
    executable(folder / "culture-ray", f'PYTHONPATH={ROOT} exec {python} "$@"')
    executable(folder / "sbatch", BANNER.format(sbatch=SBATCH))
    path = os.pathsep.join([str(folder), str(Path(sys.executable).parent), os.environ["PATH"]])
    monkeypatch.setenv("PATH", path)
    monkeypatch.setenv("COLUMNS", "400")
    for name, value in alpha.environment.items():
        monkeypatch.setenv(name, value)
    found = Strange(Site(alpha, {**alpha.environment, "PATH": path}), beta, culture_ray)
    yield found
    for bed in beds:
        bed.run("scancel", "--user=root")
        found.site.wait_for(lambda bed=bed: not bed.run("squeue", "-h").stdout.strip(), "end")


def setup(*lines: str) -> str:
    """Setup lines in place of a sweep: the job ends when they do."""
    return f"cluster.slurm.setup={json.dumps(list(lines))}"


def test_a_sweep_needs_nothing_of_sbatchs_environment_nor_a_short_scratch(strange: Strange) -> None:
    site = strange.site
    long = site.bed.folder / ("scratch_of_this_site_" * 3)
    job = strange.submit(
        "plain", "+cluster.slurm.options.export=NONE", "cluster.slurm.scratch=null",
        setup(
            f"export PATH={site.environment['PATH']}", f"export SLURM_TMPDIR={long}",
            f"export PYTHONPATH={ROOT}",  # Ray's workers look there before they look at packages
        ),
    )  # fmt: skip
    assert site.wait(job, "COMPLETED", "FAILED", "TIMEOUT") == "COMPLETED", site.log(job)
    site.check_complete("plain")
    site.check_nothing_left(job)
    assert not long.exists(), "Ray's sockets would not fit there"
    assert not list(Path("/tmp").glob(f"ray-{job}-*"))
    assert f"Slurm job {job}: completed" in strange.status("plain")
    recorded = json.loads((site.results / "plain/provenance.json").read_text())["command"]
    assert recorded.startswith("culture-ray submit experiment=quickstart")
    assert "cluster.address" not in recorded


def test_a_job_asks_to_be_requeued_and_one_that_may_not_says_how_to_go_on(strange: Strange) -> None:
    """The site requeues no job by itself."""
    site, bed = strange.site, strange.site.bed
    held = setup("sleep 300")
    asks = strange.submit("asks", held)
    may_not = strange.submit("may_not", held, "+cluster.slurm.options.no-requeue=true")
    site.wait_for(lambda: all(site.state(j) == "RUNNING" for j in (asks, may_not)), "both jobs")
    assert bed.run("scontrol", "requeue", asks).returncode == 0
    assert site.wait(asks, "PENDING", "RUNNING")
    node = bed.run("squeue", "-h", "-j", may_not, "-o", "%N").stdout.strip()
    bed.run("scontrol", "update", f"NodeName={node}", "State=DOWN", "Reason=power")
    try:
        assert site.wait(may_not, "NODE_FAIL", "PENDING", "COMPLETED") == "NODE_FAIL"
        shown = strange.status("may_not")
        assert f"Slurm job {may_not}: node fail" in shown
        assert "submit again with: culture-ray submit experiment=quickstart" in shown
    finally:
        bed.run("scontrol", "update", f"NodeName={node}", "State=RESUME")


def test_a_failed_job_shows_how_it_ended(strange: Strange) -> None:
    job = strange.submit("failed", setup("echo no such disk >&2", "exit 4"))
    strange.site.wait(job, "FAILED", "COMPLETED")
    shown = strange.status("failed")
    assert f"Slurm job {job}: failed, exit code 4" in shown
    assert "no such disk" in shown
    assert "submit again with: culture-ray submit experiment=quickstart" in shown


def test_a_wrapper_that_prints_a_banner_orphans_no_job_of_a_chain(strange: Strange) -> None:
    words = [
        "cluster.max_replicas=1", "cluster.slurm.time_limit_hours=0.034", "cluster.grace_s=10",
        "cluster.slurm.drain_s=30", "cluster.start_s=1", "cluster.slurm.max_jobs=3",
        "model.gemma_3_270m.tokens_per_s=50", "judge.gemma_3_270m.model.tokens_per_s=50",
        setup("sleep 300"),
    ]  # fmt: skip
    jobs = strange.submit("chain", *words).split(", ")
    assert len(jobs) == 3
    assert "4711" not in jobs
    there = strange.site.bed.run("squeue", "-h", "-o", "%i").stdout.split()
    assert sorted(there) == sorted(jobs)
    assert strange.cancel("chain") == f"run chain: cancelled: {', '.join(jobs)}\n"
    for job in jobs:
        strange.site.wait(job, "CANCELLED")


def test_jobs_of_two_clusters_with_one_number_are_told_apart(strange: Strange) -> None:
    alpha, beta = strange.site.bed, strange.beta
    last = {
        bed: int(bed.run(SBATCH, "--parsable", *more, "--wrap=true").stdout.split(";")[0])
        for bed, more in ((alpha, ["--partition=main"]), (beta, []))
    }
    for bed, more in ((alpha, ["--partition=main"]), (beta, [])):
        for _ in range(max(last.values()) - last[bed]):
            bed.run(SBATCH, *more, "--wrap=true")
    held = setup("sleep 300")
    here = strange.submit("here", held)
    there = strange.submit(
        "there", held, "cluster.slurm.partition=main", "+cluster.slurm.options.clusters=beta"
    )
    assert here == there
    folders = [strange.site.results / run / "slurm" for run in ("here", "there")]
    assert [read_chain(folder)[0].cluster for folder in folders] == ["alpha", "beta"]
    refused = strange.command("submit", *strange.words("there", held))
    assert f"run 'there' already has jobs ({there})" in refused.complaint
    assert strange.cancel("there") == f"run there: cancelled: {there}\n"
    strange.site.wait_for(
        lambda: "CANCELLED" in beta.run("scontrol", "show", "job", there).stdout, "cancelled job"
    )
    assert strange.site.state(here) in ("RUNNING", "PENDING")
    shown = strange.status("here")
    assert f"Slurm job {here}: running" in shown or f"Slurm job {here}: pending" in shown
    assert f"Slurm job {there}: cancelled" in strange.status("there")


def test_what_cannot_run_is_refused_before_it_waits(strange: Strange) -> None:
    def refusal(*words: str) -> str:
        return strange.command("submit", *strange.words("refused", *words)).complaint

    assert "the default partition, closed, is down" in refusal("cluster.slurm.partition=null")
    assert "up to 2 cores and it would ask for 3" in refusal(
        "cluster.slurm.partition=narrow", "cluster.slurm.cpus_per_node=3",
        "model.gemma_3_270m.cpus_per_replica=2",
    )  # fmt: skip
    assert "set cluster.slurm.memory_gib_per_node=15" in refusal(
        "cluster.slurm.memory_gib_per_node=500"
    )
    said = refusal("+cluster.slurm.options.foo=1")
    assert "unrecognized option '--foo=1'" in said
    assert "change cluster.slurm.options" in said
    assert "set cluster.slurm.qos" in refusal("cluster.slurm.qos=nowhere")
    if lua_is_there():
        assert "Choose a project first." in refusal("cluster.slurm.account=none")
    assert "options.clusters" in refusal("+cluster.slurm.options.clusters=gamma")
    assert not strange.site.bed.run("squeue", "-h").stdout


def test_a_dry_run_shows_slurms_own_view(strange: Strange) -> None:
    said = strange.command("submit", *strange.words("dry"), "--dry-run").out
    assert said.splitlines()[-1].startswith("# sbatch --test-only: ")
    assert "to start at" in said.splitlines()[-1]


def test_a_job_that_waits_for_a_qos_says_so(strange: Strange) -> None:
    words = ("cluster.slurm.qos=single", setup("sleep 300"))
    strange.submit("first", *words)
    second = strange.submit("second", *words)
    waiting = f"Slurm job {second}: pending"
    strange.site.wait_for(lambda: "QOSMaxJobsPerUserLimit" in strange.status("second"), "a reason")
    assert waiting in strange.status("second")
