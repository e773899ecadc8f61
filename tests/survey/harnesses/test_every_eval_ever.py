"""Records of Every Eval Ever, as other programs write them and as this one does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from culture_ray.errors import BadTable
from culture_ray.survey.harnesses.every_eval_ever import every_eval_ever_scores
from culture_ray.survey.harnesses.every_eval_ever_record import (
    PublishedFigure,
    RecordedModel,
    every_eval_ever_record,
    record_path,
)
from culture_ray.survey.harnesses.lm_eval import TaskMeaning
from culture_ray.survey.harnesses.result_files import result_files
from tests.survey.harnesses.record_schema import RECORD

GEMMA = RecordedModel("gemma2_2b", "google/gemma-2-2b-it", "vllm", revision="1" * 40)
LANGUAGES = {"da": "Danish", "en": "English", "pt": "Portuguese"}


def result(name: str = "mmlu_da", score: float = 0.6, **changed: Any) -> dict[str, Any]:
    how = {"lower_is_better": False, "score_type": "continuous", "min_score": 0, "max_score": 1}
    return {
        "evaluation_name": name,
        "source_data": {"dataset_name": "Global MMLU Lite", "source_type": "hf_dataset"},
        "metric_config": how | changed.pop("how", {}),
        "score_details": {"score": score, **changed},
    }


def record(*results: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {
        "schema_version": "0.2.1",
        "evaluation_id": "global-mmlu-lite/openai/gpt-5/1764290503",
        "retrieved_timestamp": "1764290503",
        "source_metadata": {"source_type": "evaluation_run", "evaluator_relationship": "other"},
        "model_info": {"name": "GPT-5", "id": "openai/gpt-5"},
        "eval_library": {"name": "inspect_ai", "version": "0.3.100"},
        "evaluation_results": list(results),
    } | changed


def _read(*results: dict[str, Any], tasks: dict[str, TaskMeaning] | None = None) -> Any:
    return every_eval_ever_scores([("a.json", record(*results))], tasks or {}, LANGUAGES)


def test_scores_become_shares_of_their_range_with_standard_errors() -> None:
    percent = {"min_score": 0, "max_score": 100}
    found = _read(
        result("mmlu_da", 61.0, how=percent, uncertainty={"standard_error": {"value": 2.0}}),
        result("mmlu_en", 71.0, how=percent, uncertainty={
            "confidence_interval": {"lower": 67.08, "upper": 74.92, "confidence_level": 0.95}}),
    )  # fmt: skip
    da, en = found.scores
    assert (da.model, da.benchmark, da.language, da.score) == ("openai/gpt-5", "mmlu", "da", 0.61)
    assert da.std_error == pytest.approx(0.02)
    assert en.std_error == pytest.approx(0.02, rel=1e-4)
    assert da.source.startswith("Every Eval Ever, inspect_ai 0.3.100")


@pytest.mark.parametrize(
    ("one", "benchmark", "language"),
    [
        (result("Portuguese"), "Global MMLU Lite", "pt"),
        (result("Belebele (Danish)"), "Belebele", "da"),
        (result("arc", how={"additional_details": {"languages": '["da"]'}}), "arc", "da"),
        (result("arc", how={"additional_details": {"language": "Danish"}}), "arc", "da"),
        (result("sib200", how={}), "sib200", "pt"),
    ],
)
def test_the_language_is_found_in_names_details_and_settings(
    one: dict[str, Any], benchmark: str, language: str
) -> None:
    found = _read(one, tasks={"sib200": TaskMeaning("score", "pt")})
    assert [(s.benchmark, s.language) for s in found.scores] == [(benchmark, language)]


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (result("Overall"), "its language is not told"),
        (result(how={"lower_is_better": True}), "lower is better"),
        (result(how={"max_score": None}), "no highest score"),
        (result(score=1.5), "not within its range"),
        (result(how={"max_score": "Infinity"}), "no highest score"),
        (result(how={"min_score": "-Infinity"}), "no lowest score"),
    ],
)
def test_a_result_that_cannot_be_used_is_named_with_the_reason(
    one: dict[str, Any], why: str
) -> None:
    found = _read(one)
    assert not found.scores
    assert why in found.notes[0]


def test_bounds_that_are_not_told_are_those_of_the_unit() -> None:
    none = {"min_score": None, "max_score": None}
    found = _read(
        result("mmlu_da", 61.0, how=none | {"metric_unit": "percent"}),
        result("mmlu_en", 0.71, how=none | {"metric_unit": "proportion"}),
    )
    assert [one.score for one in found.scores] == [0.61, 0.71]


def test_the_answers_beside_a_record_are_no_record(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "mmlu" / "openai" / "gpt-5"
    folder.mkdir(parents=True)
    (folder / "1.json").write_text(json.dumps(record(result())), encoding="utf-8")
    (folder / "1_samples.jsonl").write_text('{"sample_id": "1"}\n', encoding="utf-8")
    assert result_files([tmp_path], "every_eval_ever") == [folder / "1.json"]


def test_a_list_of_records_is_read_and_other_content_refused_in_one_line() -> None:
    both = [("a.json", [record(result()), record(result("mmlu_en"))])]
    assert len(every_eval_ever_scores(both, {}, LANGUAGES).scores) == 2
    with pytest.raises(BadTable, match=r"a\.json: not a record of Every Eval Ever"):
        every_eval_ever_scores([("a.json", {"results": {}})], {}, LANGUAGES)
    broken = record({"evaluation_name": "mmlu_da"})
    with pytest.raises(BadTable, match="result 1 is not one of Every Eval Ever"):
        every_eval_ever_scores([("a.json", broken)], {}, LANGUAGES)


def test_a_record_of_this_program_is_read_again() -> None:
    figures = 0.61, 0.02, 0.57, 0.65, 400
    figure = PublishedFigure("global_mmlu accuracy", "global_mmlu", "da", *figures)
    written = every_eval_ever_record(
        run="paper",
        model=GEMMA,
        version="0.1.0",
        at=1764290503,
        sampling={"temperature": 0.0, "max_tokens": 1},
        figures=[figure],
    )
    [score] = every_eval_ever_scores([("a", json.loads(json.dumps(written)))], {}, LANGUAGES).scores
    assert (score.model, score.language, score.score) == ("google/gemma-2-2b-it", "da", 0.61)
    assert score.std_error == pytest.approx(0.02)
    assert score.setting == "temperature 0.0"


@pytest.mark.parametrize(
    "model",
    [
        GEMMA,
        RecordedModel("gpt", "gpt-5", "openai"),
        RecordedModel("unlisted", "unlisted"),
    ],
)
def test_a_record_is_what_the_published_schema_demands(model: RecordedModel) -> None:
    judged = PublishedFigure(
        "worldview positive", "worldview", "en", 0.5, None, None, None, 3,
        hub="org/data", details={"condition": "plain"}, metric="positive", rounds=200,
        judge=GEMMA, rubric="Rate.",
    )  # fmt: skip
    plain = PublishedFigure("m accuracy", "m", "da", 0.61, 0.02, 0.57, 0.65, 400)
    written = every_eval_ever_record(
        run="paper", model=model, version="0.1.0", at=1764290503,
        sampling={"temperature": 0.0, "top_p": 1.0, "max_tokens": 1}, figures=[judged, plain],
    )  # fmt: skip
    jsonschema.validate(json.loads(json.dumps(written)), RECORD)
    place = str(record_path("worldview", "paper", model))
    assert re.fullmatch(
        r"data/worldview/[^/]+/[^/]+/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
        r"[0-9a-f]{12}\.json",
        place,
    )
    assert place == str(record_path("worldview", "paper", model))
