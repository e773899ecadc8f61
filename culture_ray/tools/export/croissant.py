"""Croissant of an export: JSON-LD on its files and the columns of its tables.

MLCommons Croissant 1.0 (http://mlcommons.org/croissant/1.0): a table in several files has a record
set for each of them, so that every column is extracted from one file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from culture_ray.report.citations import Citation
from culture_ray.tools.export.data_card import Card, CardTable, summary_of
from culture_ray.tools.export.licences import licence_address

CROISSANT_FILE = "croissant.json"
_SPECIFICATION = "http://mlcommons.org/croissant/1.0"
_PARQUET = "application/x-parquet"

_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""Names that the specification asks for in the context of a document."""

Entity = dict[str, Any]


def croissant(card: Card, sums: Mapping[str, str], works: Sequence[Citation]) -> Entity:
    """Return the content of `croissant.json`; `sums` has the SHA-256 of every file of a table."""
    licence: Entity = {}
    if card.licence is not None:
        licence = {"license": licence_address(card.licence) or card.licence}
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": _SPECIFICATION,
        "name": card.run,
        "description": summary_of(card),
        **licence,
        "datePublished": card.exported[:10],
        "inLanguage": sorted(card.languages),
        "citeAs": "\n".join(work.bibtex for work in works),
        "keywords": ["language models", "survey", "values", "cultural alignment"],
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": name,
                "name": name,
                "contentUrl": name,
                "encodingFormat": _PARQUET,
                "sha256": sums[name],
            }
            for table in card.tables
            for name in table.files
        ],
        "recordSet": [one for table in card.tables for one in _record_sets(table)],
    }


def _record_sets(table: CardTable) -> Iterator[Entity]:
    for number, file in enumerate(table.files, 1):
        name = table.name if len(table.files) == 1 else f"{table.name}-{number}"
        yield {
            "@type": "cr:RecordSet",
            "@id": name,
            "name": name,
            "description": table.meaning,
            "field": [_field(name, file, field) for field in table.schema],
        }


def _field(record_set: str, file: str, field: pa.Field[Any]) -> Entity:
    notes = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
    unit = f" ({notes['unit']})" if "unit" in notes else ""
    is_list = pa.types.is_list(field.type)
    kind = field.type.value_type if is_list else field.type
    return {
        "@type": "cr:Field",
        "@id": f"{record_set}/{field.name}",
        "name": field.name,
        "description": f"{notes.get('meaning', field.name)}{unit}",
        "dataType": _data_type(kind),
        **({"repeated": True} if is_list else {}),
        "source": {"fileObject": {"@id": file}, "extract": {"column": field.name}},
    }


def _data_type(kind: pa.DataType) -> str:
    if pa.types.is_boolean(kind):
        return "sc:Boolean"
    if pa.types.is_integer(kind):
        return "sc:Integer"
    if pa.types.is_floating(kind):
        return "sc:Float"
    return "sc:DateTime" if pa.types.is_timestamp(kind) else "sc:Text"
