"""Sentences on corrected figures say no more than their table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa

from culture_ray.report.content import ReportContent
from culture_ray.report.findings.label_corrected import label_corrected_sentences
from culture_ray.report.formatting import plain
from culture_ray.tables import LABEL_CORRECTED


def corrected(content: ReportContent, **changes: Any) -> str:
    row: dict[str, Any] = {
        "reference": "people", "figure": "us_minus_native", "cells": 16, "labels": 400,
        "judged": 0.1, "corrected": 0.02, "ci_low": -0.05, "ci_high": 0.09, "moves": -0.08,
        "moves_ci_low": -0.12, "moves_ci_high": -0.04,
    }  # fmt: skip
    single = row | {"model": "m", "language": "en"}
    rows = [single, row | changes]
    table = pa.Table.from_pylist(rows, schema=LABEL_CORRECTED)
    seen = label_corrected_sentences(replace(content, label_corrected=table))
    return " ".join(map(plain, seen))


def test_the_mean_is_told_with_both_figures_and_the_difference(content: ReportContent) -> None:
    words = corrected(content)
    assert words.count("With labels by people for 400 responses") == 1
    assert "mean US bias over 16 combinations of model and language is 0.02" in words
    assert "instead of 0.10 with those by the judge alone" in words
    assert "the judge distorts this figure" in words
    assert "distorts" not in corrected(content, moves_ci_high=0.01)
    assert "With labels by judge gpt" in corrected(content, reference="gpt")
    assert corrected(content, corrected=None, ci_low=None) == ""
    assert label_corrected_sentences(content) == []
