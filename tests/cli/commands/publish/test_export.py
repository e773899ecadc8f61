"""`culture-ray export`: rows per table on the screen, and each mistake in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.cli.commands.imported import bring, responses
from tests.conftest import Said

CultureRay = Callable[..., Said]


@pytest.mark.slow
def test_an_imported_run_is_exported_with_what_it_has(
    culture_ray: CultureRay, workplace: Path
) -> None:
    assert bring(culture_ray, responses()).code == 0
    said = culture_ray("export", "run=theirs", "format=datasets")
    assert said.code == 0, said.err
    lines = [line.split() for line in said.out.splitlines()]
    assert ["labels", "192", "1"] in lines
    assert "not measured yet" in said.out
    assert "the data card names no licence" in said.out
    folder = workplace / "results" / "theirs" / "export" / "datasets"
    assert pq.read_metadata(folder / "data" / "labels.parquet").num_rows == 192


@pytest.mark.slow
def test_a_damaged_shard_ends_in_its_own_exit_code(
    culture_ray: CultureRay, workplace: Path
) -> None:
    assert bring(culture_ray, responses()).code == 0
    shard = next((workplace / "results" / "theirs" / "labels").rglob("*.arrow"))
    shard.write_bytes(shard.read_bytes()[:-100])
    said = culture_ray("export", "run=theirs", "to=out")
    assert said.code == 3
    assert shard.name in said.out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ((), "run=None cannot be used"),
        (("run=none",), "no run 'none' in results"),
        (("run=theirs", "format=csv"), "format='csv' cannot be used"),
        (("run=theirs", "tables=[labls]"), "did you mean 'labels'?"),
        (("run=theirs", "to=."), "to='.' cannot be used"),
        (("run=theirs", "license=mit"), "did you mean 'licence'?"),
    ],
)
def test_each_mistake_is_one_line(
    culture_ray: CultureRay, words: tuple[str, ...], wanted: str
) -> None:
    assert bring(culture_ray, responses(count=2)).code == 0
    assert wanted in culture_ray("export", *words).complaint
