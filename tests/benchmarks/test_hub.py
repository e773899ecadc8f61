"""Data sets of the hub are read at a commit that is on this machine, never from a branch."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.benchmarks.design.source import Source, Transform
from culture_ray.benchmarks.hub import _patterns, snapshot_of
from culture_ray.errors import DataSetMissing, WrongValue

COMMIT = "0123456789abcdef0123456789abcdef01234567"
pytest.importorskip("huggingface_hub")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the hub with one commit of one data set, as the library lays it out."""
    import huggingface_hub.constants as constants

    folder = tmp_path / "datasets--org--items"
    (folder / "snapshots" / COMMIT).mkdir(parents=True)
    (folder / "snapshots" / COMMIT / "en.csv").write_text("id\n1\n", encoding="utf-8")
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text(COMMIT, encoding="utf-8")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr("huggingface_hub._snapshot_download.constants.HF_HUB_CACHE", str(tmp_path))
    return folder


def _source(revision: str | None) -> Source:
    return Source(("{language}.csv",), hub="org/items", revision=revision)


def test_a_fetched_commit_is_found(cache: Path) -> None:
    assert snapshot_of("benchmark.b", _source(COMMIT)) == cache / "snapshots" / COMMIT


@pytest.mark.parametrize("revision", [None, "main", "v1", COMMIT[:12]])
def test_a_branch_is_refused_and_the_fetched_commit_named(
    cache: Path, revision: str | None
) -> None:
    with pytest.raises(WrongValue) as caught:
        snapshot_of("benchmark.b", _source(revision))
    assert "benchmark.b.source.revision" in str(caught.value)
    assert "as a branch moves" in str(caught.value)
    assert (COMMIT in str(caught.value)) == (revision in (None, "main"))


def test_a_commit_that_is_not_here_is_asked_for(cache: Path) -> None:
    with pytest.raises(DataSetMissing, match="run culture-ray fetch"):
        snapshot_of("benchmark.b", _source("f" * 40))


def test_only_the_files_that_are_read_are_fetched() -> None:
    join = Transform("join", {"file": "topics/{country}.csv", "on": "id"})
    source = Source(("{language}/test-*.parquet",), hub="org/items", transforms=(join,))
    assert _patterns(source) == ["*/test-*.parquet", "topics/*.csv"]
