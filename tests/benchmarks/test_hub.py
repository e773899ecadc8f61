"""Data sets of the hub are read at a commit that is on this machine, never from a branch."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.hub import _patterns, fetch_data_set, snapshot_of
from culture_ray.errors import DataSetMissing, WrongValue
from culture_ray.run.benchmark_items import read_benchmarks
from culture_ray.stages.context import RunContext
from culture_ray.store.provenance import recorded
from tests.benchmarks.answering import with_benchmarks
from tests.benchmarks.items.sources import PLAIN
from tests.benchmarks.scripted_hub import ScriptedHub, scripted_hub
from tests.small import small_settings

CSV = b"id,question,a,b,answer,kind\n1,Which?,x,y,A,k\n"
LONG = CSV + b"2," + b"x" * 3000 + b"?,x,y,A,k\n"
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


def _benchmark(revision: str | None, **changed: Any) -> Benchmark:
    source = {"hub": "org/items", "path": "{language}.csv", "revision": revision}
    content = {key: value for key, value in PLAIN.items() if key != "source"} | changed
    content["languages"] = {"en": "en", "da": "da"}
    return Benchmark.from_mapping(
        "b", {**content, "source": {**source, **changed.get("source", {})}}
    )


def test_a_fetched_commit_is_found(cache: Path) -> None:
    assert snapshot_of(_benchmark(COMMIT)) == cache / "snapshots" / COMMIT


@pytest.mark.parametrize("revision", [None, "main", "v1", COMMIT[:12]])
def test_a_branch_is_refused_and_the_fetched_commit_named(
    cache: Path, revision: str | None
) -> None:
    with pytest.raises(WrongValue) as caught:
        snapshot_of(_benchmark(revision))
    assert "benchmark.b.source.revision" in str(caught.value)
    assert "as a branch moves" in str(caught.value)
    assert (COMMIT in str(caught.value)) == (revision in (None, "main"))


def test_a_commit_that_is_not_here_is_asked_for(cache: Path) -> None:
    with pytest.raises(DataSetMissing, match="run culture-ray fetch"):
        snapshot_of(_benchmark("f" * 40))


def test_all_files_that_are_read_are_fetched_and_no_others() -> None:
    join = {"join": {"file": "topics/{country}.csv", "on": "id"}}
    benchmark = _benchmark(
        None,
        source={"path": ["{language}/test-*.parquet", "**/more.csv"], "transforms": [join]},
        lists={"country": ["DK"]},
        few_shot={"path": "{language}/dev-*.parquet", "count": 1},
    )
    assert _patterns(benchmark) == [
        "en/test-*.parquet", "da/test-*.parquet", "**/more.csv", "topics/DK.csv",
        "en/dev-*.parquet", "da/dev-*.parquet", "more.csv",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def hub() -> Iterator[ScriptedHub]:
    files = {
        "en.csv": LONG,
        "da.csv": CSV,
        "README.md": b"not read",
        "nl.csv": b"not read\n",
    }
    with scripted_hub("org/items", COMMIT, files) as server:
        yield server


@pytest.fixture
def fetched_from(hub: ScriptedHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScriptedHub:
    """The hub on loopback is that of the library, and the cache an empty one."""
    hub.forget()
    for module in ("huggingface_hub.constants", "huggingface_hub._snapshot_download.constants"):
        monkeypatch.setattr(f"{module}.HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr(f"{module}.ENDPOINT", hub.url)
        template = hub.url + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(f"{module}.HUGGINGFACE_CO_URL_TEMPLATE", template)
    return hub


def test_a_data_set_is_fetched_at_a_commit_and_read_with_its_checksum_in_provenance(
    fetched_from: ScriptedHub, tmp_path: Path
) -> None:
    folder = fetch_data_set(_benchmark(None))
    assert folder.name == COMMIT
    assert sorted(path.name for path in folder.iterdir()) == ["da.csv", "en.csv"]
    with pytest.raises(WrongValue, match=f"a branch moves: {COMMIT}, which is fetched"):
        snapshot_of(_benchmark("main"))
    benchmark = _benchmark(COMMIT)
    items = read_benchmarks({"b": benchmark}, ["da", "en"], [], 1)["b"]
    assert items.tables["da"].num_rows == 1
    assert items.checksums["da.csv"] == hashlib.sha256(CSV).hexdigest()
    words = ("protocol=[]", "judge=[]", "benchmark=[quickstart]")
    settings = small_settings(tmp_path / "results", *words)
    settings = with_benchmarks(settings, tmp_path, b=benchmark.content)
    context = RunContext(settings)
    context.open()
    folder_of = context.benchmarks["b"].folder
    assert recorded(settings.run)["benchmarks"] == {folder_of: dict(items.checksums)}
    asked = len(fetched_from.asked)
    assert fetch_data_set(benchmark) == folder
    assert not [path for path in fetched_from.asked[asked:] if "resolve" in path]


def test_a_download_that_breaks_off_is_resumed_and_what_is_there_not_asked_for_again(
    fetched_from: ScriptedHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda seconds: None)
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 500)
    fetched_from.breaks = {"en.csv": 1000}
    folder = fetch_data_set(_benchmark(None))
    assert (folder / "en.csv").read_bytes() == LONG
    assert fetched_from.ranges["en.csv"] == ["", "bytes=1000-"]
    shutil.rmtree(folder.parents[1])
    fetched_from.forget()
    fetched_from.refused = {"en.csv"}
    with pytest.raises(DataSetMissing, match=r"benchmark\.b: org/items cannot be fetched"):
        fetch_data_set(_benchmark(COMMIT))
    with pytest.raises(DataSetMissing, match="is not on this machine"):
        snapshot_of(_benchmark(COMMIT))
    fetched_from.refused = set()
    assert fetch_data_set(_benchmark(COMMIT)) == snapshot_of(_benchmark(COMMIT))
    assert fetched_from.ranges["da.csv"] == [""]


def test_a_path_that_the_data_set_lacks_is_one_line(fetched_from: ScriptedHub) -> None:
    with pytest.raises(DataSetMissing) as caught:
        fetch_data_set(_benchmark(COMMIT, source={"path": "data/{language}.csv"}))
    assert str(caught.value).startswith(
        f"benchmark.b.source.path: no file 'data/{{language}}.csv' in org/items at commit "
        f"{COMMIT[:12]}"
    )
