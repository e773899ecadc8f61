"""A benchmark's file is parsed into typed parts, and a fault in it is one line with its key."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.errors import UserError
from tests.benchmarks.examples import CHOICES, STEPS, content


def test_a_file_of_choices_is_parsed_whole() -> None:
    benchmark = Benchmark.from_mapping("global_mmlu", content(CHOICES))
    assert benchmark.source.hub == "CohereLabs/Global-MMLU"
    assert benchmark.source.paths == ("{language}/test-*.parquet",)
    assert benchmark.items.id == ("sample_id",)
    assert benchmark.items.answer is not None
    assert benchmark.items.answer.column == "answer"
    assert benchmark.items.per_group == ("sensitivity", 200)
    assert benchmark.orders == ("as_is", "reversed")
    assert list(benchmark.conditions) == ["plain"]
    assert benchmark.conditions["plain"].answer_step.prompts["nl"] == (
        "{text}\n{options}\nAntwoord:",
    )
    assert benchmark.scores.by == ("sensitivity", "subject")
    [gap] = benchmark.scores.contrasts
    assert (gap.name, gap.first, gap.second, gap.over) == ("culture_gap", "CS", "CA", "sensitivity")
    assert benchmark.capability is not None
    assert benchmark.capability.where == {"sensitivity": "CA"}
    assert benchmark.capability.also == {"capability_sensitive": {"sensitivity": "CS"}}


def test_a_file_with_steps_and_a_rubric_is_parsed_whole() -> None:
    benchmark = Benchmark.from_mapping("worldview", content(STEPS))
    views, answer = benchmark.conditions["agents"].steps
    assert (views.name, views.for_each) == ("views", "cultures")
    assert answer.name == "answer"
    assert "{views}" in answer.prompts["en"][0]
    assert benchmark.conditions["baseline"].answer_step.system == {}
    assert benchmark.rubric is not None
    assert benchmark.rubric.paths()["references.culture"].values[1] == "East Asian"
    assert benchmark.scores.figures["positive"].figure == "share"
    assert benchmark.scores.figures["positive"].value == "positive"
    assert [contrast.over for contrast in benchmark.scores.contrasts] == ["condition"] * 2
    assert (benchmark.samples, benchmark.sampling.max_tokens) == (3, 700)


FAULTS = [
    (CHOICES, {"langs": {}}, "unknown key 'langs' in benchmark.b"),
    (CHOICES, {"languages": {}}, "benchmark.b.languages"),
    (CHOICES, {"languages": {False: "no"}}, "YAML reads a bare yes, no, on or off"),
    (CHOICES, {"orders": "random"}, "one of as_is, both"),
    (CHOICES, {"prompts": {"nl": "{text}{options}"}}, "a prompt in en"),
    (CHOICES, {"prompts": "{text}"}, "a prompt with {options}"),
    (CHOICES, {"prompts": "{txt}{options}"}, "'{txt}' cannot be used: expected one of {options}"),
    (CHOICES, {"source": {"path": "x.csv"}}, "either files or hub"),
    (CHOICES, {"source": {"hub": "a/b"}}, "benchmark.b.source.path"),
    (CHOICES, {"scores": {"accuracy": {}, "by": ["topic"]}}, "unknown grouping 'topic'"),
    (CHOICES, {"scores": {"accurcy": {}}}, "one of accuracy"),
    (CHOICES, {"scores": {"accuracy": {}, "contrasts": {"g": ["CS", "X"]}}}, "contrasts.g"),
    (CHOICES, {"capability": {"use": "f1"}}, "benchmark.b.capability.use"),
    (CHOICES, {"answer": {"kind": "option", "labels": ["a", "b"]}}, "unknown key 'labels'"),
    (CHOICES, {"answer": {"kind": "label", "labels": [True, False]}}, "in quotes"),
    (CHOICES, {"answer": {"kind": "label", "labels": {True: ["x"], False: ["y"]}}}, "in quotes"),
    (CHOICES, {"answer": {"kind": "label", "labels": ["yes", "no"]}}, "has no letters"),
    (CHOICES, {"samples": 0}, "benchmark.b.samples=0"),
    (CHOICES, {"sampling": {"top_p": 0}}, "above 0, at most 1"),
    (CHOICES, {"conditions": {"a": {"few_shot": 3}}}, "worked examples in few_shot"),
    (CHOICES, {"conditions": {}}, "at least one condition"),
    (STEPS, {"lists": None}, "the file has no lists"),
    (STEPS, {"rubric": None}, "unknown field of the rubric or grouping 'references.culture'"),
    (STEPS, {"scores": {"s": {"share": "domain"}}}, "the value whose share is wanted"),
]


@pytest.mark.parametrize(("example", "changes", "message"), FAULTS)
def test_a_fault_is_one_line_with_its_key(
    example: str, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(UserError) as caught:
        Benchmark.from_mapping("b", content(example, **changes))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bare_yes_and_no_of_yaml_are_refused_as_labels() -> None:
    answer = yaml.safe_load("{kind: label, labels: [yes, no, neutral]}")
    with pytest.raises(UserError, match="in quotes: YAML reads a bare yes"):
        Benchmark.from_mapping("b", content(CHOICES, answer=answer, orders=None))


def test_the_last_step_is_one_request() -> None:
    steps = {"views": {"for_each": "cultures", "prompt": "{text} {each}"}}
    with pytest.raises(UserError, match="a last step of one request"):
        Benchmark.from_mapping("b", content(STEPS, conditions={"agents": {"steps": steps}}))
