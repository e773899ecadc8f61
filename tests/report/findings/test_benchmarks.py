"""One sentence per benchmark: the range of its first figure, which compares nothing."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from culture_ray.report.content import ReportContent
from culture_ray.report.findings.benchmarks import benchmark_sentences
from culture_ray.report.formatting import plain
from culture_ray.tables import BENCHMARKS
from tests.report.synthetic.content import make_content


def _row(model: str, value: float | None, **changed: object) -> dict[str, object]:
    return {
        "benchmark": "colours", "model": model, "language": "da", "condition": "plain",
        "figure": "accuracy", "variant": "valid", "value": value, "ci_low": 0.25, "ci_high": 0.75,
    } | changed  # fmt: skip


@pytest.fixture(scope="module")
def content() -> ReportContent:
    return make_content(topics=8, responses=4)


def _said(content: ReportContent, *rows: dict[str, object]) -> dict[str, str]:
    table = pa.Table.from_pylist(list(rows), schema=BENCHMARKS)
    found = benchmark_sentences(replace(content, benchmarks=table))
    return {name: plain(sentence) for name, sentence in found.items()}


def test_the_range_is_that_of_means_over_languages_in_the_first_condition(
    content: ReportContent,
) -> None:
    rows = [
        _row("m", 0.1), _row("m", 0.5, language=None), _row("n", 0.7, language=None),
        _row("k", 0.6, language=None), _row("o", 0.95),
        _row("m", 0.9, language=None, condition="hard"),
        _row("m", 0.0, language=None, group="g"), _row("m", 0.0, variant="as_published"),
        _row("m", -0.5, contrast="gap"), _row("m", 1.0, figure="votes"),
    ]  # fmt: skip
    assert _said(content, *rows) == {
        "colours": "Accuracy in the condition plain ranges from 0.50 (m) to 0.70 (n), averaged "
        "over languages."
    }


def test_without_means_the_first_language_is_told_and_one_model_with_its_interval(
    content: ReportContent,
) -> None:
    said = _said(content, _row("m", 0.5, figure="macro_f1"))
    assert said["colours"] == (
        "Macro f1 in the condition plain is 0.50 (95 % interval 0.25 to 0.75) in Danish."
    )
    several = _said(content, _row("m", 0.5), _row("n", 0.75), _row("n", 0.25, language="en"))
    assert several["colours"] == (
        "Accuracy in the condition plain ranges from 0.50 (m) to 0.75 (n) in Danish."
    )


def test_a_benchmark_of_distributions_or_without_values_has_no_sentence(
    content: ReportContent,
) -> None:
    shares = _row("m", 0.5, benchmark="views", category="Western")
    assert _said(content, shares, _row("m", None)) == {}


def test_models_with_one_figure_share_a_sentence_instead_of_a_range(content: ReportContent) -> None:
    rows = [_row(name, 0.501) for name in ("m", "n", "o")]
    said = _said(content, *rows)["colours"]
    assert said == "Accuracy in the condition plain is 0.50 for all 3 models in Danish."
    assert "is 0.50 for both models in Danish" in _said(content, *rows[:2])["colours"]
