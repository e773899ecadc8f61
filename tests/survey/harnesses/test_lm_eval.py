"""Results of lm_eval become scores, and whatever is left out gets a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from culture_ray.errors import BadTable
from culture_ray.survey.harnesses.lm_eval import TaskMeaning, lm_eval_scores, task_of
from culture_ray.survey.harnesses.scores import (
    latest_scores,
)
from tests.survey.harnesses.layouts import LANGUAGES, lm_eval_file

TASKS = {
    "arc_*": TaskMeaning("acc_norm"),
    "mmlu": TaskMeaning("acc", "en"),
    "gsm8k": TaskMeaning("exact_match,strict-match", "en"),
    "belebele_dan_Latn": TaskMeaning("acc", "da"),
}


def read_lm_eval(*files: Any) -> Any:
    return lm_eval_scores([(f"f{n}.json", file) for n, file in enumerate(files)], TASKS, LANGUAGES)


def test_lm_eval_gives_the_metric_of_each_task_with_its_standard_error() -> None:
    found = read_lm_eval(
        lm_eval_file(
            {
                "arc_da": {"alias": "arc_da", "acc,none": 0.3, "acc_norm,none": 0.4,
                           "acc_norm_stderr,none": 0.01},
                "belebele_dan_Latn": {"acc,none": 0.6, "acc_stderr,none": "N/A"},
                "gsm8k": {"exact_match,strict-match": 0.2, "exact_match,flexible-extract": 0.3,
                          "exact_match_stderr,strict-match": 0.02},
            }
        )
    )  # fmt: skip
    assert [(s.benchmark, s.language, s.score, s.std_error) for s in found.scores] == [
        ("arc_da", "da", 0.4, 0.01),
        ("belebele_dan_Latn", "da", 0.6, None),
        ("gsm8k", "en", 0.2, 0.02),
    ]
    assert found.scores[2].source == "lm_eval 0.4.9, exact_match,strict-match, 5-shot"
    assert not found.notes


def test_a_group_stands_for_its_members_and_groups_that_are_not_known_are_passed_over() -> None:
    results = {
        "mmlu": {"acc,none": 0.5, "acc_stderr,none": 0.004},
        " - mmlu_stem": {"acc,none": 0.4},
        "  - mmlu_anatomy": {"acc,none": 0.4},
        "multilingual": {"acc,none": 0.4},
        "arc_nl": {"acc_norm,none": 0.3},
    }
    groups = {"mmlu": ["mmlu_stem"], "mmlu_stem": ["mmlu_anatomy"], "multilingual": ["arc_nl"]}
    found = read_lm_eval(lm_eval_file(results, group_subtasks=groups))
    assert [one.benchmark for one in found.scores] == ["mmlu", "arc_nl"]
    assert not found.notes


def test_tasks_and_metrics_that_are_not_known_get_a_sentence_each() -> None:
    found = read_lm_eval(
        lm_eval_file(
            {
                "arc_easy": {"acc,none": 0.5},
                "mmlu": {"f1,none": 0.5},
                "arc_da": {"acc_norm,none": 12.0},
            },
            config={"limit": 100.0},
        )
    )
    assert not found.scores
    limited, unknown, metric, share = found.notes
    assert "a part of each task (limit 100)" in limited
    assert "task arc_easy is not in conf/harnesses.yaml (metrics: acc,none)" in unknown
    assert "add it with 'tasks={arc_easy: {language: CODE, metric: NAME}}'" in unknown
    assert "task mmlu: metric acc is missing; the task has f1,none" in metric
    assert "not a share from 0 to 1" in share


@pytest.mark.parametrize("given", ["pretrained=a/b,dtype=bf16", {"pretrained": "a/b", "tp": 2}])
def test_the_model_is_found_in_its_arguments_where_older_files_say_it(given: Any) -> None:
    file = lm_eval_file({"arc_da": {"acc_norm,none": 0.3}}, config={"model_args": given})
    del file["model_name"]
    assert read_lm_eval(file).scores[0].model == "a/b"
    del file["config"]
    with pytest.raises(BadTable, match=r"f0\.json: names no model"):
        read_lm_eval(file)


def test_only_a_language_code_stands_for_the_star() -> None:
    assert task_of("arc_nl", TASKS, LANGUAGES) == ("nl", "acc_norm")
    assert task_of("arc_challenge", TASKS, LANGUAGES) is None


def test_a_model_with_an_adapter_is_another_model() -> None:
    arguments = "pretrained=google/gemma-2-2b-it,peft=/scratch/me/adapter,dtype=bfloat16"
    found = read_lm_eval(
        lm_eval_file({"arc_da": {"acc_norm,none": 0.3}}),
        lm_eval_file({"arc_da": {"acc_norm,none": 0.4}}, config={"model_args": arguments}),
    )
    assert [one.model for one in found.scores] == [
        "google/gemma-2-2b-it", "google/gemma-2-2b-it+/scratch/me/adapter",
    ]  # fmt: skip
    assert not latest_scores(found.scores)[1]


def test_files_from_before_metrics_had_filters_are_read_with_their_shots() -> None:
    file = lm_eval_file(
        {"arc_da": {"acc": 0.3, "acc_stderr": 0.01, "acc_norm": 0.4, "acc_norm_stderr": 0.02},
         "piqa": {"acc": 0.7, "acc_stderr": 0.01}},
        config={"model_args": "pretrained=google/gemma-2-2b-it", "num_fewshot": 5},
    )  # fmt: skip
    for key in ("n-shot", "group_subtasks", "model_name", "lm_eval_version"):
        del file[key]
    found = read_lm_eval(file)
    assert (found.scores[0].score, found.scores[0].std_error) == (0.4, 0.02)
    assert found.scores[0].source == "lm_eval, acc_norm, 5-shot"
    assert "task piqa is not in conf/harnesses.yaml (metrics: acc)" in found.notes[0]
