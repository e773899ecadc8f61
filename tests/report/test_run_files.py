"""Every file of a finished run is a table of the catalogue, or one of a few other kinds."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

import pytest

from culture_ray.store.catalogue import RUN_TABLES, read, write
from culture_ray.store.run_directory import RunDirectory
from tests.store.table_of_file import table_of

NOT_TABLES = (
    r"config\.yaml",
    r"provenance\.json",
    r"stages\.json",
    r"report\.html",
    r"figures/.*",
    r"regression/.*\.(json|tex|md)",
    r"spending/ledger\.jsonl",
)
"""Patterns of paths in a run directory."""


@pytest.mark.slow
def test_every_file_is_a_table_of_the_catalogue_or_a_known_other_file(whole: Path) -> None:
    for path in sorted(whole.rglob("*")):
        below = PurePosixPath(path.relative_to(whole).as_posix())
        if path.is_dir() or any(re.fullmatch(known, str(below)) for known in NOT_TABLES):
            continue
        assert table_of(below, "run").name in RUN_TABLES


@pytest.mark.slow
@pytest.mark.parametrize("name", RUN_TABLES)
def test_every_table_can_be_read_and_only_optional_ones_are_absent(name: str, whole: Path) -> None:
    table = read(RunDirectory(whole), name)
    if table is None:
        assert RUN_TABLES[name].optional
        return
    assert table.schema.equals(RUN_TABLES[name].schema, check_metadata=True)
    assert table.num_rows


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [name for name, table in RUN_TABLES.items() if "{" not in table.file]
)
def test_a_table_that_is_written_again_keeps_its_bytes(
    name: str, whole: Path, tmp_path: Path
) -> None:
    table = read(RunDirectory(whole), name)
    if table is not None:
        path = write(RunDirectory(tmp_path), name, table)
        assert path.read_bytes() == (whole / path.relative_to(tmp_path)).read_bytes()
