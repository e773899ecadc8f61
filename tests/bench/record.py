"""Record of measured figures, results/bench.json: each with its group, time, commit and cores."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.figure import Figure

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Circumstances:
    """Circumstances of a measurement."""

    measured: str
    """Day and time in UTC, as in 2026-11-30T19:40Z."""
    commit: str
    """Commit of the code, with + where files differ from it; empty outside a repository."""
    cores: int


@dataclass(frozen=True)
class Measurement:
    """Figure with its group and circumstances."""

    figure: Figure
    group: str
    circumstances: Circumstances


def circumstances() -> Circumstances:
    """Return the circumstances of a measurement that is made now."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ")
    return Circumstances(now, _commit(), len(os.sched_getaffinity(0)))


def read(path: Path) -> list[Measurement]:
    """Return the measurements of a record, in order; none where there is no file.

    Entries without a group, of earlier versions, are left out: nobody knows when they were made.
    """
    if not path.exists():
        return []
    content = json.loads(path.read_text(encoding="utf-8"))
    return [_measurement(name, entry) for name, entry in content.items() if "group" in entry]


def replaced(
    before: Iterable[Measurement], group: str, now: Iterable[Measurement], order: Iterable[str]
) -> list[Measurement]:
    """Return measurements with those of one group replaced, by the order of the groups' names."""
    places = {name: place for place, name in enumerate(order)}
    kept = [one for one in before if one.group != group and one.group in places]
    return sorted([*kept, *now], key=lambda one: places[one.group])


def write(path: Path, measurements: Iterable[Measurement]) -> None:
    """Write measurements as JSON by the figures' names."""
    content = dict(_entries(measurements))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _entries(measurements: Iterable[Measurement]) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in measurements:
        figure = asdict(one.figure)
        yield figure.pop("name"), figure | {"group": one.group} | asdict(one.circumstances)


def _measurement(name: str, entry: dict[str, Any]) -> Measurement:
    parts = (entry[part] for part in ("value", "unit", "target", "better"))
    figure = Figure(name, *parts, entry.get("possible"))
    found = Circumstances(*(entry[part] for part in ("measured", "commit", "cores")))
    return Measurement(figure, entry["group"], found)


def _commit() -> str:
    command = ["git", "describe", "--always", "--exclude=*", "--dirty=+"]
    try:
        done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()
