"""Content of a report is checked before anything is drawn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from culture_ray.errors import BadTable
from culture_ray.report.regression_result import ReportRegression
from culture_ray.report.study import ReportModel
from tests.report.synthetic.content import make_content, with_cells


def test_a_table_without_a_column_of_its_schema_is_refused() -> None:
    content = make_content(topics=2)
    with pytest.raises(BadTable, match=r"table 'quality' of the report lacks column used"):
        replace(content, quality=content.quality.drop_columns(["used"]))


def test_a_table_may_bring_further_columns() -> None:
    content = make_content(topics=2)
    more = content.consistency.append_column("std_error", content.consistency["self_consistency"])
    assert replace(content, consistency=more).consistency.num_columns == more.num_columns


def test_optional_tables_are_checked_too() -> None:
    content = with_cells(make_content(topics=2))
    assert content.cells is not None
    with pytest.raises(BadTable, match="'cells' of the report lacks column capability"):
        replace(content, cells=content.cells.drop_columns(["capability"]))


def test_a_model_that_only_tables_know_is_refused() -> None:
    content = make_content(topics=2)
    with pytest.raises(BadTable, match="names model 'gemma_2_2b'"):
        replace(content, models=tuple(m for m in content.models if m.name != "gemma_2_2b"))


@pytest.mark.parametrize("missing", ["", "because"])
def test_a_regression_is_a_table_or_a_reason_never_both_or_neither(missing: str) -> None:
    table = make_content(topics=2).regressions["us_bias"].table if missing else None
    with pytest.raises(BadTable, match="both" if missing else "neither"):
        ReportRegression("US bias", table=table, missing=missing)


def test_a_run_proves_only_the_path_when_every_model_does() -> None:
    content = make_content(topics=2)
    weak = tuple(replace(m, proves_path_only=not m.baseline) for m in content.models)
    mixed = (*weak, ReportModel("strong", "x"))
    assert not content.proves_path_only
    assert replace(content, models=weak).proves_path_only
    assert not replace(content, models=mixed).proves_path_only
