"""The metadata of an export describe every file of it, and say how to cite the run."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from culture_ray.stages.context import RunContext
from culture_ray.tools.export.crate import CRATE_FILE
from culture_ray.tools.export.croissant import CROISSANT_FILE
from culture_ray.tools.export.export import MANIFEST, export
from culture_ray.tools.export.export_job import ExportJob
from culture_ray.tools.export.licences import licence_address
from culture_ray.tools.preregistration.preregister import preregister
from tests.answered import answer
from tests.small import small_settings
from tests.tools.preregistration.test_preregister import NOW


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export with a licence and a preregistration; only read."""
    place = tmp_path_factory.mktemp("published")
    settings = small_settings(place / "results")
    preregister(RunContext(settings), "", NOW)
    answer(settings)
    export(ExportJob(settings.run, place / "out", "datasets", "cc-by-4.0", None, "the command"))
    return place / "out"


def content(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / name).read_text(encoding="utf-8"))
    return found


@pytest.mark.slow
def test_the_crate_has_what_its_specification_requires(folder: Path) -> None:
    # RO-Crate 1.1, "Root Data Entity" and "Data Entities": what MUST or SHOULD be there.
    found = content(folder, CRATE_FILE)
    assert found["@context"] == "https://w3id.org/ro/crate/1.1/context"
    entities = {entity["@id"]: entity for entity in found["@graph"]}
    assert len(entities) == len(found["@graph"])
    descriptor = entities[CRATE_FILE]
    assert descriptor["@type"] == "CreativeWork" and descriptor["about"] == {"@id": "./"}
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    root = entities["./"]
    assert root["@type"] == "Dataset"
    assert root["name"] and root["description"] and len(root["datePublished"]) == 10
    assert entities[root["license"]["@id"]]["name"] == "cc-by-4.0"
    assert root["license"]["@id"] == "https://spdx.org/licenses/CC-BY-4.0"
    for entity in entities.values():
        assert "@type" in entity
        for value in entity.values():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict) and one != {"@id": "https://w3id.org/ro/crate/1.1"}:
                    assert one["@id"] in entities, f"{entity['@id']} refers to {one}"
    assert root["creativeWorkStatus"] == "Incomplete"  # the run is not measured
    assert entities["https://doi.org/10.4232/1.14320"]["name"].startswith("EVS/WVS (2024).")


@pytest.mark.slow
def test_the_crate_lists_every_file_with_its_size_and_hash(folder: Path) -> None:
    entities = content(folder, CRATE_FILE)["@graph"]
    files = {entity["@id"]: entity for entity in entities if entity["@type"] == "File"}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(files) == there - {CRATE_FILE, MANIFEST}
    assert {"preregistration/1.md", "preregistration/1.json", "settings.json"} <= set(files)
    for name, entity in files.items():
        data = (folder / name).read_bytes()
        assert entity["contentSize"] == str(len(data))
        assert entity["sha256"] == hashlib.sha256(data).hexdigest()
        assert entity["encodingFormat"] and entity["description"]
    root = next(entity for entity in entities if entity["@id"] == "./")
    assert {part["@id"] for part in root["hasPart"]} == set(files)


@pytest.mark.slow
def test_croissant_has_every_column_of_every_file_with_its_type(folder: Path) -> None:
    found = content(folder, CROISSANT_FILE)
    assert found["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    assert found["license"] == "https://spdx.org/licenses/CC-BY-4.0"
    objects = {one["@id"]: one for one in found["distribution"]}
    assert set(objects) == {f"data/{path.name}" for path in (folder / "data").iterdir()}
    for name, one in objects.items():
        assert one["sha256"] == hashlib.sha256((folder / name).read_bytes()).hexdigest()
    for records in found["recordSet"]:
        [file] = {field["source"]["fileObject"]["@id"] for field in records["field"]}
        columns = [field["source"]["extract"]["column"] for field in records["field"]]
        assert columns == pq.read_schema(folder / file).names
    fields = {field["@id"]: field for one in found["recordSet"] for field in one["field"]}
    types = {
        name: fields[f"labels/{name}"]["dataType"] for name in ("pro", "truncated", "finished_at")
    }
    assert types == {"pro": "sc:Integer", "truncated": "sc:Boolean", "finished_at": "sc:DateTime"}
    assert fields["labels/stances"]["repeated"] is True


@pytest.mark.slow
def test_the_reader_of_croissant_finds_no_fault_and_reads_the_rows(folder: Path) -> None:
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    dataset = mlcroissant.Dataset(jsonld=folder / CROISSANT_FILE)
    assert not dataset.metadata.ctx.issues.errors
    first = next(iter(dataset.records("labels")))
    assert first["labels/model"] in (b"gemma_3_270m", "gemma_3_270m")


@pytest.mark.slow
def test_the_works_to_cite_and_the_texts_of_the_prompts_are_in_the_folder(folder: Path) -> None:
    works = (folder / "citations.bib").read_text(encoding="utf-8")
    assert works.count("\n}") == works.count("@") == 3
    for wanted in ("10.4232/1.14320", "10.14281/18241.26", "10.48550/arXiv.2502.16534"):
        assert wanted in works
    settings = content(folder, "settings.json")
    assert settings["language"]["da"]["topics"]["f120"]["wordings"]


@pytest.mark.parametrize(
    ("licence", "address"),
    [
        ("CC-BY-4.0", "https://spdx.org/licenses/CC-BY-4.0"),
        ("odbl", "https://spdx.org/licenses/ODbL-1.0"),
        ("mit", "https://spdx.org/licenses/MIT"),
        ("gemma", None),
        ("for friends", None),
    ],
)
def test_a_licence_has_its_page_where_it_is_known(licence: str, address: str | None) -> None:
    assert licence_address(licence) == address
