"""No difference is claimed in words only where a test of equivalence supports it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa

from culture_ray.report.content import ReportContent
from culture_ray.report.findings.equivalence import equivalence_sentences
from culture_ray.report.formatting import plain
from culture_ray.tables import EQUIVALENCE


def equivalence(content: ReportContent, *rows: dict[str, Any]) -> str:
    table = pa.Table.from_pylist(list(rows), schema=EQUIVALENCE)
    seen = equivalence_sentences(replace(content, equivalence=table))
    return " ".join(map(plain, seen))


def term(name: str, equivalent: bool | None, *, p_holm: float | None = None) -> dict[str, Any]:
    bias = name.startswith("us_minus_native")
    return {
        "regression": "us_bias" if bias else "multilingual", "term": name, "estimate": 0.0,
        "smallest_effect": 0.05, "p_holm": p_holm, "equivalent": equivalent,
    }  # fmt: skip


def test_no_difference_is_claimed_only_where_the_tests_reject_a_larger_one(
    content: ReportContent,
) -> None:
    words = equivalence(
        content,
        term("us_minus_native:model[m]:language[en]", True, p_holm=0.01),
        term("us_minus_native:model[m]:language[da]", False, p_holm=0.4),
        term("us_minus_native:model[m]", True),
        term("us_minus_native", False),
        term("capability_within", False),
    )
    assert "for US bias of m, an effect larger than 0.05 in either direction is ruled out" in words
    assert "Of 2 combinations of model and language, 1 has a US bias shown to be smaller" in words
    slopes = words.split("Size of the slope")[1]
    assert "ruled out" not in slopes
    assert "neither an effect nor its absence is established" in slopes
    assert equivalence(content, term("capability_within", None)) == ""
    assert equivalence_sentences(content) == []
