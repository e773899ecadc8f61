"""docs/data.md says what the tables hold: it equals its source, and a real run's files equal it."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.csv
import pytest

from culture_ray.store.shards import read
from culture_ray.tools.label_sheet import COLUMNS
from tests.docs.data_files import FILES, DataFiles
from tests.docs.data_page import PAGE, page, schemas, sentences

_NO_TABLES = ("label_sheets/",)
"""What the page describes in words."""


def test_the_page_is_what_the_generator_makes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "docs/data.md is old: run python -m tests.docs.data_page"
    )


def test_every_schema_is_on_the_page_with_a_sentence_and_a_meaning_for_each_column() -> None:
    assert [files.schema for files in FILES] == list(dict.fromkeys(f.schema for f in FILES))
    assert set(schemas()) == {files.schema for files in FILES}, "tests/docs/data_files.py lists all"
    for name, schema in schemas().items():
        assert sentences()[name].endswith("."), name
        for field in schema:
            assert (field.metadata or {}).get(b"meaning"), f"{name}.{field.name}"


def test_the_label_sheets_columns_are_on_the_page() -> None:
    words = ", ".join(f"`{name}`" for name in COLUMNS)
    assert words in page()


def test_every_table_of_a_run_is_where_the_page_says_with_its_columns(analysed: Path) -> None:
    seen = set()
    for path in sorted([*analysed.rglob("*.arrow"), *analysed.rglob("*.csv")]):
        below = PurePosixPath(path.relative_to(analysed).as_posix())
        if str(below).startswith(_NO_TABLES):
            continue
        files = _files_of(below, "run")
        _same_columns(path, schemas()[files.schema])
        seen.add(files.schema)
    assert seen >= {
        "REQUESTS", "RESPONSES", "LABELS", "DISTRIBUTIONS", "ALIGNMENT", "CONSISTENCY", "CELLS",
        "REGRESSION", "ROBUSTNESS", "EXCLUSIONS", "AGREEMENT", "JUDGE_MOVES", "JUDGE_REGRESSIONS",
        "PEOPLE", "PEOPLE_CORRELATIONS",
    }  # fmt: skip


def test_the_tables_in_conf_are_where_the_page_says_with_its_columns() -> None:
    conf = PAGE.parents[1] / "conf"
    found = [
        _files_of(PurePosixPath(path.relative_to(conf).as_posix()), "conf").schema
        for path in sorted(conf.rglob("*.csv"))
    ]
    assert sorted(found) == ["CAPABILITY", "GROUND_TRUTH"]


def test_metadata_of_a_shard_are_those_on_the_page(analysed: Path) -> None:
    shard = next((analysed / "responses").rglob("*.arrow"))
    for key in read(shard).schema.metadata or {}:
        assert f"`{key.decode()}`" in page()


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("cells.csv", "CELLS"),
        ("regression/judges.csv", "JUDGE_REGRESSIONS"),
        ("judges.csv", "JUDGE_MOVES"),
        ("regression/paper/multilingual_pooled.csv", "REGRESSION"),
        ("labels/judge=a/model=b/language=en/000001-ab.arrow", "LABELS"),
    ],
)
def test_a_path_belongs_to_one_table(path: str, schema: str) -> None:
    assert _files_of(PurePosixPath(path), "run").schema == schema


def _files_of(path: PurePosixPath, of: str) -> DataFiles:
    found = [files for files in FILES if files.of == of and files.holds(path)]
    assert len(found) == 1, f"{path} is on the page {len(found)} times"
    return found[0]


def _same_columns(path: Path, schema: pa.Schema) -> None:
    if path.suffix == ".arrow":
        assert read(path).schema.equals(schema, check_metadata=False), path
    else:
        assert pyarrow.csv.read_csv(path).column_names == schema.names, path
