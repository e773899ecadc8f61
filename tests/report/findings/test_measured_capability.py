"""The sentence on measured capability claims a slope only where its interval excludes zero."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from culture_ray.report.content import ReportContent
from culture_ray.report.findings.measured_capability import measured_capability_sentences
from culture_ray.report.formatting import plain
from culture_ray.tables import CAPABILITY_SLOPES


def said(content: ReportContent, *rows: dict[str, Any]) -> str:
    table = pa.Table.from_pylist(list(rows), schema=CAPABILITY_SLOPES)
    [sentence] = measured_capability_sentences(replace(content, capability_slopes=table))
    return plain(sentence)


def slope(term: str, estimate: float, variant: str = "capability") -> dict[str, Any]:
    return {
        "variant": variant, "term": term, "estimate": estimate, "ci_low": estimate - 0.2,
        "ci_high": estimate + 0.2, "corrected": 1.5 * estimate, "rows": 16,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("estimate", "words"),
    [
        (0.5, "Alignment rises with"),
        (-0.5, "Alignment falls with"),
        (0.1, "There is no evidence that"),
    ],
)
def test_a_slope_is_claimed_only_where_its_interval_excludes_zero(
    content: ReportContent, estimate: float, words: str
) -> None:
    sentence = said(content, slope("capability_within", estimate))
    assert words in sentence
    assert f"{estimate:.2f}".replace("-", "−") in sentence
    assert f"{1.5 * estimate:.2f}".replace("-", "−") in sentence


def test_other_variants_and_slopes_between_families_claim_nothing(content: ReportContent) -> None:
    words = said(
        content,
        slope("capability_within", 0.0),
        slope("capability_between", 2.0),
        slope("capability_within", 2.0, variant="capability_sensitive"),
    )
    assert words.startswith("There is no evidence that alignment varies with measured capability")


def test_of_several_slopes_the_clear_ones_are_counted(content: ReportContent) -> None:
    terms = [f"capability_within:family[{name}]" for name in ("a", "b", "c")]
    words = said(content, *(slope(t, e) for t, e in zip(terms, (0.5, 0.6, 0.1), strict=True)))
    assert "rises with measured capability in 2 of 3 slopes" in words


def test_a_reserve_about_slopes_is_said_with_them(content: ReportContent) -> None:
    rows = [slope(f"capability_within:family[{name}]", 0.1) for name in ("a", "b")]
    words = said(content, *({**row, "note": "capability is mostly error"} for row in rows))
    assert words.startswith("There is no evidence that alignment varies with measured capability")
    assert words.endswith("; capability is mostly error.")


def test_without_a_slope_the_reason_is_said(content: ReportContent) -> None:
    words = said(content, {"variant": "capability", "note": "one model only."})
    assert words == (
        "This run cannot tell whether alignment varies with measured capability: one model only."
    )


def test_a_run_without_measured_capability_says_nothing(content: ReportContent) -> None:
    assert measured_capability_sentences(content) == []
