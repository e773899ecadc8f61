"""The batch script has the computed options, and is otherwise slurm/sweep.sbatch."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path

from culture_ray.submission.script import batch_script, setup_script, slurm_folder
from culture_ray.submission.sizing import Job
from culture_ray.sweep.plan.cluster import HeadNode, Slurm

JOB = Job(nodes=2, gpus_per_node=4, cpus_per_node=32, memory_gib_per_node=200, minutes=90, jobs=1)
SLURM = Slurm(partition="gpu", account="lab", gpu_type="h100", options={"constraint": "ib"})
WORDS = ["experiment=paper", "model=[gemma_2_2b,gpt_4o]", "run=it's mine"]


def script(job: Job = JOB, slurm: Slurm = SLURM) -> str:
    return batch_script(job, slurm, "paper", Path("/shared/results/paper/slurm"), WORDS)


def options(text: str) -> list[str]:
    return re.findall(r"^#SBATCH (.*)$", text, re.MULTILINE)


def test_options_come_from_the_job_and_the_cluster() -> None:
    found = options(script())
    for option in (
        "--partition=gpu", "--account=lab", "--nodes=2", "--gpus-per-node=h100:4", "--mem=200G",
        "--time=90", "--signal=B:USR2@180", "--constraint=ib", "--requeue",
        "--output=/shared/results/paper/slurm/%j.log",
    ):  # fmt: skip
        assert option in found
    assert len(found) == len(set(found))


def test_the_rest_is_the_file_that_people_submit_by_hand() -> None:
    by_hand = (slurm_folder() / "sweep.sbatch").read_text()
    body = by_hand[by_hand.index("set -u") :]
    assert script().endswith(body)


def test_every_line_is_good_shell_and_words_survive_quoting(tmp_path: Path) -> None:
    text = script()
    assert subprocess.run(["bash", "-n"], input=text, text=True, check=False).returncode == 0
    [line] = [line for line in text.splitlines() if line.startswith("set -- ")]
    said = subprocess.run(
        ["bash", "-c", f"{line}; printf '%s\\n' \"$@\""], capture_output=True, text=True, check=True
    )
    assert said.stdout.splitlines() == WORDS


def test_a_job_without_gpus_asks_for_none() -> None:
    assert not [
        o for o in options(script(replace(JOB, gpus_per_node=0))) if "gpu" in o.split("=")[0]
    ]


HEAD = HeadNode(partition="cpu", cpus=4, memory_gib=16, options={"mail-type": "END"})


def test_a_head_node_makes_a_heterogeneous_job() -> None:
    found = options(script(replace(JOB, head=HEAD), replace(SLURM, head=HEAD)))
    first, second = found[: found.index("hetjob")], found[found.index("hetjob") + 1 :]
    for option in ("--nodes=1", "--mem=16G", "--partition=cpu", "--mail-type=END", "--requeue"):
        assert option in first
    assert not [option for option in first if option.startswith(("--gpus", "--constraint"))]
    for option in ("--gpus-per-node=h100:4", "--partition=gpu", "--constraint=ib"):
        assert option in second


def test_gpu_nodes_do_not_inherit_the_memory_of_the_head() -> None:
    job = replace(JOB, memory_gib_per_node=None, head=HEAD)
    found = options(script(job, replace(SLURM, head=HEAD)))
    assert [option for option in found if option.startswith("--mem=")] == ["--mem=16G", "--mem=0"]
    alone = options(script(replace(JOB, memory_gib_per_node=None)))
    assert not [option for option in alone if option.startswith("--mem=")]


def test_a_job_without_gpus_is_where_the_head_would_be() -> None:
    found = options(script(replace(JOB, nodes=1, gpus_per_node=0), replace(SLURM, head=HEAD)))
    assert "hetjob" not in found
    assert {"--partition=cpu", "--mail-type=END"} <= set(found)
    assert not {"--partition=gpu", "--constraint=ib"} & set(found)


def test_setup_lines_come_after_the_submitting_environment_and_a_container_replaces_it() -> None:
    """Lines that only set variables leave `culture-ray` to be found where sbatch passes no PATH."""
    with_path = re.compile(r"^export PATH=\S+:\$PATH$", re.MULTILINE)
    slurm = replace(SLURM, setup=("module load cuda", "export NCCL_DEBUG=INFO"))
    text = script(slurm=slurm)
    assert with_path.search(script())
    assert with_path.search(text)
    assert text.index("export PATH=") < text.index('. "$CULTURE_RAY_SETUP"')
    assert not with_path.search(script(slurm=replace(slurm, container="apptainer exec x.sif")))
    assert "CULTURE_RAY_SETUP=/shared/results/paper/slurm/setup.sh" in text
    assert setup_script(slurm) == "module load cuda\nexport NCCL_DEBUG=INFO\n"


def test_variables_in_paths_are_those_of_the_node_and_nothing_else_is_run() -> None:
    slurm = replace(
        SLURM,
        scratch="/local/$USER/$SLURM_JOB_ID",
        container='apptainer exec --env "A=`id`$(id)" ${IMAGES}/x.sif',
    )
    lines = [line for line in script(slurm=slurm).splitlines() if line.startswith("export ")]
    shown = 'printf "%s\\n" "$CULTURE_RAY_SCRATCH" "$CULTURE_RAY_RUNNER" "$CULTURE_RAY_BIND"'
    said = subprocess.run(
        ["bash", "-c", "\n".join([*lines, shown])], capture_output=True, text=True, check=True,
        env={"USER": "me", "SLURM_JOB_ID": "12", "IMAGES": "/shared/images"},
    )  # fmt: skip
    assert said.stdout.splitlines() == [
        "/local/me/12",
        'apptainer exec --env "A=`id`$(id)" /shared/images/x.sif',
        "/shared/results",
    ]


def test_no_key_is_written_into_the_script(monkeypatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-of-the-test")
    text = batch_script(JOB, SLURM, "x", Path("/r/x/slurm"), WORDS, (), "culture-ray", os.environ)
    assert "sk-secret-of-the-test" not in text


def test_folders_and_the_command_are_stated_since_sbatch_may_pass_nothing_on() -> None:
    given = {"HF_HOME": "/shared/my hub", "CULTURE_RAY_CONF": "/shared/conf", "PYTHONPATH": "/p"}
    command = "culture-ray submit 'run=a b'"
    text = batch_script(JOB, SLURM, "x", Path("/r/x/slurm"), WORDS, (), command, given)
    lines = [line for line in text.splitlines() if line.startswith("export ")]
    shown = 'printf "%s\\n" "$HF_HOME" "$CULTURE_RAY_CONF" "$PYTHONPATH" "$CULTURE_RAY_COMMAND"'
    said = subprocess.run(
        ["bash", "-c", "\n".join([*lines, shown])], capture_output=True, text=True, check=True,
        env={},
    )  # fmt: skip
    assert said.stdout.splitlines() == ["/shared/my hub", "/shared/conf", "/p", command]


def left_to_cancel(folder: Path, code: int, ids: str = "5 6", run: str = "4 5 6 7") -> str:
    """Ids that job 5 cancels as it ends with a code, in a part and in a run with these ids."""
    text = script()
    start, end = text.index("case $code in\n    0 | 3)"), text.index('echo "sweep.sbatch: exit')
    block = text[start:end]
    for name, words in (("part", ids), ("run", run)):
        (folder / name).write_text("".join(f"{word}\n" for word in words.split()))
    said = subprocess.run(
        ["bash", "-c", block.replace("scancel", "echo scancel")], capture_output=True, text=True,
        check=True, env={"SLURM_JOB_ID": "5", "CULTURE_RAY_CHAIN": str(folder / "part"),
                         "CULTURE_RAY_RUN_CHAIN": str(folder / "run") if run else "",
                         "PATH": "/usr/bin:/bin", "code": str(code)},
    )  # fmt: skip
    cancelled = [line for line in said.stdout.splitlines() if line.startswith("scancel ")]
    return " ".join(cancelled).removeprefix("scancel ")


def test_the_rest_of_a_chain_is_cancelled_whatever_the_form_of_its_ids(tmp_path: Path) -> None:
    for ids in ("4 5 6 55", "4;a 5;a 6;a 55;a"):
        assert left_to_cancel(tmp_path, 0, ids) == "6 55"
        assert left_to_cancel(tmp_path, 2, ids, run="") == "6 55"


def test_the_next_part_goes_on_unless_the_one_before_was_refused(tmp_path: Path) -> None:
    assert [left_to_cancel(tmp_path, code) for code in (0, 3, 75)] == ["6", "6", ""]
    assert [left_to_cancel(tmp_path, code) for code in (1, 2, 137)] == ["6 7"] * 3


def test_a_part_of_a_run_knows_its_own_chain_and_that_of_the_run() -> None:
    folder = Path("/r/x/slurm")
    text = batch_script(JOB, SLURM, "x", folder, WORDS, chain=folder / "chain-1-gpus")
    assert "export CULTURE_RAY_CHAIN=/r/x/slurm/chain-1-gpus\n" in text
    assert "export CULTURE_RAY_RUN_CHAIN=/r/x/slurm/chain\n" in text
    assert "RUN_CHAIN=/" not in script()


def test_a_job_for_one_process_is_told_to_start_no_ray() -> None:
    text = batch_script(JOB, SLURM, "x", Path("/r/x/slurm"), WORDS, ray=False)
    assert "export CULTURE_RAY_NO_RAY=1\n" in text
    assert "export CULTURE_RAY_NO_RAY" not in script()
