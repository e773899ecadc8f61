"""Tables that only some runs have: on the page, with names for readers and reasons for nulls."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from culture_ray.report.content import ReportContent
from culture_ray.report.page.html import write_report
from culture_ray.report.page.tables.judges import corrected_figures
from culture_ray.report.page.tables.measures import cells
from culture_ray.report.page.tables.outcomes import quality
from culture_ray.report.page.tables.protocols import protocol_table
from culture_ray.report.page.tables.regressions import bayesian, equivalence, row_diagnostics
from culture_ray.tables import BAYESIAN, EQUIVALENCE, LABEL_CORRECTED
from tests.report.page.page_numbers import numbers_of
from tests.report.page.page_reader import read_page
from tests.report.synthetic.content import make_content, with_cells
from tests.report.synthetic.extras import with_extras

CORRECTED = [
    {"reference": "people", "figure": "us_minus_native", "model": "m", "language": "en",
     "cells": 1, "labels": 3, "topics": 3, "judged": 0.1, "reason": "fewer than 5 topics"},
    {"reference": "people", "figure": "us_minus_native", "cells": 2, "labels": 40, "topics": 20,
     "judged": 0.1, "corrected": 0.02, "ci_low": -0.05, "ci_high": 0.09,
     "moves": -0.08, "moves_ci_low": -0.15, "moves_ci_high": -0.01},
]  # fmt: skip
TESTED = [
    {"regression": "us_bias", "term": "us_minus_native", "estimate": 0.0, "p_equivalence": 0.01,
     "smallest_effect": 0.05, "equivalent": True},
    {"regression": "us_bias", "term": "us_minus_native:model[m]:language[en]", "estimate": 0.0,
     "p_equivalence": 0.01, "p_holm": 0.02, "smallest_effect": 0.05, "equivalent": True},
]  # fmt: skip
POSTERIORS = [
    {"design": "within", "outcome": "responses", "term": "capability_within:family[a]",
     "mean": 0.1, "std_dev": 0.2, "ci_low": -0.3, "ci_high": 0.5, "p_above_zero": 0.7,
     "rhat": 1.0, "ess": 900.0, "divergences": 0, "rows": 9},
    {"design": "within", "outcome": "responses", "term": "capability_between",
     "rhat": 1.0, "ess": 900.0, "divergences": 0, "rows": 9, "reason": "the priors would decide"},
]  # fmt: skip


@pytest.fixture(scope="module")
def without() -> ReportContent:
    return make_content(topics=6, responses=4)


@pytest.fixture(scope="module")
def content(without: ReportContent) -> ReportContent:
    return replace(
        with_extras(with_cells(without)),
        label_corrected=pa.Table.from_pylist(CORRECTED, schema=LABEL_CORRECTED),
        equivalence=pa.Table.from_pylist(TESTED, schema=EQUIVALENCE),
        bayesian=pa.Table.from_pylist(POSTERIORS, schema=BAYESIAN),
    )


def test_the_page_shows_them_if_the_run_has_them(
    without: ReportContent, content: ReportContent, tmp_path: Path
) -> None:
    named = {"label-corrected", "equivalence", "bayesian", "cells", "rows-multilingual"}
    for run, expected in ((without, set()), (content, named)):
        write_report(run, [], tmp_path / "r.html")
        assert named & set(read_page((tmp_path / "r.html").read_text()).tables) == expected


def test_corrected_figures_are_of_their_file_with_a_reason_per_null(
    content: ReportContent,
) -> None:
    table = corrected_figures(content)
    assert table is not None and table.file == "label_corrected.csv"
    assert "fewer than 5 topics" in table.reasons
    mean = [cell.text for cell in table.rows[1]]
    assert {"all models", "all languages"} <= set(mean)


def test_codes_of_measures_and_terms_are_names_for_readers(content: ReportContent) -> None:
    corrected, tested = corrected_figures(content), equivalence(content)
    assert corrected is not None and tested is not None
    assert "US bias" in {cell.text for row in corrected.rows for cell in row}
    assert [row[1].text for row in tested.rows] == ["US bias", "US bias of m in English"]
    assert tested.reasons == ["a mean or a slope"]
    (moved,) = row_diagnostics(content)
    assert "self-consistency" in {cell.text for row in moved.rows for cell in row}
    for table in (corrected, tested, moved):
        texts = [cell.text for row in table.rows for cell in row]
        assert not any("[" in text or "_native" in text for text in texts)


def test_a_withheld_posterior_has_its_reason(content: ReportContent) -> None:
    table = bayesian(content)
    assert table is not None and table.file == "regression/bayesian.csv"
    assert [row[0].text for row in table.rows] == [
        "capability within a", "capability between families",
    ]  # fmt: skip
    assert table.reasons == ["the priors would decide"]


def test_a_measure_and_its_interval_share_a_column_and_name_their_cells(
    content: ReportContent, tmp_path: Path
) -> None:
    table = cells(content)
    assert table is not None and content.cells is not None
    labels = [column.label for column in table.columns]
    assert "US bias" in labels and not any("ci low" in label for label in labels)
    place = labels.index("US bias")
    rows = content.cells.to_pylist()
    for cell, row in zip((line[place] for line in table.rows), rows, strict=True):
        if row["us_minus_native"] is None:
            assert cell.low is None and cell.reason
            continue
        assert cell.low is not None and cell.high is not None
        assert cell.low.value == repr(row["us_minus_native_ci_low"])
        assert cell.high.value == repr(row["us_minus_native_ci_high"])
    write_report(content, [], tmp_path / "r.html")
    told = numbers_of((tmp_path / "r.html").read_text()).told
    ends = [one for one in told if one.columns == ("us_minus_native_ci_high",)]
    assert {float(one.value) for one in ends if one.table == "cells.csv"} >= {
        row["us_minus_native_ci_high"] for row in rows if row["us_minus_native"] is not None
    }


def test_a_column_for_personas_stands_only_where_there_are_any(without: ReportContent) -> None:
    rows = [
        {"model": "gpt_4o", "language": "da", "protocol": protocol, "persona": None, "judge": "j",
         "used": 4, "alignment_language": 0.5, "us_minus_native": 0.1, "self_consistency": 0.6,
         "capability": None}
        for protocol in ("hypothetical_interviews", "direct_item")
    ]  # fmt: skip
    for persona, expected in ((None, False), ("DK", True)):
        rows[1]["persona"] = persona
        told = protocol_table(replace(without, cells=pa.Table.from_pylist(rows)))
        assert told is not None
        assert ("persona" in [column.name for column in told.columns]) == expected
        assert all(len(line) == len(told.columns) for line in told.rows)
        assert [told.columns[i].name for i in told.filters][-1] == (
            "persona" if expected else "protocol"
        )


def test_a_protocol_without_answer_options_is_the_reason_for_a_null(
    without: ReportContent,
) -> None:
    first, *others = without.quality.to_pylist()
    rows = [first | {"option_mass": 0.9}, *others]
    table = pa.Table.from_pylist(rows, schema=without.quality.schema)
    reasons = {c.reason for row in quality(replace(without, quality=table)).rows for c in row}
    assert "the protocol offers no answer options" in reasons and "not available" not in reasons
