"""Runs of a results folder: their state, and what is done, failed and left of them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from culture_ray.cli.commands.lists.listing import ListColumn, Listing, contains, known
from culture_ray.config.build import build
from culture_ray.config.launchers import Content
from culture_ray.errors import RunMismatch
from culture_ray.run.made_with import made_with
from culture_ray.run.status import StageStatus, stage_statuses
from culture_ray.store.provenance import recorded
from culture_ray.store.run_directory import RunDirectory
from culture_ray.sweep.progress.snapshot_files import snapshots_in

State = Literal["running", "unfinished", "complete", "imported", "unreadable"]


@dataclass(frozen=True)
class ListedRun:
    """One run; numbers are None for a run whose configuration cannot be read."""

    run: str
    state: State
    started: str | None
    """Time of its first session (ISO 8601, UTC)."""
    models: tuple[str, ...]
    languages: tuple[str, ...]
    requests: int | None
    """Requests to the models that are studied, without those to judges."""
    failed: int | None
    """Failed requests, those to judges included."""
    left: int | None
    folder: str
    report: str | None


@dataclass(frozen=True)
class _Filter:
    results: str
    name: str | None = None
    state: State | None = None
    of_model: str | None = None
    of_language: str | None = None


_COLUMNS = (
    ListColumn("run", lambda row: row.run),
    ListColumn("state", lambda row: row.state),
    ListColumn("started", lambda row: (row.started or "?")[:16].replace("T", " ")),
    ListColumn("models", lambda row: _short(row.models), wraps=True),
    ListColumn("languages", lambda row: _short(row.languages), wraps=True),
    ListColumn("requests", lambda row: known(row.requests), right=True),
    ListColumn("failed", lambda row: known(row.failed), right=True),
    ListColumn("left", lambda row: known(row.left), right=True),
)


def listing(content: Content) -> Listing:
    """Return the runs of `results` that the filters keep, the newest first."""
    chosen = build(_Filter, content, "")
    results = Path(chosen.results).expanduser()
    runs = [_row(RunDirectory(path.parent)) for path in results.glob("*/config.yaml")]
    kept = [row for row in runs if _keeps(chosen, row)]
    return Listing(
        rows=sorted(kept, key=lambda row: (row.started or "", row.run), reverse=True),
        columns=_COLUMNS,
        total=len(runs),
        noun="run",
        where=f" in {results}; started: UTC",
    )


def _keeps(chosen: _Filter, row: ListedRun) -> bool:
    return (
        contains(chosen.name, row.run)
        and chosen.state in (None, row.state)
        and (chosen.of_model is None or chosen.of_model in row.models)
        and (chosen.of_language is None or chosen.of_language in row.languages)
    )


def _row(run: RunDirectory) -> ListedRun:
    report = run.folder / "report.html"
    paths = str(run.folder), str(report) if report.exists() else None
    try:
        made = made_with(run)
        started = recorded(run).get("started")
    except (RunMismatch, ValueError, OSError):
        return ListedRun(run.name, "unreadable", None, (), (), None, None, None, *paths)
    statuses = stage_statuses(run, list(made.get("judge") or {}))
    left = sum(status.left for status in statuses)
    state: State = "complete" if not left else "unfinished"
    if made.get("imported"):
        state = "imported"
    elif snapshots_in(run.folder / "live", time.time()):
        state = "running"
    return ListedRun(
        run.name, state, started, tuple(made.get("model") or ()), tuple(made.get("language") or ()),
        _asked(statuses), sum(status.failed for status in statuses), left, *paths,
    )  # fmt: skip


def _asked(statuses: Sequence[StageStatus]) -> int:
    studied = (status for status in statuses if status.stage.split()[0] in ("elicit", "benchmark"))
    return sum(status.requests for status in studied)


def _short(names: Sequence[str]) -> str:
    return (
        ", ".join(names) if len(names) <= 4 else f"{', '.join(names[:3])} and {len(names) - 3} more"
    )
