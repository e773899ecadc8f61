"""Results of EuroEval in both of its layouts become scores."""

from __future__ import annotations

import json
from typing import Any

import pytest

from culture_ray.errors import BadTable
from tests.survey.harnesses.layouts import own_layout, read_euroeval, shared_layout


@pytest.mark.parametrize("line", [own_layout(), shared_layout()], ids=["own", "shared"])
def test_both_layouts_of_euroeval_give_the_first_metric_and_its_standard_error(
    line: dict[str, Any],
) -> None:
    found = read_euroeval(line)
    (one,) = found.scores
    assert (one.model, one.language, one.benchmark) == ("google/gemma-2-2b-it", "da", "scala-da")
    assert one.score == pytest.approx(0.425)
    # What EuroEval calls a standard error is 1.96 times one, in percent.
    assert one.std_error == pytest.approx(0.01)
    assert "mcc, few-shot, test split" in one.source
    assert not found.notes


def test_older_names_of_fields_and_suffixes_of_models_are_understood() -> None:
    line = own_layout(model="gpt-4o (zero-shot, val)")
    line["dataset_languages"] = line.pop("languages")
    del line["few_shot"], line["validation_split"]
    (one,) = read_euroeval(line).scores
    assert (one.model, one.setting) == ("gpt-4o", "zero-shot, validation split")


def test_regions_of_a_language_are_the_language_and_several_languages_each_count() -> None:
    found = read_euroeval(
        own_layout(dataset="assin", languages=["pt", "pt-pt"]),
        own_layout(dataset="norne", languages=["nb", "nn", "no"]),
    )
    assert [(one.benchmark, one.language) for one in found.scores] == [
        ("assin", "pt"), ("norne", "nb"), ("norne", "nn"), ("norne", "no"),
    ]  # fmt: skip


def test_what_is_no_capability_is_left_out_with_a_sentence() -> None:
    lower = shared_layout(dataset="perplexing")
    lower["evaluation_results"][0]["metric_config"]["lower_is_better"] = True
    found = read_euroeval(
        own_layout(dataset="valeu-da", task="european-values"),
        own_layout(dataset="sinhala-qa", languages=["si"]),
        own_layout(dataset="broken", results={"total": {}}),
        own_layout(dataset="large", results={"total": {"test_x": 250.0}}),
        lower,
    )
    assert not found.scores
    assert [note.removeprefix("left out: ").split(" ")[0].rstrip(":") for note in found.notes] == [
        "valeu-da", "sinhala-qa", "broken", "large", "perplexing",
    ]  # fmt: skip
    assert "it asks the survey" in found.notes[0]


def test_a_score_below_chance_counts_as_none_and_says_so() -> None:
    found = read_euroeval(own_layout(results={"total": {"test_mcc": -3.0, "test_mcc_se": 2.0}}))
    assert found.scores[0].score == 0
    assert "below chance (-3.0)" in found.notes[0]


@pytest.mark.parametrize("line", [[], {"model": "x"}, {"evaluation_results": []}, "text"])
def test_another_file_is_refused_with_its_line(line: Any) -> None:
    with pytest.raises(BadTable, match="line 1: not a result of EuroEval"):
        read_euroeval(line)


def test_a_further_metric_that_is_no_number_does_not_matter() -> None:
    found = read_euroeval(own_layout(results={"total": {"test_mcc": 40.0, "test_note": "none"}}))
    assert found.scores[0].metrics == ("mcc",)


@pytest.mark.parametrize("languages", ["da", '"da"', '["da"]', ["da"], '["da", "nl"]', "da,nl"])
def test_languages_are_read_from_lists_and_strings(languages: Any) -> None:
    expected = ["da", "nl"] if "nl" in languages else ["da"]
    own = read_euroeval(own_layout(languages=languages))
    assert [one.language for one in own.scores] == expected
    if isinstance(languages, str):
        shared = read_euroeval(shared_layout(languages=languages))
        assert [one.language for one in shared.scores] == expected


def test_layouts_survive_json() -> None:
    assert json.loads(json.dumps(shared_layout())) == shared_layout()
