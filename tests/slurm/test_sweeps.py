"""Sweeps through a real Slurm end with rows = requests and leave nothing behind."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pyarrow.dataset as ds
import pytest

from tests.api_server.running import api_server
from tests.conftest import ROOT
from tests.slurm.conftest import Site

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(900)]


def test_a_sweep_over_two_nodes_with_gpus_completes(site: Site) -> None:
    [job] = site.submit(
        *site.words("two", "cluster.slurm.nodes=2", "cluster.gpus_per_node=2"),
        "model.gemma_3_270m.gpus_per_replica=1",
        "judge.gemma_3_270m.model.gpus_per_replica=1",
        "+cluster.slurm.options.cpus-per-gpu=1",
    )
    script = (site.results / "two/slurm/sweep.sbatch").read_text()
    assert "#SBATCH --cpus-per-gpu=1" in script
    assert "--cpus-per-task" not in script
    assert site.wait(job, "COMPLETED", "FAILED", "TIMEOUT") == "COMPLETED", site.log(job)
    site.check_complete("two")
    hosts = {log.name for log in (site.results / "two/slurm" / job).glob("n*.log")}
    assert len(hosts) == 2
    assert "CANCELLED" not in site.log(job)  # nodes are told to stop in a way that is no error
    assert not list((site.results / "two/logs").glob("ray-*"))  # kept only after a failure
    site.check_nothing_left(job)


def test_an_api_is_asked_from_a_container_on_a_node_without_gpus(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = site.bed.folder / "image.sif"
    folders = ["/usr", "/bin", "/lib", "/lib64", "/etc", str(ROOT), sys.prefix, sys.base_prefix]
    image.write_text(f"{' '.join(folders)}\n{Path(sys.executable).parent}:/usr/bin:/bin\n")
    shutil.copy(Path(__file__).with_name("apptainer.sh"), site.bed.folder / "bin/apptainer")
    monkeypatch.setenv("SITE_FOLDER", str(site.bed.folder))
    with api_server(host=site.bed.login) as server:
        monkeypatch.setenv("CULTURE_RAY_TEST_KEY", server.key)
        api = f"{{base_url: '{server.base_url}', key_variable: CULTURE_RAY_TEST_KEY}}"
        words = [
            "experiment=quickstart", "cluster=slurm", f"results={site.results}", "run=api",
            "model=[gpt_4o]", "judge=[gpt_4_1]", "protocol=[hypothetical_interviews_short]",
            "design.prompts_per_language=24", "stages=[elicit,judge]", "cluster.unit_size=12",
            "spending.cap_dollars=5", "cluster.slurm.scratch=$SITE_FOLDER/local",
            "cluster.slurm.container='apptainer exec --nv $SITE_FOLDER/image.sif'",
            "cluster.slurm.head={cpus: 2, memory_gib: 2}",
        ]  # fmt: skip
        for model in ("model.gpt_4o", "judge.gpt_4_1.model"):
            words += [
                f"+{model}.api={api}",
                f"+{model}.prices={{input: 2.0, output: 8.0}}", f"{model}.most_replicas=1",
                f"+{model}.limits={{requests_per_minute: 60000}}",
            ]  # fmt: skip
        [job] = site.submit(*words)
        assert "#SBATCH --gpus" not in (site.results / "api/slurm/sweep.sbatch").read_text()
        assert site.wait(job, "COMPLETED", "FAILED", "TIMEOUT") == "COMPLETED", site.log(job)
        assert len(server.stats()["paid"]) == 2 * 24 * 4
    site.check_complete("api")
    site.check_nothing_left(job)


def test_models_on_gpus_answer_in_one_job_and_an_api_judges_them_in_the_next(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with api_server(host=site.bed.login) as server:
        monkeypatch.setenv("CULTURE_RAY_TEST_KEY", server.key)
        api = f"{{base_url: '{server.base_url}', key_variable: CULTURE_RAY_TEST_KEY}}"
        first, second = site.submit(
            "experiment=quickstart", "cluster=slurm", f"results={site.results}", "run=parts",
            "judge=[gpt_4_1]", "protocol=[hypothetical_interviews_short]",
            "design.prompts_per_language=24", "stages=[elicit,judge]", "cluster.unit_size=12",
            "model.gemma_3_270m.gpus_per_replica=1", "model.gemma_3_270m.in_flight=8",
            "model.gemma_3_270m.cpus_per_replica=1",
            "+model.gemma_3_270m.env.STANDIN_SECONDS='0.2'",
            f"+judge.gpt_4_1.model.api={api}", "judge.gpt_4_1.model.most_replicas=1",
            "+judge.gpt_4_1.model.prices={input: 2.0, output: 8.0}",
            "+judge.gpt_4_1.model.limits={requests_per_minute: 6000}", "spending.cap_dollars=5",
            "cluster.gpus_per_node=2", "cluster.slurm.nodes=1", "cluster.slurm.cpus_per_node=2",
            "cluster.slurm.memory_gib_per_node=2", f"cluster.slurm.scratch={site.bed.local}",
            f"cluster.slurm.setup=['export PATH={site.environment['PATH']}']",
        )  # fmt: skip
        assert site.state(second) == "PENDING"
        for job in (first, second):
            assert site.wait(job, "COMPLETED", "FAILED", "TIMEOUT") == "COMPLETED", site.log(job)
        assert len(server.stats()["paid"]) == 24 * 4
    folder = site.results / "parts/slurm"
    requests = ["#SBATCH --gpus-per-node" in script.read_text() for script in _scripts(folder)]
    assert requests == [True, False]
    assert (folder / first / "n1.head.log").exists()
    assert not (folder / second).exists(), "the driver's process asks the judge without Ray"
    site.check_complete("parts")
    said = site.culture_ray("status", "run=parts", f"results={site.results}").stdout
    assert f"Slurm job {first} (models on GPUs): completed" in said
    assert f"Slurm job {second} (models without GPUs): completed" in said
    site.check_nothing_left(first, second)


@pytest.mark.engine
def test_vllm_itself_answers_on_a_node(site: Site) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    [job] = site.submit(
        "experiment=quickstart", "cluster=slurm", f"results={site.results}", "run=real",
        "language=[en]", "protocol=[hypothetical_interviews_short]", "stages=[elicit,judge]",
        "design.prompts_per_language=8", "cluster.unit_size=4",
        f"cluster.slurm.scratch={site.bed.local}", f"cluster.slurm.setup=['export PATH={path}']",
        "cluster.slurm.cpus_per_node=2", "cluster.slurm.memory_gib_per_node=6",
    )  # fmt: skip
    state = site.wait(job, "COMPLETED", "FAILED", "TIMEOUT", seconds=600)
    assert state == "COMPLETED", site.log(job)
    site.check_complete("real", requests=8)
    assert len(set(_texts(site.results / "real"))) > 4
    site.check_nothing_left(job)


def test_a_cancelled_sweep_goes_on_when_it_is_submitted_again(site: Site) -> None:
    words = site.words("cancelled", pauses=True)
    [job] = site.submit(*words)
    site.wait_for(lambda: site.shards("cancelled") >= 2, "shards")
    said = site.culture_ray("cancel", "run=cancelled", f"results={site.results}")
    assert said.stdout == f"run cancelled: cancelled: {job}\n"
    assert site.wait(job, "CANCELLED", "COMPLETED") == "CANCELLED"
    site.check_nothing_left(job)
    kept = site.shards("cancelled")
    assert kept >= 2
    site.go_on("cancelled")
    [again] = site.submit(*words)
    assert site.wait(again, "COMPLETED", "FAILED") == "COMPLETED", site.log(again)
    site.check_complete("cancelled")


def test_a_driver_beside_gpu_nodes_goes_on_where_it_stood_when_its_job_is_requeued(
    site: Site,
) -> None:
    words = site.words(
        "beside", "cluster.slurm.nodes=1", "cluster.gpus_per_node=2",
        "cluster.slurm.head={cpus: 1, memory_gib: 2}", pauses=True,
    )  # fmt: skip
    for model in ("model.gemma_3_270m", "judge.gemma_3_270m.model"):
        # More cores than the head has: every replica has to be on the other node.
        words += [f"{model}.gpus_per_replica=1", f"{model}.cpus_per_replica=2"]
    [job] = site.submit(*words)
    site.wait_for(lambda: site.shards("beside") >= 2, "shards")
    said = site.culture_ray("status", "run=beside", f"results={site.results}").stdout
    for part in (0, 1):
        assert f"Slurm job {job}+{part}: running" in said
    assert site.bed.run("scontrol", "requeue", job).returncode == 0
    site.go_on("beside")
    site.wait(job, "PENDING", "RUNNING")
    assert site.wait(job, "COMPLETED", "FAILED", "TIMEOUT") == "COMPLETED", site.log(job)
    assert "attempt 2" in site.log(job)
    site.check_complete("beside")
    site.check_nothing_left(job, str(int(job) + 1))


def _scripts(folder: Path) -> list[Path]:
    return [folder / "sweep.sbatch", folder / "sweep-2.sbatch"]


def _texts(run: Path) -> list[str]:
    table = ds.dataset(run / "responses", format="arrow", partitioning="hive").to_table(["text"])
    return table["text"].to_pylist()
