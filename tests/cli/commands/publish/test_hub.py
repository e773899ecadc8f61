"""An export is pushed to a hub and pulled from it: the real client, and a hub on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.measure import measure
from culture_ray.store import catalogue
from culture_ray.store.provenance import recorded
from culture_ray.store.run_directory import RunDirectory
from tests.answered import answer
from tests.conftest import Said
from tests.small import small_settings
from tests.tools.hub_server import TOKEN, Hub, serving

pytest.importorskip("huggingface_hub", reason="the extra hub is not installed")

CultureRay = Callable[..., Said]
BOTH = "protocol=[hypothetical_interviews_short,direct_item]"
PUSH = ("export", "run=small", "format=datasets", "push=lab/ours")


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub that the client uses, with a cache of its own."""
    with serving() as served:
        monkeypatch.setenv("HF_ENDPOINT", served.address)
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("HF_HUB_DISABLE_TELEMETRY", "1")
        monkeypatch.setenv("HF_HUB_DISABLE_PROGRESS_BARS", "1")
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
        yield served


@pytest.fixture
def run(workplace: Path) -> RunDirectory:
    """A run of two protocols, measured; its models' own names are in conf/model."""
    settings = small_settings(workplace / "results", BOTH)
    answer(settings)
    measure(RunContext(settings))
    return settings.run


def polarities(run: RunDirectory, protocol: str) -> pa.Table:
    table = catalogue.read(run, "distributions")
    assert table is not None
    names = ["model", "language", "topic", "value_polarity", "pro", "con", "neutral"]
    rows = [
        {name: row[name] for name in names}
        for row in table.to_pylist()
        if row["protocol"] == protocol and row["model"] == "gemma_3_270m"
    ]
    return sorted(rows, key=lambda row: (row["language"], row["topic"]))


@pytest.mark.slow
def test_what_is_pushed_is_pulled_and_measures_the_same(
    culture_ray: CultureRay, workplace: Path, hub: Hub, run: RunDirectory
) -> None:
    said = culture_ray(*PUSH)
    assert said.code == 0, said.err
    commit = hub.commit_of("lab/ours")
    assert said.out.endswith(f"pushed: {hub.address}/datasets/lab/ours/commit/{commit}\n")
    assert hub.private == {"lab/ours": True}
    assert hub.messages == ["Export of run small"]
    assert {"README.md", "croissant.json", "ro-crate-metadata.json", "data/labels.parquet"} <= set(
        hub.files["lab/ours"]
    )
    hub.files["lab/ours"]["data/labels-00001.parquet"] = b"of a larger run before"
    assert culture_ray(*PUSH).code == 0
    assert "data/labels-00001.parquet" not in hub.files["lab/ours"]

    said = culture_ray("import", "file=hub:lab/ours", "run=theirs")
    assert said.code == 0, said.err
    theirs = RunDirectory(workplace / "results" / "theirs")
    assert recorded(theirs)["models"]["gemma_3_270m"].startswith("hub:lab/ours@")
    assert "columns not used" not in said.out
    assert culture_ray("analyse", "run=theirs", "inference.rounds=60").code == 0
    mine = polarities(run, "hypothetical_interviews")
    assert polarities(theirs, "imported") == mine
    assert len(mine) == 16


@pytest.mark.slow
def test_a_folder_of_an_export_is_imported_and_a_changed_file_in_it_refused(
    culture_ray: CultureRay, workplace: Path, run: RunDirectory
) -> None:
    assert culture_ray("export", "run=small", "format=datasets", "to=shared").code == 0
    assert culture_ray("import", "file=shared", "run=theirs").code == 0
    labels = workplace / "shared" / "data" / "labels.parquet"
    labels.write_bytes(labels.read_bytes()[:-1] + b"x")
    complaint = culture_ray("import", "file=shared", "run=again").complaint
    assert "labels.parquet is not the file that was exported: its SHA-256 differs" in complaint
    assert culture_ray("export", "run=small", "tables=[distributions]", "to=other").code == 0
    assert "lists no labels" in culture_ray("import", "file=other", "run=again").complaint


@pytest.mark.slow
def test_a_hub_that_refuses_is_told_in_one_line(
    culture_ray: CultureRay, hub: Hub, run: RunDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_" + "b" * 30)
    complaint = culture_ray(*PUSH).complaint
    assert "lab/ours cannot be pushed: " in complaint
    assert "needs HF_TOKEN in the environment" in complaint
    assert not hub.files
    missing = culture_ray("import", "file=hub:lab/none", "run=theirs").complaint
    assert "lab/none cannot be pulled: " in missing


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("push=ours", "format=datasets"), "push='ours' cannot be used"),
        (("push=lab/ours",), "format=datasets beside it"),
        (("push=lab/ours", "format=datasets", "private=false"), "a licence for public data"),
        (("private=false",), "push=organisation/name beside it"),
    ],
)
def test_a_push_that_cannot_be_is_refused_before_anything_is_written(
    culture_ray: CultureRay, workplace: Path, words: tuple[str, ...], wanted: str
) -> None:
    RunContext(small_settings(workplace / "results")).open()
    assert wanted in culture_ray("export", "run=small", *words).complaint
    assert not (workplace / "results" / "small" / "export").exists()


@pytest.mark.parametrize("name", ["lab", "lab/", "../x", "lab/ours@", "lab/ours@a b"])
def test_a_name_that_is_none_of_the_hub_is_refused(culture_ray: CultureRay, name: str) -> None:
    said = culture_ray("import", f"'file=hub:{name}'".strip("'"), "run=theirs")
    assert said.code == 2
    assert "Traceback" not in said.err
