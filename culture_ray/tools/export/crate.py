"""RO-Crate of an export: JSON-LD on its files, its licence, its sources and how it was made.

RO-Crate 1.1 (https://w3id.org/ro/crate/1.1): repositories such as Zenodo and readers of the format
find the description in `ro-crate-metadata.json`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from culture_ray.report.citations import Citation
from culture_ray.tools.export.data_card import Card, summary_of
from culture_ray.tools.export.licences import licence_address

CRATE_FILE = "ro-crate-metadata.json"
_SPECIFICATION = "https://w3id.org/ro/crate/1.1"
_SOFTWARE, _RUN, _LICENCE = "#culture_ray", "#run", "#licence"
_FORMATS = {
    ".parquet": "application/vnd.apache.parquet", ".md": "text/markdown", ".bib": "text/x-bibtex",
    ".json": "application/json",
}  # fmt: skip

Entity = dict[str, Any]


@dataclass(frozen=True)
class CrateFile:
    """A file of an export."""

    path: str
    """Relative to the folder of the export."""
    size: int
    """Bytes."""
    sha256: str
    about: str


def crate(card: Card, files: Sequence[CrateFile], works: Sequence[Citation]) -> Entity:
    """Return the content of `ro-crate-metadata.json`; `works` are to be cited."""
    cited = [work for work in works if work.url]
    return {
        "@context": f"{_SPECIFICATION}/context",
        "@graph": [
            {
                "@id": CRATE_FILE,
                "@type": "CreativeWork",
                "conformsTo": {"@id": _SPECIFICATION},
                "about": {"@id": "./"},
            },
            _root(card, files, cited),
            *map(_file, files),
            *_licence(card.licence),
            *[_work(work) for work in cited],
            {
                "@id": _SOFTWARE,
                "@type": "SoftwareApplication",
                "name": "culture_ray",
                "version": card.versions.get("culture-ray", "unknown"),
                "softwareRequirements": [f"{k} {v}" for k, v in card.versions.items()],
            },
            {
                "@id": _RUN,
                "@type": "CreateAction",
                "name": f"Run {card.run}",
                "description": card.command or "The command of the run is not recorded.",
                "instrument": {"@id": _SOFTWARE},
                "result": {"@id": "./"},
                **_given({"startTime": card.started, "endTime": card.last}),
            },
        ],
    }


def _root(card: Card, files: Sequence[CrateFile], cited: Sequence[Citation]) -> Entity:
    licence: Mapping[str, Any] = {}
    if card.licence is not None:
        licence = {"license": {"@id": licence_address(card.licence) or _LICENCE}}
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": f"{card.run}: what language models say that people think",
        "description": summary_of(card),
        "datePublished": card.exported[:10],
        **licence,
        "inLanguage": sorted(card.languages),
        "keywords": ["language models", "survey", "values", "cultural alignment"],
        "creativeWorkStatus": "Incomplete" if card.incomplete else "Published",
        "hasPart": [{"@id": file.path} for file in files],
        "citation": [{"@id": work.url} for work in cited],
        "mentions": [{"@id": _RUN}],
    }


def _file(file: CrateFile) -> Entity:
    ending = file.path[file.path.rindex(".") :]
    return {
        "@id": file.path,
        "@type": "File",
        "name": file.path.rpartition("/")[2],
        "description": file.about,
        "encodingFormat": _FORMATS[ending],
        "contentSize": str(file.size),
        "sha256": file.sha256,
    }


def _licence(licence: str | None) -> list[Entity]:
    if licence is None:
        return []
    address = licence_address(licence)
    return [{"@id": address or _LICENCE, "@type": "CreativeWork", "name": licence}]


def _work(work: Citation) -> Entity:
    return {"@id": work.url, "@type": "CreativeWork", "name": work.text}


def _given(values: Mapping[str, str]) -> Entity:
    return {name: value for name, value in values.items() if value}
