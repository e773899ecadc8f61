"""docs/data.md says what the tables hold: it equals its source, and a real run's files equal it."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.csv
import pytest

from culture_ray.store.shards import read
from culture_ray.tables import TABLES
from culture_ray.tools.label_sheet import COLUMNS
from tests.docs.data_page import PAGE, page, schemas
from tests.store.table_of_file import table_of

pytestmark = pytest.mark.slow

_NO_TABLES = ("label_sheets/",)
"""Folders that the page describes in words."""


def test_the_page_is_what_the_generator_makes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "docs/data.md is old: run python -m tests.docs.data_page"
    )


def test_every_schema_is_on_the_page_with_a_sentence_and_a_meaning_for_each_column() -> None:
    shown = [table.schema for table in TABLES.values()]
    parts = ("REGRESSION",)  # its columns stand in REGRESSIONS
    for name, schema in schemas().items():
        assert name in parts or any(schema is other for other in shown), name
        for field in schema:
            assert (field.metadata or {}).get(b"meaning"), f"{name}.{field.name}"
    for table in TABLES.values():
        assert table.meaning.endswith("."), table.name
        assert f"\n{table.meaning}\n" in page()


def test_the_label_sheets_columns_are_on_the_page() -> None:
    words = ", ".join(f"`{name}`" for name in COLUMNS)
    assert words in page()


def test_every_table_of_a_run_is_where_the_page_says_with_its_columns(analysed: Path) -> None:
    seen = set()
    for path in sorted([*analysed.rglob("*.arrow"), *analysed.rglob("*.csv")]):
        below = PurePosixPath(path.relative_to(analysed).as_posix())
        if str(below).startswith(_NO_TABLES):
            continue
        table = table_of(below, "run")
        _same_columns(path, table.file_schema)
        seen.add(table.name)
    assert seen >= {
        "requests", "responses", "labels", "distributions", "alignment", "consistency", "cells",
        "regressions", "simultaneous", "robustness", "exclusions",
        "judge_agreement", "judge_moves", "judge_regressions", "people", "people_correlations",
    }  # fmt: skip


def test_the_tables_in_conf_are_where_the_page_says_with_its_columns() -> None:
    conf = PAGE.parents[1] / "conf"
    found = [
        table_of(PurePosixPath(path.relative_to(conf).as_posix()), "conf").name
        for path in sorted(conf.rglob("*.csv"))
        if "benchmark" not in path.parts  # items, in whatever columns their files declare
    ]
    assert sorted(found) == ["capability", "ground_truth_input"]


def test_metadata_of_a_shard_are_those_on_the_page(analysed: Path) -> None:
    shard = next((analysed / "responses").rglob("*.arrow"))
    for key in read(shard).schema.metadata or {}:
        assert f"`{key.decode()}`" in page()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("cells.csv", "cells"),
        ("regression/judges.csv", "judge_regressions"),
        ("judges.csv", "judge_moves"),
        ("regression/paper/multilingual_pooled.csv", "regressions"),
        ("labels/judge=a/model=b/language=en/000001-ab.arrow", "labels"),
    ],
)
def test_a_path_belongs_to_one_table(path: str, name: str) -> None:
    assert table_of(PurePosixPath(path), "run").name == name


def _same_columns(path: Path, schema: pa.Schema) -> None:
    if path.suffix == ".arrow":
        assert read(path).schema.equals(schema, check_metadata=False), path
    else:
        assert pyarrow.csv.read_csv(path).column_names == schema.names, path
