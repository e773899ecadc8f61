"""Content of a data card, from a run's configuration and provenance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from culture_ray.run.commits import known_commits
from culture_ray.store.provenance import recorded
from culture_ray.survey.topics import read_topics
from culture_ray.tools.export.data_card import Card, CardModel, CardTable
from culture_ray.tools.export.export_job import ExportJob
from culture_ray.tools.export.exported_rows import ExportedRows

_NOT_VERSIONS = frozenset({"at", "platform", "cores", "commits"})


def run_card(
    job: ExportJob,
    content: Mapping[str, Any],
    tables: tuple[CardTable, ...],
    counts: ExportedRows,
    incomplete: tuple[str, ...],
    now: str,
) -> Card:
    """Return the content of a data card of a run's export; `content` is its configuration.

    `now` is the time of the export (ISO 8601). Raises BadTable for topics that cannot be read.
    """
    facts = recorded(job.run)
    sessions = facts.get("sessions") or [{}]
    commits = known_commits(job.run)
    languages = content.get("language") or {}
    return Card(
        run=job.run.name,
        licence=job.licence,
        languages={str(code): str(entry.get("name", code)) for code, entry in languages.items()},
        tables=tables,
        models=tuple(
            _model(name, entry, commits.get(name))
            for name, entry in (content.get("model") or {}).items()
        ),
        judges=tuple(
            _model(name, entry.get("model") or {}, commits.get(f"judge {name}"))
            for name, entry in (content.get("judge") or {}).items()
        ),
        protocols=tuple(content.get("protocol") or {}),
        topics={topic.id: topic.label for topic in read_topics(content["topics"])},
        counts=counts.table(),
        incomplete=incomplete,
        sources=tuple(str(facts[key]) for key in ("populations", "capability") if facts.get(key)),
        started=str(facts.get("started", "")),
        last=str(sessions[-1].get("at", "")),
        exported=now,
        command=str(facts.get("command", "")),
        export_command=job.command,
        seed=str(facts.get("seed", content.get("seed", ""))),
        versions={k: str(v) for k, v in sessions[-1].items() if k not in _NOT_VERSIONS},
    )


def _model(name: str, entry: Mapping[str, Any], commit: str | None) -> CardModel:
    source, revision = str(entry.get("source", "")), entry.get("revision") or commit
    return CardModel(
        name=name,
        source=f"{source}@{revision}" if revision else source,
        terms=str(entry.get("licence") or ""),
        note=str(entry.get("note") or ""),
    )
