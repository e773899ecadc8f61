"""Ways to Slurm beside `submit`: sbatch by hand, and grids of experiments through submitit."""

from __future__ import annotations

import pytest

from tests.api_server.running import api_server
from tests.conftest import ROOT
from tests.slurm.conftest import Site

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(900)]


def test_the_batch_script_works_by_hand(site: Site) -> None:
    words = [word for word in site.words("by_hand") if not word.startswith("cluster.slurm")]
    words[words.index("cluster=slurm")] = "cluster=local"
    (site.bed.folder / "setup.sh").write_text(f"export PATH={site.environment['PATH']}\n")
    (site.results / "by_hand/slurm").mkdir(parents=True)
    settings = ",".join(
        f"{name}={value}"
        for name, value in {
            "CULTURE_RAY_SLURM": ROOT / "slurm",
            "CULTURE_RAY_SETUP": site.bed.folder / "setup.sh",
            "CULTURE_RAY_SCRATCH": site.bed.local,
            "CULTURE_RAY_FOLDER": site.results / "by_hand/slurm",
        }.items()
    )
    said = site.bed.run(
        "sbatch", "--parsable", "--cpus-per-task=2", "--mem=2G", f"--export=ALL,{settings}",
        f"--output={site.results}/by_hand/slurm/%j.log", ROOT / "slurm/sweep.sbatch", *words,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    job = said.stdout.strip()
    assert site.wait(job, "COMPLETED", "FAILED", "TIMEOUT") == "COMPLETED", site.log(job)
    site.check_complete("by_hand")
    site.check_nothing_left(job)


def test_a_refused_partition_is_told_in_slurms_words(site: Site) -> None:
    said = site.culture_ray("submit", *site.words("refused", "cluster.slurm.partition=nowhere"))
    assert said.returncode == 2
    [line] = said.stderr.splitlines()
    assert line.startswith("culture-ray: Slurm refused (sbatch): ")
    assert "invalid partition" in line
    grid = site.culture_ray(
        "sweep", "--multirun", "experiment=quickstart", f"results={site.results}",
        "hydra/launcher=submitit_slurm", "hydra.launcher.partition=nowhere",
        f"hydra.sweep.dir={site.bed.folder}/nowhere",
    )  # fmt: skip
    assert grid.returncode == 2
    assert grid.stderr.splitlines()[-1].startswith("culture-ray: Slurm refused (sbatch): ")
    assert "Traceback" not in grid.stderr


def test_without_accounting_the_controller_tells_how_a_job_ended(site: Site) -> None:
    setup = "cluster.slurm.setup=['echo no such disk >&2', 'exit 4']"
    [job] = site.submit(*site.words("unaccounted", setup))
    site.wait(job, "FAILED", "COMPLETED")
    shown = site.culture_ray(
        "status", "run=unaccounted", f"results={site.results}", "language=[]"
    ).stdout.replace("\n", " ")
    assert f"Slurm job {job}: failed, exit code 4: no such disk" in shown


def test_a_grid_of_experiments_runs_as_jobs_of_submitit(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with api_server(host=site.bed.login) as server:
        monkeypatch.setenv("CULTURE_RAY_TEST_KEY", server.key)
        api = f"{{base_url: '{server.base_url}', key_variable: CULTURE_RAY_TEST_KEY}}"
        said = site.culture_ray(
            "sweep", "--multirun", "experiment=quickstart", f"results={site.results}",
            "protocol=[hypothetical_interviews_short]", "language=[en]", "stages=[elicit]",
            "design.prompts_per_language=4", "run=grid_${seed}", "seed=1,2",
            "model=[gpt_4o]", "judge=[]", f"+model.gpt_4o.api={api}", "spending.cap_dollars=1",
            "+model.gpt_4o.prices={input: 2.0, output: 8.0}",
            "hydra/launcher=submitit_slurm", "hydra.launcher.timeout_min=10",
            "hydra.launcher.cpus_per_task=2", "hydra.launcher.mem_gb=2",
            f"hydra.sweep.dir={site.bed.folder}/grid", seconds=600,
        )  # fmt: skip
        assert said.returncode == 0, said.stdout + said.stderr
        assert len(server.stats()["paid"]) == 8
    for seed in (1, 2):
        assert site.shards(f"grid_{seed}") == 1


@pytest.mark.engine
def test_a_grid_task_that_fails_is_failed_in_slurm(site: Site) -> None:
    said = site.culture_ray(
        "sweep", "--multirun", "experiment=quickstart", f"results={site.results}",
        "run=failing_${seed}", "seed=1,2", "hydra/launcher=submitit_slurm",
        "hydra.launcher.timeout_min=10", "hydra.launcher.cpus_per_task=2",
        "hydra.launcher.mem_gb=1", f"hydra.sweep.dir={site.bed.folder}/failing", seconds=300,
    )  # fmt: skip
    assert said.returncode == 2, said.stdout + said.stderr
    assert "Traceback" not in said.stderr
    last = said.stderr.splitlines()[-1]
    assert last.startswith(
        "culture-ray: 2 of 2 runs failed: failing_1, failing_2. The first: run 'failing_1': model "
        "gemma_3_270m needs 5.0 GiB"
    )
    told = (site.bed.folder / "log/jobcomp.txt").read_text()
    ends = [
        line for line in told.splitlines() if "WcKey=submitit" in line and " ExitCode=2:0" in line
    ]
    assert ["JobState=FAILED" in line for line in ends] == [True, True], told[-2000:]
