"""Results of EuroEval and lm_eval, in the layouts that their programs write, become scores."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.errors import BadTable
from culture_ray.survey.harnesses.euroeval import euroeval_scores
from culture_ray.survey.harnesses.lm_eval import TaskMeaning, lm_eval_scores, task_of
from culture_ray.survey.harnesses.scores import (
    Score,
    common_scores,
    latest_scores,
    mean_scores,
    mixed_settings,
    same_metrics,
)

LANGUAGES = {"da": 1, "en": 1, "nl": 1, "pt": 1, "nb": 1, "nn": 1, "no": 1}
TASKS = {
    "arc_*": TaskMeaning("acc_norm"),
    "mmlu": TaskMeaning("acc", "en"),
    "gsm8k": TaskMeaning("exact_match,strict-match", "en"),
    "belebele_dan_Latn": TaskMeaning("acc", "da"),
}


def own_layout(**changed: Any) -> dict[str, Any]:
    """A line in the layout of its own, as EuroEval 16 writes it."""
    return {
        "dataset": "scala-da",
        "task": "linguistic-acceptability",
        "languages": ["da"],
        "model": "google/gemma-2-2b-it",
        "results": {
            "raw": [{"test_mcc": 0.4, "test_macro_f1": 0.6}],
            "total": {
                "test_mcc": 42.5, "test_mcc_se": 1.96, "test_macro_f1": 71.0,
                "test_macro_f1_se": 0.5, "num_failed_instances": 0.0,
            },
        },
        "few_shot": True,
        "validation_split": False,
        "euroeval_version": "16.3.0",
    } | changed  # fmt: skip


def shared_layout(**changed: Any) -> dict[str, Any]:
    """The same as EuroEval 18 writes it, with the details as strings."""
    details = {
        "dataset": "scala-da", "languages": '["da"]', "task": "linguistic-acceptability",
        "few_shot": "true", "validation_split": "false", "raw_results": "[]",
    } | changed  # fmt: skip
    interval = {"lower": 40.54, "upper": 44.46, "confidence_level": 0.95, "method": "bootstrap"}
    return {
        "schema_version": "0.2.1",
        "model_info": {"name": "google/gemma-2-2b-it", "id": "google/gemma-2-2b-it"},
        "eval_library": {"name": "euroeval", "version": "18.2.0", "additional_details": details},
        "evaluation_results": [
            {
                "evaluation_name": "test_mcc",
                "metric_config": {"lower_is_better": False, "min_score": -100, "max_score": 100},
                "score_details": {"score": 42.5, "uncertainty": {"confidence_interval": interval}},
            },
            {
                "evaluation_name": "test_macro_f1",
                "metric_config": {"lower_is_better": False, "min_score": 0, "max_score": 100},
                "score_details": {"score": 71.0},
            },
        ],
    }


def read_euroeval(*lines: Any) -> Any:
    numbered = [(f"line {number}", line) for number, line in enumerate(lines, 1)]
    return euroeval_scores(numbered, {"european-values": "it asks the survey"}, LANGUAGES)


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


def lm_eval_file(results: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
    return {
        "results": results,
        "group_subtasks": {},
        "n-shot": dict.fromkeys(results, 5),
        "config": {"model": "hf", "model_args": "pretrained=google/gemma-2-2b-it", "limit": None},
        "date": 1760000000.0,
        "model_name": "google/gemma-2-2b-it",
        "lm_eval_version": "0.4.9",
    } | changed


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


def score(model: str, benchmark: str, value: float = 0.5, **more: Any) -> Score:
    given = {"std_error": 0.1, "harness": "h", "metric": "f1", "setting": "few-shot"} | more
    return Score(model, given.pop("language", "da"), benchmark, value, **given)


def test_the_test_split_stands_before_the_validation_split_and_the_latest_of_each() -> None:
    kept, notes = latest_scores(
        [
            score("a", "x", 0.1, rank=(1.0, 1.0)),
            score("a", "x", 0.2, rank=(1.0, 2.0)),
            score("a", "x", 0.9, rank=(0.0, 3.0)),
            score("b", "x", 0.3, rank=(1.0, 0.0)),
        ]
    )
    assert [(one.model, one.score) for one in kept] == [("a", 0.2), ("b", 0.3)]
    assert "1 benchmark has several results, such as a da x" in notes[0]


def test_only_benchmarks_of_every_model_are_kept_and_the_others_named() -> None:
    kept, notes = common_scores([score("a", "x"), score("b", "x"), score("a", "y"),
                          score("a", "z", language="en")])  # fmt: skip
    assert [(one.model, one.benchmark) for one in kept] == [("a", "x"), ("b", "x"), ("a", "z")]
    assert notes == [
        "left out in da, because not every model has it: y (b lacks it). common=false keeps all"
    ]


def test_benchmarks_asked_in_different_ways_are_named() -> None:
    (told,) = mixed_settings([score("a", "x"), score("b", "x", setting="zero-shot")])
    assert told.endswith("da x (few-shot: a; zero-shot: b)")
    assert not mixed_settings([score("a", "x"), score("b", "x")])


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 0.2)), min_size=1, max_size=8))
def test_capability_is_the_mean_and_its_error_that_of_a_mean_of_independent_ones(
    values: list[tuple[float, float]],
) -> None:
    scores = [score("a", f"b{n}", v, std_error=e) for n, (v, e) in enumerate(values)]
    (one,) = mean_scores(scores)
    assert one.capability == pytest.approx(sum(v for v, _ in values) / len(values))
    assert one.std_error == pytest.approx(sum(e**2 for _, e in values) ** 0.5 / len(values))
    (lacking,) = mean_scores([*scores, score("a", "none", std_error=None)])
    assert lacking.std_error is None


def test_versions_that_rank_by_different_metrics_are_compared_by_one_that_all_have() -> None:
    def squad(model: str, version: str, *metrics: str) -> dict[str, Any]:
        figures = {"em": 50.0, "f1": 62.0}
        total = {f"test_{name}": figures[name] for name in metrics}
        total |= {f"test_{name}_se": 1.96 for name in metrics}
        return own_layout(model=model, results={"total": total}, euroeval_version=version)

    found = read_euroeval(squad("a", "13.0.0", "em", "f1"), squad("b", "15.3.1", "f1", "em"))
    assert [one.metric for one in found.scores] == ["em", "f1"]
    kept, notes = same_metrics(found.scores)
    assert [(one.model, one.metric, one.score) for one in kept] == [
        ("a", "f1", 0.62), ("b", "f1", 0.62),
    ]  # fmt: skip
    assert "EuroEval 13.0.0, f1" in kept[0].source
    assert notes == [
        "scala-da is ranked by f1 (EuroEval 15.3.1) and em (EuroEval 13.0.0): f1 is used for all "
        "models, as every result has it"
    ]


def test_results_without_a_common_metric_are_benchmarks_of_their_own() -> None:
    kept, notes = same_metrics(
        [score("a", "x", metric="bertscore"), score("b", "x", metric="chrf")]
    )
    assert [one.benchmark for one in kept] == ["x (bertscore)", "x (chrf)"]
    assert "no metric is in every result" in notes[0]
    assert common_scores(kept)[0] == []


def test_one_metric_needs_no_sentence() -> None:
    scores = [score("a", "x"), score("b", "x"), score("a", "y", metric="em")]
    kept, notes = same_metrics(scores)
    assert sorted(one.benchmark for one in kept) == ["x", "x", "y"]
    assert not notes


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


def test_layouts_survive_json() -> None:
    assert json.loads(json.dumps(shared_layout())) == shared_layout()
