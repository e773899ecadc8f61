"""Demands of Every Eval Ever on a record, after eval.schema.json 0.3.0, in words of our own.

Required fields, closed lists, and the places where no other field or only texts are allowed
(github.com/evaleval/every_eval_ever, commit 9bce413).
"""

from __future__ import annotations

from typing import Any


def _object(required: str = "", closed: bool = False, **properties: Any) -> dict[str, Any]:
    known: dict[str, Any] = {name: {} for name in required.split()} | properties
    return {
        "type": "object",
        "required": required.split(),
        "properties": known,
        "additionalProperties": not closed,
    }


_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
_NUMBER, _TEXT = {"type": "number"}, {"type": "string"}
_MODEL = _object(
    "name id additional_details",
    inference_engine=_object(name=_TEXT, version=_TEXT),
    additional_details=_TEXTS
    | {
        "required": ["deployment_type", "model_availability"],
        "properties": {
            "deployment_type": {"enum": ["self_deployed", "externally_managed", "unknown"]},
            "model_availability": {"enum": ["open_weights", "closed_weights", "unknown"]},
        },
    },
)
_METRIC = _object(
    "lower_is_better score_type min_score max_score",
    lower_is_better={"type": "boolean"},
    score_type={"enum": ["binary", "continuous", "levels"]},
    additional_details=_TEXTS,
    llm_scoring=_object(
        "judges input_prompt",
        judges={"type": "array", "minItems": 1, "items": _object("model_info", model_info=_MODEL)},
        input_prompt=_TEXT,
    ),
)
_UNCERTAINTY = _object(
    standard_error=_object("value", value=_NUMBER),
    confidence_interval=_object("lower upper", lower=_NUMBER, upper=_NUMBER),
    num_samples={"type": "integer"},
    num_bootstrap_samples={"type": "integer"},
)
_RESULT = _object(
    "evaluation_name source_data metric_config score_details",
    source_data=_object(
        "dataset_name source_type", source_type={"enum": ["hf_dataset", "other"]}, hf_repo=_TEXT
    ),
    metric_config=_METRIC,
    score_details=_object("score", score=_NUMBER, uncertainty=_UNCERTAINTY),
    generation_config=_object(
        generation_args=_object(
            temperature=_NUMBER, top_p=_NUMBER, max_tokens={"type": "integer", "minimum": 1}
        )
    ),
)
RECORD = _object(
    "schema_version evaluation_id retrieved_timestamp source_metadata model_info eval_library "
    "evaluation_results",
    closed=True,
    evaluation_timestamp=_TEXT,
    detailed_evaluation_results=_object("format file_path"),
    source_metadata=_object(
        "source_type source_organization_name evaluator_relationship",
        source_type={"enum": ["documentation", "evaluation_run"]},
        evaluator_relationship={"enum": ["first_party", "third_party", "collaborative", "other"]},
    ),
    model_info=_MODEL,
    eval_library=_object("name version", additional_details=_TEXTS),
    evaluation_results={"type": "array", "items": _RESULT},
)
"""JSON schema of a record."""
