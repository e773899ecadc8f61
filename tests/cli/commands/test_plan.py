"""A plan prints what a sweep would do and need, on any machine, and writes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.dataset as ds
import pytest

from culture_ray.config.files import conf_folder
from tests.answered import answer
from tests.conftest import Said
from tests.small import INTERVIEWS, SMALL, small_settings


def listing(folder: Path) -> set[tuple[str, float]]:
    return {(str(path), path.stat().st_mtime) for path in folder.rglob("*")}


@pytest.mark.slow
def test_the_published_study_is_planned_with_requests_tokens_and_hardware(
    culture_ray: Callable[..., Said], workplace: Path
) -> None:
    before = listing(conf_folder())
    said = culture_ray("plan", "experiment=paper")
    assert said.code == 0, said.err
    assert "run paper: 9 models x 4 languages x 300 prompts" in said.out
    lines = [line.split() for line in said.out.splitlines()]
    elicit = {words[1]: words for words in reversed(lines) if words[:1] == ["elicit"]}
    assert len(elicit) == 9
    assert {words[2] for words in elicit.values()} == {"1,200"}
    for name in ("gemma_2_27b", "olmo_2_32b"):
        assert "GPU" in " ".join(elicit[name])
        assert "80 GiB" in " ".join(elicit[name])
    assert "an API key" in " ".join(elicit["gpt_4o"])
    rates = [line for line in said.out.splitlines() if line.startswith("elicit") and "/" in line]
    assert [line.split()[1] for line in rates] == [
        "gemma_2_2b", "gemma_2_9b", "gemma_2_27b", "olmo_2_7b", "olmo_2_13b", "olmo_2_32b",
    ]  # fmt: skip
    assert "GPU hours" in said.out
    assert "on 1 x H100 80GB SXM" in said.out
    assert "smallest effects that this study finds with 80 % power" in said.out
    (planned,) = (words for words in lines if words[:2] == ["as", "planned"])
    slope, *_, difference = map(float, planned[2:])
    assert 0.3 < slope < 1.5
    assert 0.1 < difference < 0.5
    judge = next(words for words in lines if words[:1] == ["judge"])
    assert judge[1:3] == ["gpt_4_1", "10,800"]
    assert said.out.splitlines()[-1] == "nothing was written"
    assert all(len(line) <= 80 for line in said.out.splitlines())
    assert list(workplace.iterdir()) == []
    assert listing(conf_folder()) == before


@pytest.mark.slow
def test_smaller_gpus_say_what_to_change(culture_ray: Callable[..., Said]) -> None:
    said = culture_ray(
        "plan", "experiment=paper", "model=[gemma_2_27b]", "language=[en]",
        "cluster.gpu_memory_gib=40", "model.gemma_2_27b.gpus_per_replica=1",
    )  # fmt: skip
    assert "does not fit: set gpus_per_replica to 2" in " ".join(said.out.split())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("topics", "told"), [("f118,f120", True), ("f118,f119,f120,f121,f122", False)]
)
def test_topics_too_few_for_intervals_are_named(
    culture_ray: Callable[..., Said], topics: str, told: bool
) -> None:
    words = ("experiment=paper", "model=[gpt_4o]", "language=[en]", f"topics.only=[{topics}]")
    assert ("2 topics: with fewer than 5" in culture_ray("plan", *words).out) is told


@pytest.mark.slow
def test_a_program_reads_the_same_plan_as_json(culture_ray: Callable[..., Said]) -> None:
    words = ("plan", "experiment=paper", "cluster.nodes=2", "cluster.gpus_per_node=4")
    plan = json.loads(culture_ray(*words, "--json").out)
    assert plan["cluster"]["gpus"] == 8
    rows = {row["model"]: row for row in plan["rows"]}
    assert len(plan["rows"]) == 10
    large = rows["gemma_2_27b"]
    assert (large["smallest"], large["best"], large["gpus"]) == (1, 2, 2)
    assert large["expected"] == large["limit"] / 2
    assert large["gpu_hours"] > rows["gemma_2_2b"]["gpu_hours"] > 0
    assert rows["gpt_4o"]["limit"] is None
    assert plan["wall_s"] > 0
    smallest = plan["power"]["effects"]
    assert smallest["twice the models"]["slope"] < smallest["as planned"]["slope"]
    assert plan["power"]["design"]["topics"] == 32
    assert plan["gpu_hours"] == sum(row["gpu_hours"] or 0 for row in plan["rows"])
    assert "gemma_2_27b" in culture_ray(*words).out


@pytest.mark.slow
def test_gpus_are_chosen_by_the_roofline_where_the_model_says_auto(
    culture_ray: Callable[..., Said],
) -> None:
    said = culture_ray(
        "plan", "experiment=paper", "model=[gemma_2_27b]", "cluster.gpus_per_node=4",
        "model.gemma_2_27b.gpus_per_replica=auto",
    )  # fmt: skip
    assert "2 GPU, 80 GiB" in said.out
    assert "x 2" in said.out


@pytest.mark.slow
def test_a_size_that_does_not_divide_the_heads_is_refused(
    culture_ray: Callable[..., Said],
) -> None:
    said = culture_ray(
        "plan", "experiment=paper", "model=[gemma_2_9b]", "model.gemma_2_9b.gpus_per_replica=3"
    )
    assert said.complaint == (
        "model.gemma_2_9b.gpus_per_replica=3 cannot be used: expected 1, 2, 4, 8, 16 or auto: "
        "16 attention heads and 8 key-value heads are divided over the GPUs"
    )


@pytest.mark.slow
def test_a_cluster_too_small_for_auto_says_what_would_be_needed(
    culture_ray: Callable[..., Said],
) -> None:
    said = culture_ray(
        "plan", "experiment=paper", "model=[gemma_2_27b]", "cluster.gpu=rtx_4090",
        "model.gemma_2_27b.gpus_per_replica=auto",
    )  # fmt: skip
    assert "needs 4 GPUs of type GeForce RTX 4090" in said.complaint
    assert "(24 GiB each), and the cluster has 1:" in said.complaint


@pytest.mark.slow
def test_a_gpu_that_is_not_known_can_be_written_out(culture_ray: Callable[..., Said]) -> None:
    words = ("plan", "experiment=paper", "model=[gemma_2_2b]")
    assert "unknown GPU 'h10' in conf/gpus.yaml: did you mean 'h100'?" in (
        culture_ray(*words, "cluster.gpu=h10").complaint
    )
    own = "cluster.gpu={name: Own, memory_gib: 48, bandwidth_tb_s: 1.5, tflops: 300}"
    assert "on 1 x Own" in culture_ray(*words, own).out
    assert "no bfloat16" in " ".join(culture_ray(*words, "cluster.gpu=v100_32gb").out.split())


@pytest.mark.slow
def test_a_model_nobody_described_is_planned_as_far_as_it_goes(
    culture_ray: Callable[..., Said],
) -> None:
    said = culture_ray(
        "plan", "experiment=paper", "model=[gemma_2_2b]", "model.gemma_2_2b.source=org/unknown",
        "model.gemma_2_2b.parameters=null", "model.gemma_2_2b.gpus_per_replica=1",
    )  # fmt: skip
    assert said.code == 0, said.err
    words = " ".join(said.out.split())
    assert "if it fits: no size stated" in words
    assert "config.json of org/unknown is neither in a local folder nor in" in words


@pytest.mark.slow
def test_one_of_each_is_said_in_the_singular(culture_ray: Callable[..., Said]) -> None:
    said = culture_ray(
        "plan", "experiment=quickstart", "language=[en]", "topics.only=[f118]",
        "design.prompts_per_language=1", "design.samples=3",
    )  # fmt: skip
    assert "run quickstart: 1 model x 1 language x 1 prompt\n" in said.out
    said_flat = " ".join(said.out.split())
    assert "balanced design over 1 topic" in said_flat
    assert "(main): 1 prompt, each sampled 3 times" in said_flat
    assert "direct_item: 1 prompt, each sampled once" in said_flat


@pytest.mark.slow
def test_a_plan_is_made_where_results_cannot_be_written(
    culture_ray: Callable[..., Said],
) -> None:
    said = culture_ray("plan", "experiment=quickstart", "language=[en]", "results=/proc/none")
    assert said.code == 0, said.err


@pytest.mark.slow
def test_retry_says_how_many_failed_requests_would_be_asked_again(
    culture_ray: Callable[..., Said], tmp_path: Path
) -> None:
    settings = small_settings(tmp_path)
    answer(settings, lambda row: "failed" if str(row["request_id"])[0] in "01234567" else "fine")
    responses = ds.dataset(settings.run.folder / "responses", format="arrow").to_table()
    failed = responses.column("text").null_count
    words = ("plan", *SMALL, INTERVIEWS, f"results={tmp_path}", "retry=failed")
    said = culture_ray(*words).out
    assert f"retry=failed: {failed} failed requests to ask again: elicit gemma" in said
    found = json.loads(culture_ray(*words, "--json").out)["failed_requests_asked_again"]
    assert [(row["stage"], row["requests"]) for row in found] == [("elicit", failed)]


@pytest.mark.slow
def test_a_language_without_figures_of_its_speakers_is_planned_with_what_a_sweep_would_refuse(
    culture_ray: Callable[..., Said],
) -> None:
    words = ("experiment=quickstart", "language=[de]")
    said = culture_ray("plan", *words)
    assert said.code == 0, said.err
    text = " ".join(said.out.split())
    assert "sweep would refuse: the speakers of 'de' are not among the populations" in text
    assert "allow_missing_ground_truth=true" in text
    complaint = culture_ray("sweep", *words).complaint
    assert complaint in text
    allowed = culture_ray("plan", *words, "allow_missing_ground_truth=true")
    assert "would refuse" not in allowed.out
    assert "no figures for the speakers of de" in " ".join(allowed.out.split())


@pytest.mark.slow
def test_a_plan_says_that_a_run_was_made_with_other_settings(
    culture_ray: Callable[..., Said], workplace: Path
) -> None:
    answer(small_settings(workplace / "results", "language=[en]"))
    config = (workplace / "results" / "small" / "config.yaml").read_text("utf-8")
    words = ("experiment=quickstart", "run=small", "language=[en]")
    said = json.loads(culture_ray("plan", *words, "--json").out)
    (refusal,) = said["refusals"]
    assert refusal == culture_ray("sweep", *words).complaint
    assert "run 'small' was made with other settings" in refusal
    assert "Choose a new name, such as run=small_2" in refusal
    assert (workplace / "results" / "small" / "config.yaml").read_text("utf-8") == config
