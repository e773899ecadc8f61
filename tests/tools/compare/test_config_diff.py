"""Each difference between two configurations is listed once, in the part it belongs to."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from culture_ray.tools.compare.config_diff import PARTS, config_diff
from tests.small import composed

FACTS = {"sessions": [{"at": "2025-01-01", "platform": "x", "vllm": "0.32"}]}


@pytest.fixture
def content() -> dict[str, Any]:
    return deepcopy(dict(composed()))


def found(before: dict[str, Any], after: dict[str, Any], facts: Any = FACTS) -> list[Any]:
    rows = config_diff(before, after, FACTS, facts).to_pylist()
    return [(row["part"], row["name"], row["change"], row["first"], row["second"]) for row in rows]


def test_nothing_differs_between_equal_runs_or_in_how_they_ran(content: dict[str, Any]) -> None:
    other = deepcopy(content)
    other["cluster"]["nodes"] = 9
    other["model"]["gemma_3_270m"]["in_flight"] = 7
    other["results"] = "/elsewhere"
    facts = {"sessions": [{"at": "2026-02-02", "platform": "y", "vllm": "0.32"}]}
    assert found(content, other, facts) == []


def test_each_change_is_named_in_its_part(content: dict[str, Any]) -> None:
    other = deepcopy(content)
    other["model"]["gemma_2_2b"] = {"source": "google/gemma-2-2b-it", "engine": "vllm"}
    other["model"]["gemma_3_270m"]["dtype"] = "float32"
    del other["language"]["da"]
    other["topics"]["only"] = other["topics"]["only"][1:]
    other["protocol"]["hypothetical_interviews"]["sampling"]["temperature"] = 0.1
    other["language"]["en"]["topics"]["f118"]["pro"] = "Anything goes."
    other["judge"]["gemma_3_270m"]["sampling"]["temperature"] = 0.5
    other["design"]["prompts_per_language"] = 48
    other["judging"]["exclude"]["truncated"] = True
    other["seed"] = 2
    other["populations"]["name"] = "mine"
    told = found(content, other, {"sessions": [{"vllm": "0.40", "torch": "3"}]})
    assert ("models", "gemma_2_2b", "added", None, "google/gemma-2-2b-it") in told
    assert ("models", "gemma_3_270m.dtype", "changed", "not set", "float32") in told
    assert ("languages", "da", "removed", "Danish", None) in told
    assert [row[:3] for row in told if row[0] == "topics"] == [("topics", "c001_01", "removed")]
    short = "hypothetical_interviews.sampling.temperature"
    assert [row[1] for row in told if row[0] == "protocols"] == [short]
    (prompt,) = [row for row in told if row[0] == "prompts"]
    assert (prompt[1], prompt[2], prompt[4]) == ("en.topics.f118.pro", "changed", "Anything goes.")
    judge = "gemma_3_270m.sampling.temperature"
    assert [row[1:3] for row in told if row[0] == "judges"] == [(judge, "changed")]
    assert ("design", "prompts_per_language", "changed", "24", "48") in told
    assert ("judging", "exclude.truncated", "changed", "false", "true") in told
    assert ("seed", "seed", "changed", "1", "2") in told
    assert ("versions", "vllm", "changed", "0.32", "0.40") in told
    assert ("versions", "torch", "added", None, "3") in told
    assert [row[0] for row in told] == sorted((row[0] for row in told), key=PARTS.index)


def test_the_other_order_turns_added_into_removed(content: dict[str, Any]) -> None:
    other = deepcopy(content)
    other["model"]["gemma_2_2b"] = {"source": "google/gemma-2-2b-it", "engine": "vllm"}
    other["seed"] = 2
    turn = {"added": "removed", "removed": "added", "changed": "changed"}
    back = {(p, n, turn[c], new, old) for p, n, c, old, new in found(other, content)}
    assert back == set(found(content, other))


def test_texts_of_a_language_that_only_one_run_has_are_no_changes(content: dict[str, Any]) -> None:
    other = deepcopy(content)
    del other["language"]["da"]
    assert [row[0] for row in found(content, other)] == ["languages"]


def test_of_imported_runs_the_file_is_what_changes(content: dict[str, Any]) -> None:
    def imported(name: str) -> dict[str, Any]:
        model = {"engine": "imported", "family": "gemma", "source": name}
        judge = {"imported": {"model": {"engine": "imported", "source": name}}}
        return content | {"model": {"small": model}, "judge": judge, "imported": {"file": name}}

    assert found(imported("a.csv"), imported("b.csv")) == [
        ("file", "file", "changed", "a.csv", "b.csv")
    ]
