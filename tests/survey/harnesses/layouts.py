"""Results of EuroEval and lm_eval in the layouts that their programs write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from culture_ray.survey.harnesses.euroeval import euroeval_scores

LANGUAGES = {"da": 1, "en": 1, "nl": 1, "pt": 1, "nb": 1, "nn": 1, "no": 1}


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
