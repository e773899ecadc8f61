"""Files that describe an export to people, repositories and programs."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from culture_ray.report.citations import (
    Citation,
    bibliography,
    method_citation,
    software_citation,
    survey_citation,
)
from culture_ray.run.open import decisive_settings
from culture_ray.run.preregistration import FOLDER
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tools.export.crate import CRATE_FILE, CrateFile, crate
from culture_ray.tools.export.croissant import CROISSANT_FILE, croissant
from culture_ray.tools.export.data_card import Card, data_card

_ABOUT = {
    "README.md": "Data card: languages, tables, columns, models and limits",
    "citations.bib": "Works to cite: the method, the software and the survey",
    "settings.json": "What models and judges were asked, with every text of the prompts",
    CROISSANT_FILE: "Croissant metadata on the files and columns",
}


def write_publication(
    folder: Path, run: RunDirectory, content: Mapping[str, Any], card: Card, sums: Mapping[str, str]
) -> None:
    """Write the files that describe an export into its folder.

    These are README.md, citations.bib, settings.json, the preregistration if there is one, and the
    metadata of Croissant and RO-Crate. `content` is the run's configuration, `sums` has the SHA-256
    of every file of a table.
    """
    works = _works(card)
    (folder / "README.md").write_text(data_card(card), encoding="utf-8")
    (folder / "citations.bib").write_text(bibliography(works), encoding="utf-8")
    _write_json(folder / "settings.json", decisive_settings(content))
    _write_json(folder / CROISSANT_FILE, croissant(card, sums, works))
    about = dict(_ABOUT)
    for path in sorted((run.folder / FOLDER).glob("*.*")):
        (folder / FOLDER).mkdir(exist_ok=True)
        shutil.copy(path, folder / FOLDER)
        about[f"{FOLDER}/{path.name}"] = f"Preregistration, version {path.stem}"
    about |= {name: table.meaning for table in card.tables for name in table.files}
    files = [_described(folder, name, meaning) for name, meaning in about.items()]
    _write_json(folder / CRATE_FILE, crate(card, files, works))


def _works(card: Card) -> list[Citation]:
    software = software_citation(
        card.run, card.versions.get("culture-ray", ""), card.last or card.started
    )
    if not card.protocols:
        return [software]
    return [method_citation(), software, survey_citation(next(iter(card.sources), ""))]


def _described(folder: Path, name: str, about: str) -> CrateFile:
    return CrateFile(name, (folder / name).stat().st_size, sha256_of(folder / name), about)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
