"""Corrected figures and tests of equivalence are tables of the page, with a reason per null."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from culture_ray.report.page.sections import optional_tables
from culture_ray.tables import EQUIVALENCE, LABEL_CORRECTED
from tests.report.synthetic_report import make_content

CORRECTED = [
    {"reference": "people", "figure": "us_minus_native", "model": "m", "language": "en",
     "cells": 1, "labels": 3, "topics": 3, "judged": 0.1, "reason": "fewer than 5 topics"},
    {"reference": "people", "figure": "us_minus_native", "cells": 2, "labels": 40, "topics": 20,
     "judged": 0.1, "corrected": 0.02, "ci_low": -0.05, "ci_high": 0.09},
]  # fmt: skip
TESTED = [
    {"regression": "us_bias", "term": "us_minus_native", "estimate": 0.0, "p_equivalence": 0.01,
     "smallest_effect": 0.05, "equivalent": True},
    {"regression": "us_bias", "term": "us_minus_native:model[m]:language[en]", "estimate": 0.0,
     "p_equivalence": 0.01, "p_holm": 0.02, "smallest_effect": 0.05, "equivalent": True},
]  # fmt: skip


def test_both_tables_are_on_the_page_if_the_run_has_them() -> None:
    content = make_content(topics=6, responses=4)
    assert {"label-corrected", "equivalence"}.isdisjoint(t.id for t in optional_tables(content))
    full = replace(
        content,
        label_corrected=pa.Table.from_pylist(CORRECTED, schema=LABEL_CORRECTED),
        equivalence=pa.Table.from_pylist(TESTED, schema=EQUIVALENCE),
    )
    tables = {table.id: table for table in optional_tables(full)}
    corrected = tables["label-corrected"]
    assert corrected.file == "label_corrected.csv"
    assert "fewer than 5 topics" in corrected.reasons
    assert "a mean over cells, or no persona" in corrected.reasons
    assert tables["equivalence"].reasons == ["a mean or a slope"]
