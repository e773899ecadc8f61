"""Languages that prompts are written in: topics, protocols, review, and figures of speakers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from culture_ray.cli.commands.lists.listing import ListColumn, Listing, contains
from culture_ray.config.build import convert
from culture_ray.config.files import table_path
from culture_ray.config.known_names import language_files
from culture_ray.config.launchers import Content
from culture_ray.survey.ground_truth_table import read_ground_truth


@dataclass(frozen=True)
class ListedLanguage:
    """One language."""

    language: str
    name: str
    native_name: str
    topics: int
    protocols: tuple[str, ...]
    reviewed: bool
    """True if a person has confirmed the texts."""
    speakers: str | None
    """Population that a model asked in the language is compared with as its speakers; None if
    there are no figures of them."""


def listing(content: Content) -> Listing:
    """Return the languages that the filters keep, by code."""
    populations = content["populations"]
    truth = read_ground_truth(
        table_path("populations", populations["table"]), populations["source"]
    )
    name = convert(str | None, content["name"], "name")
    reviewed, speakers = (convert(bool | None, content[k], k) for k in ("reviewed", "speakers"))
    files = language_files()
    every = {name for entry in files.values() for name in entry.get("protocols") or {}}
    rows = []
    for code, entry in files.items():
        found = truth.speakers_of(code)
        row = ListedLanguage(
            language=code,
            name=str(entry.get("name", "")),
            native_name=str(entry.get("native_name", "")),
            topics=len(entry.get("topics") or {}),
            protocols=tuple(entry.get("protocols") or {}),
            reviewed=bool(entry.get("reviewed")),
            speakers=found.name if found else None,
        )
        if (
            contains(name, row.language, row.name, row.native_name)
            and reviewed in (None, row.reviewed)
            and speakers in (None, found is not None)
        ):
            rows.append(row)
    return Listing(
        rows, _columns(every), len(files), "language", "",
        (
            f"speakers: their population in {populations['name']}; another language can be added: "
            f"culture-ray translate --help",
        ),
    )  # fmt: skip


def _columns(protocols: Collection[str]) -> tuple[ListColumn, ...]:
    return (
        ListColumn("language", lambda row: row.language),
        ListColumn("name", lambda row: row.name, wraps=True),
        ListColumn("native name", lambda row: row.native_name, wraps=True),
        ListColumn("topics", lambda row: f"{row.topics}", right=True),
        ListColumn("protocols", lambda row: _in_words(row.protocols, protocols)),
        ListColumn("reviewed", lambda row: "yes" if row.reviewed else "no"),
        ListColumn("speakers", lambda row: row.speakers or "no figures"),
    )


def _in_words(names: Collection[str], every: Collection[str]) -> str:
    """Return 'all 7', 'all but battery', or the names if these are fewer."""
    missing = [name for name in sorted(every) if name not in names]
    if not missing:
        return f"all {len(every)}"
    if len(missing) < len(names):
        return f"all but {', '.join(missing)}"
    return ", ".join(names) or "none"
