"""Nodes with several networks, of a Slurm that knows no GPUs, or with AMD's."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.slurm.conftest import Site
from tests.slurm.scripts.shell import program

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(900)]

_WRONG = "172.31.9"
"""Network in which every node has an address, and reaches no other."""


@contextmanager
def names_of_a_network_that_nobody_shares(site: Site) -> Iterator[None]:
    bed = site.bed
    hosts = bed.folder / "etc/hosts"
    right = hosts.read_text()
    wrong = [f"{_WRONG}.{number} n{number}" for number in range(1, bed.size.nodes + 1)]
    hosts.write_text("\n".join([*right.splitlines()[:2], *wrong]) + "\n")
    try:
        for number in range(1, bed.size.nodes + 1):
            _ip(site, number, "add")
        yield
    finally:
        hosts.write_text(right)
        for number in range(1, bed.size.nodes + 1):
            _ip(site, number, "del")


def _ip(site: Site, number: int, verb: str) -> None:
    inner = site.bed._inner(site.bed._nodes[number].pid)
    words = ["ip", "addr", verb, f"{_WRONG}.{number}/32", "dev", "eth0"]
    subprocess.run(["nsenter", f"--target={inner}", "--net", *words], check=True)


def test_a_wrong_first_address_is_passed_over_and_a_wrong_setting_is_named(site: Site) -> None:
    with names_of_a_network_that_nobody_shares(site):
        [job] = site.submit(*site.words("networks", "cluster.slurm.nodes=2"))
        assert site.wait(job, "COMPLETED", "FAILED", "TIMEOUT") == "COMPLETED", site.log(job)
        address = (site.results / "networks/slurm" / job / "address").read_text()
        assert not address.startswith(_WRONG)
        assert len(list((site.results / "networks/slurm" / job).glob("n*.worker.log"))) == 1
        site.check_complete("networks")
        site.check_nothing_left(job)

        words = site.words("unreachable", "cluster.slurm.nodes=2")
        [job] = site.submit(*words, f"cluster.slurm.address={_WRONG}.0/24")
        assert site.wait(job, "COMPLETED", "FAILED", "TIMEOUT") == "FAILED", site.log(job)
        said = (site.results / f"unreachable/slurm/{job}.log").read_text()
        assert "1 of 2 nodes joined in time; missing: n" in said
        assert f"cannot reach the head at {_WRONG}." in said
        assert "half of the job would idle" in said
        assert f"Ray's logs are in {site.results}/unreachable/logs/ray-{job}" in said
        site.check_nothing_left(job)


def test_jobs_on_one_node_count_gpus_that_slurm_does_not_know_and_leave_each_other_alone(
    site: Site,
) -> None:
    path = f"export PATH={site.environment['PATH']}"
    program(site.bed.folder / "bin", "nvidia-smi", "printf 'GPU 0: A\\nGPU 1: A\\n'")
    setups = {"nvidia": f"'{path}'", "amd": f"'{path}','export ROCR_VISIBLE_DEVICES=0,1'"}
    models = ("model.gemma_3_270m", "judge.gemma_3_270m.model")
    jobs = {}
    for maker, setup in setups.items():
        [jobs[maker]] = site.submit(
            *site.words(
                maker, "cluster.slurm.gpu_option=none", "cluster.gpus_per_node=2", pauses=True
            ),
            *(f"{model}.gpus_per_replica=1" for model in models),
            f"cluster.slurm.setup=[{setup}]", "+cluster.slurm.options.nodelist=n1",
        )  # fmt: skip
        assert "#SBATCH --g" not in (site.results / maker / "slurm/sweep.sbatch").read_text()
    site.wait_for(lambda: all(site.state(job) == "RUNNING" for job in jobs.values()), "both jobs")
    for maker, job in jobs.items():
        site.go_on(maker)
        assert site.wait(job, "COMPLETED", "FAILED", "TIMEOUT") == "COMPLETED", site.log(job)
        site.check_complete(maker)
    site.check_nothing_left(*jobs.values())
