"""Writer of Every Eval Ever: a model's figures in benchmarks as one record of the schema."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SCHEMA_VERSION = "0.2.1"


@dataclass(frozen=True)
class PublishedFigure:
    """One figure of a model in a benchmark, 0..1."""

    name: str
    """Such as `global_mmlu accuracy da`."""
    dataset: str
    language: str
    score: float
    std_error: float | None
    ci_low: float | None
    ci_high: float | None
    clusters: int
    """Clusters of items that the error is computed from."""
    hub: str = ""
    """Repository of the data on the Hugging Face hub, if that is where they are from."""
    details: Mapping[str, str] | None = None
    """Condition, group and the like."""


def every_eval_ever_record(
    *,
    run: str,
    model: str,
    source: str,
    version: str,
    at: float,
    sampling: Mapping[str, float | int],
    figures: Sequence[PublishedFigure],
) -> dict[str, Any]:
    """Return the record of one model's figures in a run.

    Args:
        run: name of the run, the first part of the record's id.
        model: name of the model in the run.
        source: the model's name on the hub or at its provider.
        version: version of culture_ray.
        at: time at which the record is made, in seconds since 1970.
        sampling: temperature, top_p and max_tokens.
        figures: figures of the model; those without a value are not to be among them.
    """
    results = [_result(one, sampling) for one in figures]
    content = json.dumps(results, sort_keys=True).encode()
    return {
        "schema_version": SCHEMA_VERSION,
        "evaluation_id": f"{run}/{source}/{at:.0f}",
        "dedupe_identity": {
            "content_hash": hashlib.sha256(content).hexdigest(),
            "hash_algorithm": "sha256",
        },
        "retrieved_timestamp": f"{at:.0f}",
        "source_metadata": {
            "source_name": run,
            "source_type": "evaluation_run",
            "source_organization_name": "unknown",
            "evaluator_relationship": "third_party",
        },
        "eval_library": {"name": "culture_ray", "version": version},
        "model_info": {"name": model, "id": source},
        "evaluation_results": results,
    }


def _result(figure: PublishedFigure, sampling: Mapping[str, float | int]) -> dict[str, Any]:
    uncertainty: dict[str, Any] = {"num_samples": figure.clusters}
    method = "joint bootstrap of item clusters"
    if figure.std_error is not None:
        uncertainty["standard_error"] = {"value": figure.std_error, "method": method}
    if figure.ci_low is not None and figure.ci_high is not None:
        uncertainty["confidence_interval"] = {
            "lower": figure.ci_low,
            "upper": figure.ci_high,
            "confidence_level": 0.95,
            "method": "t interval over item clusters",
        }
    data: dict[str, Any] = {"dataset_name": figure.dataset, "source_type": "other"}
    if figure.hub:
        data |= {"source_type": "hf_dataset", "hf_repo": figure.hub}
    details = {"language": figure.language, **(figure.details or {})}
    return {
        "evaluation_name": figure.name,
        "source_data": data,
        "metric_config": {
            "lower_is_better": False,
            "score_type": "continuous",
            "min_score": 0,
            "max_score": 1,
            "additional_details": details,
        },
        "score_details": {"score": figure.score, "uncertainty": uncertainty},
        "generation_config": {"generation_args": dict(sampling)},
    }
