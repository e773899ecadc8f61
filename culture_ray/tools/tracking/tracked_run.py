"""Content of a run for a tracking server: its settings, figures and files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from culture_ray.run.made_with import made_with
from culture_ray.run.status import stage_statuses
from culture_ray.store import catalogue
from culture_ray.store.provenance import recorded
from culture_ray.store.run_directory import RunDirectory

_FILES = ("report.html", "cells.csv", "leaderboard.csv", "config.yaml", "provenance.json")
_LONGEST = 500
"""Most characters of a parameter; MLflow takes 6,000, but shows them in a column."""


@dataclass(frozen=True)
class TrackedRun:
    """A run as a tracking server sees it."""

    name: str
    started: str
    """Time of its first session (ISO 8601, UTC), which tells it from other runs of its name."""
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    """Figures by name, without those that are not known."""
    tags: Mapping[str, str]
    files: tuple[Path, ...]
    finished: bool


def tracked_run(run: RunDirectory) -> TrackedRun:
    """Return the content of a run; raises NoSuchRun, and RunMismatch for files that are damaged."""
    content, facts = made_with(run), recorded(run)
    statuses = stage_statuses(run, list(content.get("judge") or {}))
    counts = {
        "requests.done": sum(status.done for status in statuses),
        "requests.failed": sum(status.failed for status in statuses),
        "requests.left": sum(status.left for status in statuses),
    }
    sessions = facts.get("sessions") or [{}]
    return TrackedRun(
        name=run.name,
        started=str(facts.get("started", "")),
        params={key: value[:_LONGEST] for key, value in _params(content)},
        metrics={name: float(count) for name, count in counts.items()} | dict(_figures(run)),
        tags={
            "command": str(facts.get("command", "")),
            "culture-ray": str(sessions[-1].get("culture-ray", "")),
        },
        files=tuple(run.folder / name for name in _FILES if (run.folder / name).exists()),
        finished=not counts["requests.left"],
    )


def _params(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in ("model", "language", "protocol", "judge", "benchmark"):
        if content.get(key):
            yield f"{key}s", ", ".join(map(str, content[key]))
    for name, value in (content.get("design") or {}).items():
        yield f"design.{name}", str(value)
    topics = content.get("topics") or {}
    yield "topics", str(len(topics.get("only") or topics.get("topics") or {}))
    yield "seed", str(content.get("seed"))
    yield "populations", str((content.get("populations") or {}).get("name"))


def _figures(run: RunDirectory) -> Iterator[tuple[str, float]]:
    """Yield alignment and gap of every model and language, and the dollars that were charged."""
    board = catalogue.read(run, "leaderboard")
    for row in [] if board is None else board.to_pylist():
        place = ".".join(filter(None, [row["model"], row["language"]])) or "all"
        for figure in ("alignment", "gap"):
            if row[figure] is not None:
                yield f"{figure}.{place}", float(row[figure])
    usage = catalogue.read(run, "usage", needed=())
    if usage is not None and "dollars" in usage.column_names:
        known = [value for value in usage.column("dollars").to_pylist() if value is not None]
        if known:
            yield "dollars", float(sum(known))
