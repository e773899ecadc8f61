"""Data card of an exported run: a README.md in the format of the Hugging Face hub."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import yaml

from culture_ray.report.formatting import counted, moment
from culture_ray.tools.export.licences import HUB_LICENCES

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
          (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"))  # fmt: skip

NOT_TO_BE_CONCLUDED = (
    "That these are opinions of people. Every text is a model's description of opinions; nobody "
    "was interviewed, and no row belongs to a person.",
    "That a model holds values. Alignment says that a model's descriptions rank survey items as a "
    "population's answers do, with this run's prompts, at this time.",
    "That a visible difference is more than chance. Topics are the sample: intervals over topics "
    "are wide, and one interval in twenty misses the true value.",
    "That a figure holds for a language or a country as a whole. Populations are the people whom "
    "the survey reached; a language has speakers of several cultures, and a country several "
    "languages.",
    "That a stance is what a careful reader would have chosen. Stances are read by a judge, and a "
    "judge makes more errors in some languages than in others.",
    "That responses can replace a survey. The distribution of a model's answers is narrower than "
    "that of people's, and agreement with an average says nothing about the spread.",
)
"""Conclusions that an export does not support, one per entry."""


@dataclass(frozen=True)
class CardTable:
    """A table of the export."""

    name: str
    meaning: str
    """Sentence that says what a row is."""
    schema: pa.Schema
    rows: int
    files: tuple[str, ...]
    """Relative to the card."""


@dataclass(frozen=True)
class CardModel:
    """A model or a judge of the run."""

    name: str
    source: str
    """Repository or API name, followed by the revision."""
    terms: str = ""
    note: str = ""


@dataclass(frozen=True)
class Card:
    """Content of a data card."""

    run: str
    licence: str | None
    languages: Mapping[str, str]
    """Names by code."""
    tables: tuple[CardTable, ...]
    models: tuple[CardModel, ...]
    judges: tuple[CardModel, ...]
    protocols: tuple[str, ...]
    topics: Mapping[str, str]
    """Labels by id."""
    counts: tuple[tuple[str, str, int, int, int], ...]
    """Model, language, responses, failed responses among them, and labels of all judges."""
    incomplete: tuple[str, ...]
    """Sentences on what is missing; empty for a finished run."""
    sources: tuple[str, ...]
    """Sources of the survey answers and benchmark scores behind the tables."""
    started: str
    last: str
    exported: str
    command: str
    export_command: str
    seed: str
    versions: Mapping[str, str]


def data_card(card: Card) -> str:
    """Return the card as Markdown, with YAML front matter for the hub."""
    front = yaml.safe_dump(_front(card), allow_unicode=True, sort_keys=False, width=100)
    parts = [
        f"---\n{front}---\n",
        f"# {card.run}: what language models say that people think\n",
        _about(card),
        _incomplete(card),
        _tables(card),
        _counts(card),
        _models("Models", card.models, "The outputs are subject to the terms of each model."),
        _models("Judges", card.judges, "Judges read the responses and label every opinion."),
        _items(card),
        _made(card),
        _limits(),
        *(_columns(table) for table in card.tables),
    ]
    return "\n".join(part for part in parts if part)


def _front(card: Card) -> dict[str, Any]:
    front: dict[str, Any] = {"pretty_name": card.run, "language": sorted(card.languages)}
    if card.licence is not None:
        if card.licence.lower() in HUB_LICENCES:
            front["license"] = card.licence.lower()
        else:
            front |= {"license": "other", "license_name": _identifier(card.licence)}
    rows = max((table.rows for table in card.tables), default=0)
    front |= {
        "annotations_creators": ["machine-generated"],
        "language_creators": ["machine-generated"],
        "tags": ["culture", "survey", "values", "cultural-alignment", "synthetic", "culture-ray"],
        "size_categories": [next((name for size, name in _SIZES if rows < size), "n>100M")],
        "configs": [
            {
                "config_name": table.name,
                **({"default": True} if index == 0 else {}),
                "data_files": [{"split": "train", "path": list(table.files)}],
            }
            for index, table in enumerate(card.tables)
        ],
    }
    return front


def summary_of(card: Card) -> str:
    """Return the sentence that says what an export holds."""
    languages = ", ".join(f"{name} ({code})" for code, name in card.languages.items())
    return (
        f"Responses of {counted(len(card.models), 'language model')} to "
        f"{counted(len(card.topics), 'item')} of the European and World Values Survey, in "
        f"{languages}, with the stances that a judge read in them and the figures that culture_ray "
        f"computed from these."
    )


def _about(card: Card) -> str:
    licence = (
        "**No licence has been chosen.** Without one nobody may reuse these data; choose one "
        "before publication (`licence=...`)."
        if card.licence is None
        else f"Licence, chosen at export: {card.licence}."
    )
    return f"{summary_of(card)}\n\nProtocols: {', '.join(card.protocols) or 'none'}.\n\n{licence}\n"


def _incomplete(card: Card) -> str:
    if not card.incomplete:
        return ""
    lines = "\n".join(f"- {line}" for line in card.incomplete)
    return f"**The run was not finished when it was exported:**\n\n{lines}\n"


def _tables(card: Card) -> str:
    rows = "\n".join(f"| {t.name} | {t.rows:,} | {t.meaning} |" for t in card.tables)
    return (
        f"## Tables\n\n| table | rows | content |\n| --- | ---: | --- |\n{rows}\n\n"
        f'Read one with `datasets.load_dataset("FOLDER", "{card.tables[0].name}")`, or with '
        f'`pyarrow.parquet.read_table("FOLDER/{card.tables[0].files[0]}")`.\n'
    )


def _counts(card: Card) -> str:
    if not card.counts:
        return ""
    lines = [
        f"| {model} | {language} | {responses:,} | {failed:,} | {labels:,} |"
        for model, language, responses, failed, labels in card.counts
    ]
    head = "| model | language | responses | failed responses | labels |\n"
    return f"## Counts\n\n{head}| --- | --- | ---: | ---: | ---: |\n" + "\n".join(lines) + "\n"


def _models(title: str, models: tuple[CardModel, ...], sentence: str) -> str:
    if not models:
        return ""
    lines = [
        f"- `{model.name}`: {model.source}{f'; {model.terms}' if model.terms else ''}"
        f"{f'. {model.note}' if model.note else ''}"
        for model in models
    ]
    return f"## {title}\n\n{sentence}\n\n" + "\n".join(lines) + "\n"


def _items(card: Card) -> str:
    lines = "\n".join(f"- `{name}`: {label}" for name, label in card.topics.items())
    return f"## Survey items\n\n{lines}\n"


def _made(card: Card) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in card.versions.items())
    sources = "\n".join(f"- {source}" for source in card.sources)
    return (
        f"## How the data were made\n\n"
        f"Begun {moment(card.started) or 'at an unrecorded time'}, last continued "
        f"{moment(card.last) or 'at an unrecorded time'}, exported "
        f"{moment(card.exported)}. Seed {card.seed}.\n\n"
        f"```\n{card.command}\n{card.export_command}\n```\n\n"
        f"Versions: {versions or 'not recorded'}.\n\n"
        f"The tables are computed with figures from these sources; the export contains none of the "
        f"survey's microdata and no figure of a population:\n\n{sources}\n"
    )


def _limits() -> str:
    lines = "\n".join(f"- {line}" for line in NOT_TO_BE_CONCLUDED)
    return f"## What must not be concluded\n\n{lines}\n"


def _columns(table: CardTable) -> str:
    lines = []
    for field in table.schema:
        about = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
        unit = about.get("unit", "")
        lines.append(f"| {field.name} | {field.type} | {unit} | {about.get('meaning', '')} |")
    head = "| column | type | unit | meaning |\n| --- | --- | --- | --- |\n"
    return f"## Columns of {table.name}\n\n{head}" + "\n".join(lines) + "\n"


def _identifier(licence: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", licence.lower()).strip("-")
