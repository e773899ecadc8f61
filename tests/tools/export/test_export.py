"""Exports hold what the run's readers read, say what is missing, and load as they are described."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from culture_ray.errors import NoSuchRun, RunMismatch, UnknownName, WrongValue
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.regress import regress
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import read
from culture_ray.tools.export.data_card import NOT_TO_BE_CONCLUDED
from culture_ray.tools.export.export import export
from culture_ray.tools.export.export_job import ExportJob, ExportResult
from culture_ray.tools.export.exportable import EXPORTABLE
from tests.answered import answer
from tests.mixed_run import fate_of
from tests.small import TOPICS, small_settings

COMMAND = "culture-ray export run=small format=datasets"


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A run with every fate in it, measured and regressed; only read."""
    settings = small_settings(tmp_path_factory.mktemp("exported") / "results")
    answer(settings, fate_of)
    measure(RunContext(settings))
    regress(RunContext(settings))
    return settings


@pytest.fixture
def own(done: Settings, tmp_path: Path) -> RunDirectory:
    """The same run, to be damaged."""
    shutil.copytree(done.run.folder, tmp_path / "results" / "small")
    return RunDirectory(tmp_path / "results" / "small")


def exported(
    run: RunDirectory, folder: Path, form: Any = "datasets", **changed: Any
) -> ExportResult:
    given = {"licence": "CC-BY-4.0", "tables": None, "command": COMMAND} | changed
    return export(ExportJob(run=run, folder=folder, form=form, **given))


def front_matter(folder: Path) -> tuple[Mapping[str, Any], str]:
    _, front, text = (folder / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(front), text


def loaded(folder: Path, name: str) -> pa.Table:
    """Load a table with the help of the card alone."""
    front, _ = front_matter(folder)
    config = next(one for one in front["configs"] if one["config_name"] == name)
    (split,) = config["data_files"]
    return pa.concat_tables(pq.read_table(folder / path) for path in split["path"])


@pytest.mark.slow
def test_every_row_of_every_shard_is_there_once(done: Settings, tmp_path: Path) -> None:
    made = exported(done.run, tmp_path / "out")
    for name in ("responses", "labels"):
        table = loaded(tmp_path / "out", name)
        shards = [read(path) for path in done.run.shards(name)]
        wanted = pa.concat_tables(shard.replace_schema_metadata(None) for shard in shards)
        by = [("request_id", "ascending")] + ([("judge", "ascending")] * (name == "labels"))
        assert (
            table.replace_schema_metadata(None)
            .cast(wanted.schema)
            .sort_by(by)
            .equals(wanted.sort_by(by))
        )
        assert next(one.rows for one in made.tables if one.name == name) == wanted.num_rows
    assert not made.incomplete
    assert not made.damaged


def test_columns_carry_their_meaning_and_unit(done: Settings, tmp_path: Path) -> None:
    exported(done.run, tmp_path / "out", "parquet")
    for name in ("responses", "cells", "alignment"):
        schema = pq.read_schema(tmp_path / "out" / f"{name}.parquet")
        wanted = EXPORTABLE[name].schema
        assert schema.names == wanted.names
        # Parquet adds the number of a field, and names the elements of a list in its own way.
        assert all(f.metadata.items() <= schema.field(f.name).metadata.items() for f in wanted)
    assert not (tmp_path / "out" / "README.md").exists()


def test_measures_and_regressions_are_the_files_of_the_run(done: Settings, tmp_path: Path) -> None:
    exported(done.run, tmp_path / "out")
    assert loaded(tmp_path / "out", "alignment").equals(read(done.run.folder / "alignment.arrow"))
    regressions = loaded(tmp_path / "out", "regressions").to_pylist()
    (path,) = (done.run.folder / "regression" / "valid").glob("us_bias.csv")
    mine = [row for row in regressions if row["regression"] == "us_bias"]
    assert len(mine) == len(path.read_text().splitlines()) - 1
    assert {row["inference"] for row in mine} == {"valid"}


def test_the_card_says_what_a_reader_has_to_know(done: Settings, tmp_path: Path) -> None:
    exported(done.run, tmp_path / "out")
    front, text = front_matter(tmp_path / "out")
    assert front["license"] == "cc-by-4.0"
    assert front["language"] == ["da", "en"]
    assert front["size_categories"] == ["n<1K"]
    assert [one for one in front["configs"] if one.get("default")] == front["configs"][:1]
    for wanted in (
        "culture-ray sweep experiment=quickstart", COMMAND, "Gemma", "pyarrow", "Danish (da)",
        "none of the survey's microdata", *NOT_TO_BE_CONCLUDED, *(f"`{topic}`" for topic in TOPICS),
    ):  # fmt: skip
        assert wanted in text, wanted
    for table in EXPORTABLE.values():
        if table.name in {one["config_name"] for one in front["configs"]}:
            for field in table.schema:
                assert f"| {field.name} | {field.type} |" in text
    assert "| gemma_3_270m | da | 24 | 0 | 24 |" in text
    assert "not finished" not in text


def test_no_figure_of_a_population_and_no_machine_is_in_it(done: Settings, tmp_path: Path) -> None:
    made = exported(done.run, tmp_path / "out")
    names = {one.name for one in made.tables}
    assert not names & {"ground_truth", "populations", "timeline", "spending"}


def test_a_licence_that_the_hub_does_not_know_keeps_its_name(
    done: Settings, tmp_path: Path
) -> None:
    exported(done.run, tmp_path / "out", licence="House rules, 2025", tables=("cells",))
    front, _ = front_matter(tmp_path / "out")
    assert (front["license"], front["license_name"]) == ("other", "house-rules-2025")


def test_without_a_licence_the_card_has_none_and_says_so(done: Settings, tmp_path: Path) -> None:
    exported(done.run, tmp_path / "out", licence=None, tables=("cells",))
    front, text = front_matter(tmp_path / "out")
    assert "license" not in front
    assert "No licence has been chosen" in text


def test_a_half_finished_run_is_exported_and_says_so(own: RunDirectory, tmp_path: Path) -> None:
    first, *_ = own.shards("responses")
    rows = read(first).num_rows
    first.unlink()
    (own.folder / "cells.csv").unlink()
    made = exported(own, tmp_path / "out", tables=("labels", "alignment"))
    assert loaded(tmp_path / "out", "labels").num_rows == 48 - rows
    assert f"elicit of gemma_3_270m: {rows:,} of 48 requests are not done" in made.incomplete
    _, text = front_matter(tmp_path / "out")
    assert "was not finished when it was exported" in text
    assert "not measured yet (cells)" in text
    manifest = json.loads((tmp_path / "out" / "export.json").read_text())
    assert manifest["complete"] is False


@pytest.mark.slow
def test_a_damaged_shard_is_left_out_by_name_and_stays_where_it_is(
    own: RunDirectory, tmp_path: Path
) -> None:
    path = own.shards("responses")[1]
    whole, content = read(path).num_rows, bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))
    made = exported(own, tmp_path / "out")
    labels = [item.path for item in made.damaged if item.path.parts[0] == "labels"]
    assert path.relative_to(own.folder) in {item.path for item in made.damaged}
    assert [label.name for label in labels] == [path.name]  # whose responses are not there
    for name in ("responses", "labels"):
        assert loaded(tmp_path / "out", name).num_rows == 48 - whole
    assert path.exists()
    assert path.relative_to(own.folder).as_posix() in front_matter(tmp_path / "out")[1]


def test_a_table_of_another_version_is_left_out_with_what_to_do(
    own: RunDirectory, tmp_path: Path
) -> None:
    rows = pd.read_csv(own.folder / "cells.csv")
    shorter = rows.drop(columns="alignment_us_judge_free_ci_high")
    shorter.to_csv(own.folder / "cells.csv", index=False)
    made = exported(own, tmp_path / "out", tables=("cells", "alignment"))
    assert "lacks alignment_us_judge_free_ci_high" in made.damaged[0].what
    assert "culture-ray analyse run=small writes it again" in made.damaged[0].what
    assert [one.name for one in made.tables] == ["alignment"]
    assert sorted(path.name for path in (tmp_path / "out" / "data").iterdir()) == [
        "alignment.parquet"
    ]
    with pytest.raises(RunMismatch, match=r"none of its 1 files can be exported; cells\.csv lacks"):
        exported(own, tmp_path / "out", tables=("cells",))
    assert (tmp_path / "out" / "data" / "alignment.parquet").exists()


def test_files_that_are_left_out_for_one_reason_are_one_line(
    own: RunDirectory, tmp_path: Path
) -> None:
    for path in own.shards("responses")[:3]:
        path.write_bytes(b"")
    made = exported(own, tmp_path / "out", tables=("responses", "cells"))
    (line,) = [line for line in made.incomplete if line.startswith("left out")]
    assert line.endswith("(and 2 more files of responses)")
    manifest = json.loads((tmp_path / "out" / "export.json").read_text())
    assert len(manifest["left_out"]) == 3


def test_a_new_export_replaces_the_former_one_and_nothing_else(
    done: Settings, tmp_path: Path
) -> None:
    exported(done.run, tmp_path / "out")
    exported(done.run, tmp_path / "out", "parquet", tables=("cells",))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "cells.parquet", "export.json",
    ]  # fmt: skip
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("")
    with pytest.raises(WrongValue, match=r"a former export"):
        exported(done.run, tmp_path / "mine")


def test_tables_and_runs_that_there_are_not_are_one_line(done: Settings, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="did you mean 'responses'"):
        exported(done.run, tmp_path / "out", tables=("response",))
    with pytest.raises(NoSuchRun, match="none of these tables yet: timeline"):
        exported(done.run, tmp_path / "out", tables=("timeline",))
    with pytest.raises(NoSuchRun, match="no run 'none'"):
        exported(RunDirectory(tmp_path / "none"), tmp_path / "out")


@pytest.mark.slow
def test_the_card_is_one_that_the_hub_reads(done: Settings, tmp_path: Path) -> None:
    hub = pytest.importorskip("huggingface_hub", reason="comes with the extra cpu")
    exported(done.run, tmp_path / "out")
    card = hub.DatasetCard.load(tmp_path / "out" / "README.md")
    assert card.data.license == "cc-by-4.0"
    assert card.data.pretty_name == "small"


def test_hugging_face_datasets_load_it(done: Settings, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="no dependency; reads what we write")
    exported(done.run, tmp_path / "out")
    found = datasets.load_dataset(str(tmp_path / "out"), "responses", cache_dir=str(tmp_path / "c"))
    assert found["train"].num_rows == 48
