"""A composed configuration becomes typed settings, or a line that says which value is wrong."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import asdict, fields
from typing import Any

import pytest

from culture_ray.config.build import build
from culture_ray.config.run_settings import settings_from
from culture_ray.engines.interface import Sampling
from culture_ray.errors import UserError, WrongValue
from culture_ray.settings.run import Settings
from culture_ray.sweep.plan.cluster import Cluster, Slurm
from tests.small import TOPICS, composed

PROTOCOL = "protocol.hypothetical_interviews"
SAMPLING = f"{PROTOCOL}.sampling"
GPU = {"name": "a card", "memory_gib": 80, "bandwidth_tb_s": 3, "tflops": 900}
MODEL, JUDGE = "model.gemma_3_270m", "judge.gemma_3_270m"


def changed(key: str, value: Any) -> Settings:
    """The settings of a small run with one value changed."""
    content: Any = deepcopy(composed("language=[en]"))
    *folders, name = key.split(".")
    place = content
    for folder in folders:
        place = place[folder]
    place[name] = value
    return settings_from(content, "quickstart", "a test")


def test_the_files_become_typed_settings() -> None:
    settings = settings_from(composed(), "quickstart", "a test")
    assert settings.run.name == "small"
    assert list(settings.languages) == ["da", "en"]
    assert tuple(topic.id for topic in settings.topics) == TOPICS
    model = settings.models["gemma_3_270m"]
    assert (model.parameters, model.chat) == (268e6, False)
    assert model.architecture is not None
    assert model.architecture.vocabulary == 262144
    sampling = settings.protocols["hypothetical_interviews"].sampling
    assert sampling == Sampling(temperature=0.7, top_p=0.95, max_tokens=112, stop=("11.",))
    assert settings.populations_table.is_file()
    assert settings.capability_table.is_file()


@pytest.mark.parametrize("name", ["local", "slurm"])
def test_the_file_of_a_cluster_has_every_setting_with_its_default(name: str) -> None:
    found = composed("language=[en]", f"cluster={name}")["cluster"]
    slurm = found.get("slurm", asdict(Slurm()))
    assert set(found) | {"slurm"} == {field.name for field in fields(Cluster)}
    assert set(slurm) == {field.name for field in fields(Slurm)}
    waits = ("hang_after_s", "load_timeout_s", "gpu_free_wait_s", "grace_s")
    assert [found[wait] for wait in waits] == [getattr(Cluster(), wait) for wait in waits]
    assert build(Slurm, slurm, "cluster.slurm") == Slurm()


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        # wrong types
        ("seed", 1.5, "integer"),
        ("seed", None, "integer"),
        ("seed", [1], "integer"),
        ("stages", "elicit", "a list, such as [A,B]"),
        ("stages", ["elict"], "'elicit'"),
        ("baselines", ["uniform"], "'uniform_random'"),
        ("design", "balanced", "kind, prompts_per_language, samples"),
        ("design.kind", "balancd", "'balanced'"),
        ("inference.mode", "bayes", "'valid'"),
        ("allow_missing_ground_truth", "perhaps", "boolean"),
        ("model", "gemma_2_2b", "'model=["),
        ("language", "da", "'language=[da,en]'"),
        (f"{MODEL}.chat", 7, "boolean"),
        (f"{MODEL}.engine", "vlm", "'openai_batch' or 'imported'"),
        (f"{MODEL}.architecture.layers", "many", "integer"),
        (f"{MODEL}.architecture", "large", "layers, hidden"),
        (f"{JUDGE}.sampling.stop", 11, "a list, such as [A,B]"),
        # out of range
        ("design.prompts_per_language", 0, "at least 1"),
        ("design.samples", -1, "at least 1"),
        ("cluster.unit_size", 0, "at least 1"),
        ("cluster.max_replicas", 0, "at least 1"),
        ("cluster.gpu_memory_gib", 0, "above 0"),
        ("cluster.hang_after_s", 0, "above 0"),
        ("cluster.grace_s", -1, "at least 0"),
        ("cluster.slurm", {"max_jobs": 0}, "at least 1"),
        ("cluster.slurm", {"time_limit_hours": 0}, "above 0"),
        ("cluster.slurm", {"head": {"cpus": 0}}, "at least 1"),
        ("inference.rounds", 0, "at least 2"),
        (f"{SAMPLING}.temperature", -0.1, "at least 0"),
        (f"{SAMPLING}.top_p", 1.5, "above 0, at most 1"),
        (f"{SAMPLING}.max_tokens", 0, "at least 1"),
        (f"{JUDGE}.sampling.top_p", 0, "above 0, at most 1"),
        (f"{JUDGE}.model.in_flight", 0, "at least 1"),
        (f"{MODEL}.in_flight", 0, "at least 1"),
        (f"{MODEL}.gpus_per_replica", -1, "at least 0"),
        (f"{PROTOCOL}.prompts_per_language", 0, "at least 1"),
        (f"{PROTOCOL}.samples", 0, "at least 1"),
        ("inference.permutations", -1, "at least 0"),
        ("inference.published_rounds", 1, "at least 2"),
        ("inference.bayesian_draws", 1, "at least 2"),
        ("judging.judge_error", 0.6, "from 0 to 0.5, measured or paper"),
        ("judging.judge_error", -0.1, "from 0 to 0.5, measured or paper"),
        ("cluster.nodes", 0, "at least 1"),
        ("cluster.gpus_per_node", -1, "at least 0"),
        *((f"cluster.{name}", -1, "at least 0") for name in ("start_s", "gpu_free_wait_s")),
        *((f"cluster.{name}", 0, "above 0") for name in ("read_gib_s", "load_timeout_s")),
        *(("cluster.efficiency", value, "above 0, at most 1") for value in (0, 1.1)),
        *(
            ("cluster.gpu", {**GPU, name: 0}, "above 0")
            for name in ("memory_gib", "bandwidth_tb_s", "tflops")
        ),
        *(
            ("cluster.slurm", {name: 0}, "at least 1")
            for name in ("cpus_per_node", "nodes", "wait_s")
        ),
        ("cluster.slurm", {"drain_s": -1}, "at least 0"),
        ("cluster.slurm", {"memory_gib_per_node": 0}, "above 0"),
        ("cluster.slurm", {"head": {"memory_gib": 0}}, "above 0"),
        (f"{MODEL}.max_model_len", 0, "at least 1"),
        (f"{MODEL}.most_replicas", 0, "at least 1, or null"),
        (f"{MODEL}.cpus_per_replica", -1, "at least 0"),
        (f"{MODEL}.tokens_per_s", 0, "above 0, or null"),
        *((f"{MODEL}.api", {name: 0}, "at least 1") for name in ("attempts", "timeout_s")),
        *(
            (f"{MODEL}.api", {"batching": {name: 0}}, "at least 1")
            for name in ("most_requests", "most_bytes", "in_flight")
        ),
        *(
            (f"{MODEL}.api", {"batching": {name: -1}}, "at least 0")
            for name in ("gather_s", "poll_s")
        ),
        *(
            (f"{JUDGE}.model.limits", {name: 0}, "above 0, or null")
            for name in ("requests_per_minute", "tokens_per_minute", "window_seconds")
        ),
        *(
            (f"{MODEL}.prices", {"input": 1, "output": 1, name: -1}, "at least 0")
            for name in ("input", "output", "cached_input", "cache_write")
        ),
        (f"{MODEL}.prices", {"input": 1, "output": 1, "batch": {"input": -1, "output": 1}}, "at l"),
        ("spending.cap_dollars", 0, "above 0 dollars"),
        ("spending.models", {"gemma_3_270m": -1}, "above 0 dollars; to spend nothing, leave API"),
        ("spending.stages", {"judge": 0}, "above 0 dollars; to spend nothing, leave API models"),
        # nothing where something is needed
        ("model", {}, "gemma_2_2b"),
        ("language", {}, "cs, da, de, el, en, es"),
        ("judge", {}, "gemma_2_9b"),
        ("protocol", {}, "hypothetical_interviews"),
        ("populations.compare", [], "[all]"),
        ("run", None, "a name"),
        ("run", "", "a name"),
        # names that would leave the folder of results
        ("run", "a/b", "results=FOLDER"),
        ("run", "..", "results=FOLDER"),
        ("run", ".hidden", "results=FOLDER"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_with_what_is_expected(
    key: str, value: object, expected: str
) -> None:
    with pytest.raises(UserError) as said:
        changed(key, value)
    message = str(said.value)
    assert message.startswith(f"{key}")
    assert "cannot be used: expected" in message
    assert expected in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("sed", "seed"),
        ("design.sample", "design.samples"),
        (f"{MODEL}.dtyp", f"{MODEL}.dtype"),
        (f"{MODEL}.architecture.head", f"{MODEL}.architecture.heads"),
        (f"{SAMPLING}.topp", f"{SAMPLING}.top_p"),
        (f"{JUDGE}.modle", f"{JUDGE}.model"),
        ("populations.recoding", "populations.recode"),
    ],
)
def test_an_unknown_key_names_the_nearest(key: str, near: str) -> None:
    with pytest.raises(UserError) as said:
        changed(key, 1)
    assert str(said.value) == f"unknown key '{key}': did you mean '{near}'?"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (f"{MODEL}.in_flight", 1),
        (f"{MODEL}.gpus_per_replica", 0),
        (f"{SAMPLING}.temperature", 0),
        (f"{SAMPLING}.top_p", 1),
        ("cluster.efficiency", 1),
        ("cluster.max_replicas", None),
        ("inference.permutations", 0),
        ("inference.rounds", 2),
        ("judging.judge_error", 0),
        ("judging.judge_error", 0.5),
        ("judging.judge_error", "paper"),
        ("spending.cap_dollars", 0.01),
    ],
)
def test_the_bounds_of_a_range_belong_to_it(key: str, value: object) -> None:
    changed(key, value)


def test_the_characters_per_token_of_a_language_are_above_0(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = {"en": 4.0, "other": 0}
    monkeypatch.setattr("culture_ray.config.run_settings.token_table", lambda: table)
    with pytest.raises(WrongValue, match=r"characters_per_token\.other=0 cannot be used"):
        settings_from(composed("language=[en]"), "", "")


def test_a_run_without_a_name_is_the_first_thing_said() -> None:
    content = {**deepcopy(composed("language=[en]")), "run": None, "seed": "x"}
    with pytest.raises(WrongValue, match=r"run=None .*run=NAME or experiment=quickstart"):
        settings_from(content, "", "")
