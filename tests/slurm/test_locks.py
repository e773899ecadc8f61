"""Jobs on several nodes share an account only where the locks of its folder hold between them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api_server.running import Running, api_server
from tests.conftest import ROOT
from tests.slurm.conftest import Site

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(900)]

FAULTS = Path(__file__).with_name("lock_faults")


@pytest.fixture
def server(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """An API that answers at once until it is told to wait."""
    with api_server(host=site.bed.login) as running:
        monkeypatch.setenv("CULTURE_RAY_TEST_KEY", running.key)
        yield running


def _submitted(site: Site, server: Running, run: str, node: str, account: Path, locks: str) -> str:
    api = f"{{base_url: '{server.base_url}', key_variable: CULTURE_RAY_TEST_KEY}}"
    setup = [f"export PATH={site.environment['PATH']}"]
    if locks != "shared":
        setup += [f"export PYTHONPATH={FAULTS}:{ROOT}"]
        setup += [f"export BAD_LOCKS={locks} BAD_LOCKS_IN={account}"]
    [job] = site.submit(
        "experiment=quickstart", "cluster=slurm", f"results={site.results}", f"run={run}",
        "model=[gpt_4o]", "judge=[]", "protocol=[hypothetical_interviews_short]", "language=[en]",
        "design.prompts_per_language=4", "stages=[elicit]", f"+model.gpt_4o.api={api}",
        "+model.gpt_4o.prices={input: 2.0, output: 8.0}", "model.gpt_4o.most_replicas=1",
        "spending.cap_dollars=5", f"spending.account={account}",
        f"cluster.slurm.scratch={site.bed.local}", f"+cluster.slurm.options.nodelist={node}",
        f"cluster.slurm.setup=[{','.join(repr(line) for line in setup)}]",
        "cluster.slurm.cpus_per_node=2", "cluster.slurm.memory_gib_per_node=2",
    )  # fmt: skip
    return job


@pytest.mark.parametrize("locks", ["shared", "local"])
def test_a_second_node_joins_an_account_only_if_its_locks_are_known_to_the_first(
    site: Site, server: Running, locks: str
) -> None:
    account = site.bed.folder / f"account_{locks}"
    runs = [f"{locks}_first", f"{locks}_second"]
    server.change(answers={"seconds": 600.0})  # the first job waits for its answers
    first = _submitted(site, server, runs[0], "n1", account, locks)
    site.wait_for(lambda: server.stats()["admitted"] > 0, f"request of job {first}")
    server.change(answers={"seconds": 0.0})
    second = _submitted(site, server, runs[1], "n2", account, locks)
    state = site.wait(second, "COMPLETED", "FAILED", "TIMEOUT")
    assert state == ("COMPLETED" if locks == "shared" else "FAILED"), site.log(second)
    if locks == "local":
        said = " ".join((site.results / runs[1] / f"slurm/{second}.log").read_text().split())
        assert f"file locks in {account}/locks hold on one machine only: n2 was given" in said
        assert "one that n1 holds, so jobs on several nodes could pay twice or pass a cap" in said
        assert "Traceback" not in said
        assert site.state(first) == "RUNNING"
    assert site.shards(runs[1]) == (1 if locks == "shared" else 0)
    site.bed.run("scancel", first)
    site.wait(first, "CANCELLED", "COMPLETED", "FAILED")
    site.check_nothing_left(first, second)


def test_an_account_without_file_locks_is_refused_in_one_line(site: Site, server: Running) -> None:
    account = site.bed.folder / "account_none"
    job = _submitted(site, server, "no_locks", "n1", account, "none")
    assert site.wait(job, "COMPLETED", "FAILED", "TIMEOUT") == "FAILED", site.log(job)
    said = " ".join((site.results / f"no_locks/slurm/{job}.log").read_text().split())
    assert f"cannot lock {account}/" in said
    assert "its file system does not support file locks (No locks available)" in said
    assert "Traceback" not in said
    assert sum(server.stats()["paid"].values()) == 0
    site.check_nothing_left(job)
