"""Writer of Every Eval Ever: a model's figures in a benchmark as one record of the schema.

The schema is eval.schema.json, version 0.3.0, of github.com/evaleval/every_eval_ever (commit
9bce413, 13 August 2026). A record has no other fields than those it names, and every value of
`additional_details` is a text.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

SCHEMA_VERSION = "0.3.0"
_UNKNOWN = "unknown"


@dataclass(frozen=True)
class RecordedModel:
    """A model as a record names it."""

    name: str
    """Name of the model in the run."""
    source: str
    """Name of the model on the hub or at its provider."""
    engine: str = ""
    """`vllm` for open weights on this machine, `openai` for an API; empty where it is not known."""
    revision: str | None = None

    def info(self) -> dict[str, Any]:
        """Return the record's `model_info`."""
        local, api = self.engine == "vllm", self.engine.startswith("openai")
        details = {
            "deployment_type": (
                "self_deployed" if local else "externally_managed" if api else _UNKNOWN
            ),
            # An API may serve open weights: that is not known from its name.
            "model_availability": "open_weights" if local else _UNKNOWN,
        }
        if self.revision:
            details["revision"] = self.revision
        info: dict[str, Any] = {"name": self.name, "id": self.source}
        if "/" in self.source:
            info["developer"] = self.source.split("/")[0]
        if local:
            info["inference_engine"] = {"name": "vLLM"}
        return info | {"additional_details": details}


@dataclass(frozen=True)
class PublishedFigure:
    """One figure of a model in a benchmark or a survey."""

    name: str
    """Name of the figure, such as `global_mmlu accuracy`."""
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
    metric: str = "accuracy"
    """Name of the figure."""
    rounds: int = 0
    """Draws of clusters that the error is computed from; 0 where it is not known."""
    judge: RecordedModel | None = None
    """Model that rated the answers, for a figure from ratings."""
    rubric: str = ""
    """Instruction to the judge."""
    range: tuple[float, float] = (0.0, 1.0)
    """Lowest and highest possible value."""
    lower_is_better: bool = False
    clustered_by: str = "item clusters"
    """Units that the error and the interval are computed over."""
    unit: str = "proportion"


def every_eval_ever_record(
    *,
    run: str,
    model: RecordedModel,
    version: str,
    at: float,
    sampling: Mapping[str, float | int],
    figures: Sequence[PublishedFigure],
) -> dict[str, Any]:
    """Return the record of one model's figures in a run.

    Args:
        run: name of the run, the first part of the record's id.
        model: the model.
        version: version of culture_ray.
        at: time at which the record is made, in seconds since 1970.
        sampling: temperature, top_p and max_tokens.
        figures: figures of the model; those without a value are not to be among them.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "evaluation_id": f"{run}/{model.source}/{at:.0f}",
        "retrieved_timestamp": f"{at:.0f}",
        "source_metadata": {
            "source_name": run,
            "source_type": "evaluation_run",
            "source_organization_name": _UNKNOWN,
            "evaluator_relationship": "third_party",
        },
        "eval_library": {"name": "culture_ray", "version": version},
        "model_info": model.info(),
        "evaluation_results": [_result(one, sampling) for one in figures],
    }


def record_path(collection: str, run: str, model: RecordedModel) -> PurePosixPath:
    """Return the place of a record: data/COLLECTION/DEVELOPER/MODEL/UUID.json.

    The datastore asks for a random UUID (version 4); this one has its form and is a hash of the
    run, the collection and the model, so that a record which is made again replaces the former.
    """
    developer, _, name = model.source.rpartition("/")
    parts = [part.replace("/", "_") or _UNKNOWN for part in (collection, developer, name)]
    own = uuid.uuid5(uuid.NAMESPACE_URL, "/".join((run, collection, model.name)))
    return PurePosixPath("data", *parts, f"{uuid.UUID(bytes=own.bytes, version=4)}.json")


def _result(figure: PublishedFigure, sampling: Mapping[str, float | int]) -> dict[str, Any]:
    data: dict[str, Any] = {"dataset_name": figure.dataset, "source_type": "other"}
    if figure.hub:
        data |= {"source_type": "hf_dataset", "hf_repo": figure.hub}
    metric: dict[str, Any] = {
        "metric_id": figure.metric,
        "metric_name": figure.metric,
        "metric_unit": figure.unit,
        "lower_is_better": figure.lower_is_better,
        "score_type": "continuous",
        "min_score": figure.range[0],
        "max_score": figure.range[1],
        "additional_details": {"language": figure.language, **(figure.details or {})},
    }
    if figure.judge is not None:
        judges = [{"model_info": figure.judge.info()}]
        metric["llm_scoring"] = {"judges": judges, "input_prompt": figure.rubric}
    return {
        "evaluation_name": figure.name,
        "source_data": data,
        "metric_config": metric,
        "score_details": {"score": figure.score, "uncertainty": _uncertainty(figure)},
        "generation_config": {"generation_args": dict(sampling)},
    }


def _uncertainty(figure: PublishedFigure) -> dict[str, Any]:
    found: dict[str, Any] = {"num_samples": figure.clusters}
    if figure.rounds:
        found["num_bootstrap_samples"] = figure.rounds
    if figure.std_error is not None:
        method = f"joint bootstrap of {figure.clustered_by}"
        found["standard_error"] = {"value": figure.std_error, "method": method}
    if figure.ci_low is not None and figure.ci_high is not None:
        found["confidence_interval"] = {
            "lower": figure.ci_low,
            "upper": figure.ci_high,
            "confidence_level": 0.95,
            "method": f"t interval over {figure.clustered_by}",
        }
    return found
