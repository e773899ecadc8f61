"""`submit`, `cancel` and `fetch` without Slurm: what they show, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from culture_ray.engines import embedded
from tests.conftest import Said
from tests.submission.standin_slurm import StandInSlurm

PAPER = ("experiment=paper", "model=[gemma_2_2b]", "judge=[gemma_2_9b]")


@pytest.fixture
def without_slurm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


BEHIND_API = ("judge=[gpt_4_1]", "+judge.gpt_4_1.model.limits={requests_per_minute: 3000}",
              "spending.cap_dollars=50")  # fmt: skip
"""Overrides for a judge that one process asks."""


@pytest.fixture
def a_key(without_slurm: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-test")


@pytest.mark.slow
def test_a_dry_run_shows_the_script_and_writes_nothing(
    culture_ray: Callable[..., Said], without_slurm: None, workplace: Path
) -> None:
    said = culture_ray("submit", *PAPER, "cluster=slurm", "--dry-run")
    assert said.code == 0
    first, script = said.out.split("\n", 1)
    assert first.startswith("run paper: 1 node x ")
    assert script.startswith("#!/bin/bash\n#SBATCH --job-name=culture-ray-paper\n")
    assert f"results={workplace}/results" in script
    assert not list(workplace.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("more", "ray"),
    [
        ((), False),
        (("++judge.gpt_4_1.model.limits={requests_per_minute: 60000}",), True),
        (("cluster.slurm.nodes=2",), True),
        (("cluster.share_process=false",), True),
        (("judge=[gpt_4_1,gemma_2_9b]", "cluster.slurm.separate_jobs=false"), True),
    ],
)
def test_models_that_one_process_asks_get_a_job_without_ray(
    culture_ray: Callable[..., Said], a_key: None, more: tuple[str, ...], ray: bool
) -> None:
    words = ("experiment=paper", "model=[gpt_4o]", *BEHIND_API, "cluster=slurm", *more)
    said = culture_ray("submit", *words, "++model.gpt_4o.most_replicas=1", "--dry-run")
    assert said.code == 0, said.err
    assert ("export CULTURE_RAY_NO_RAY=1\n" in said.out) is not ray


@pytest.mark.slow
def test_only_the_part_of_a_run_behind_an_api_gets_jobs_without_ray(
    culture_ray: Callable[..., Said], a_key: None
) -> None:
    words = ("experiment=paper", "model=[gemma_2_2b]", *BEHIND_API, "cluster=slurm")
    said = culture_ray("submit", *words, "--dry-run")
    on_gpus, behind_api = said.out.split("#!/bin/bash")[1:]
    assert "export CULTURE_RAY_NO_RAY" not in on_gpus
    assert "export CULTURE_RAY_NO_RAY=1\n" in behind_api


@pytest.mark.slow
def test_a_container_sees_the_account_and_the_models_that_the_run_names(
    culture_ray: Callable[..., Said], tmp_path: Path
) -> None:
    (tmp_path / "weights").mkdir()
    said = culture_ray(
        "submit", *PAPER, "cluster=slurm", "--dry-run", f"spending.account={tmp_path}/account",
        f"model.gemma_2_2b.source={tmp_path}/weights", "model.gemma_2_2b.gpus_per_replica=1",
        "cluster.slurm.container='apptainer exec image.sif'",
    )  # fmt: skip
    (line,) = [line for line in said.out.splitlines() if "CULTURE_RAY_BIND=" in line]
    assert line.endswith(f"/results,{tmp_path}/account,{tmp_path}/weights")
    assert not (tmp_path / "account").exists()


@pytest.mark.slow
def test_without_slurm_the_dry_run_is_offered(
    culture_ray: Callable[..., Said], without_slurm: None
) -> None:
    complaint = culture_ray("submit", *PAPER, "cluster=slurm").complaint
    assert complaint.startswith("sbatch is not on this machine")
    assert "--dry-run" in complaint


PARTITION = "PartitionName=gpu Default=YES MaxTime=04:00:00 State=UP MaxCPUsPerNode=8"
ONE = ("model.gemma_2_2b.engine_args.load_format=dummy",
       "judge.gemma_2_9b.model.engine_args.load_format=dummy")  # fmt: skip
"""Overrides of models that need no weights."""


@pytest.mark.slow
def test_a_dry_run_shows_slurms_view_and_what_submit_would_refuse(
    culture_ray: Callable[..., Said], slurm_bin: StandInSlurm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HOME", "/nowhere/hub")
    slurm_bin.runs(sbatch='echo "sbatch: Job 5 to start at noon" >&2')
    said = culture_ray("submit", *PAPER, "cluster=slurm", "--dry-run")
    assert said.code == 0
    refusal, view = said.out.splitlines()[-2:]
    assert refusal.startswith("# submit would refuse: jobs load weights without internet access")
    assert "google/gemma-2-2b-it is not in /nowhere/hub/hub" in refusal
    assert "culture-ray fetch experiment=paper" in refusal
    assert view == "# sbatch --test-only: Job 5 to start at noon"
    assert slurm_bin.called("sbatch") == ["sbatch --test-only"]


@pytest.mark.slow
def test_what_cannot_run_is_refused_before_it_is_submitted(
    culture_ray: Callable[..., Said],
    slurm_bin: StandInSlurm,
    workplace: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_HOME", "/nowhere/hub")
    slurm_bin.says(sbatch="5", scontrol=PARTITION, sinfo="", squeue="")
    words = (*PAPER, "cluster=slurm")
    assert "/nowhere/hub/hub" in culture_ray("submit", *words).complaint
    words += tuple(f"+{word}" for word in ONE)
    complaint = culture_ray("submit", *words).complaint
    assert "up to 8 cores and it would ask for 32" in complaint
    complaint = culture_ray("submit", *words, f"cluster.slurm.scratch=/{'x' * 40}").complaint
    assert "a path of at most 28 characters" in complaint
    assert not slurm_bin.called("sbatch")
    assert not list(workplace.iterdir())


@pytest.mark.slow
def test_a_job_is_submitted_with_what_it_needs_and_found_again(
    culture_ray: Callable[..., Said],
    slurm_bin: StandInSlurm,
    workplace: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HF_HOME", "/shared/hub")
    slurm_bin.says(sbatch="** welcome **\nSubmitted batch job 5", squeue="5|", scontrol=PARTITION)
    words = (*PAPER, "cluster=slurm", *(f"+{word}" for word in ONE))
    said = culture_ray(
        "submit", *words, "cluster.slurm.cpus_per_node=8", "cluster.slurm.max_jobs=1",
        "cluster.slurm.time_limit_hours=4",
    )  # fmt: skip
    assert said.code == 0, said.err
    assert "submitted: 5\n" in said.out
    folder = workplace / "results/paper/slurm"
    script = (folder / "sweep.sbatch").read_text()
    assert "export HF_HOME=/shared/hub\n" in script
    slurm_bin.says(squeue="")
    (folder / "5.log").write_text("culture-ray: no disk\nsweep.sbatch: exit code 2\n")
    said = culture_ray("status", "run=paper")
    assert "Slurm job 5: ended, exit code 2" in said.out
    assert "culture-ray: no disk" in said.out
    assert "submit again with: culture-ray submit experiment=paper" in said.out


@pytest.mark.slow
def test_a_run_of_another_folder_is_named(
    culture_ray: Callable[..., Said], slurm_bin: StandInSlurm
) -> None:
    slurm_bin.says(squeue="5|/shared/results/paper/slurm/sweep.sbatch")
    for verb in ("status", "cancel"):
        complaint = culture_ray(verb, "run=paper").complaint
        assert complaint.endswith("work in /shared/results: add results=/shared/results")


@pytest.mark.slow
def test_a_cluster_without_slurm_is_refused(culture_ray: Callable[..., Said]) -> None:
    complaint = culture_ray("submit", *PAPER).complaint
    assert complaint == (
        "cluster='local' cannot be used: expected one with Slurm settings, such as cluster=slurm"
    )


@pytest.mark.slow
def test_more_gpus_than_the_partition_has_are_refused(culture_ray: Callable[..., Said]) -> None:
    words = [*PAPER, "cluster=slurm", "cluster.gpus_per_node=1", "cluster.nodes=1"]
    complaint = culture_ray("submit", *words, "model.gemma_2_2b.gpus_per_replica=2").complaint
    assert "gemma_2_2b needs 2 GPUs, and a job can have 1 (1 x 1)" in complaint


@pytest.mark.slow
def test_cancelling_a_run_that_does_not_exist_says_so(culture_ray: Callable[..., Said]) -> None:
    assert culture_ray("cancel", "run=nothing").complaint.startswith("no run 'nothing' in results")


@pytest.mark.slow
def test_fetching_prepares_the_embedded_model(culture_ray: Callable[..., Said]) -> None:
    if not embedded.GEMMA.is_ready:
        pytest.skip("the embedded model is not prepared yet; tests of the engine do it")
    said = culture_ray("fetch", "experiment=quickstart")
    assert said.code == 0
    assert f"gemma_3_270m: {embedded.GEMMA.folder}" in said.out.replace("\n", "")


@pytest.mark.slow
def test_fetching_says_that_a_model_is_being_converted(
    culture_ray: Callable[..., Said], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def convert(weights: Path, target: Path) -> None:
        target.mkdir()
        (target / "config.json").write_text("{}")

    monkeypatch.setenv("CULTURE_RAY_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(embedded, "_assemble", lambda model, weights: None)
    monkeypatch.setattr(embedded, "_convert", convert)
    said = culture_ray("fetch", "experiment=quickstart")
    assert said.code == 0, said.err
    assert said.err == "gemma_3_270m: being converted, which takes about a minute\n"
    assert culture_ray("fetch", "experiment=quickstart").err == ""


@pytest.mark.slow
def test_a_model_that_cannot_be_fetched_is_one_line(
    culture_ray: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    complaint = culture_ray("fetch", *PAPER).complaint
    assert complaint.startswith("model gemma_2_2b (google/gemma-2-2b-it) cannot be fetched: ")


@pytest.mark.slow
def test_fetching_nothing_says_what_to_choose(culture_ray: Callable[..., Said]) -> None:
    assert "expected at least one of apertus_70b" in culture_ray("fetch").complaint
    assert "such as --wheels wheels" in culture_ray("fetch", *PAPER, "--wheels").complaint
