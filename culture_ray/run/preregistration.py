"""Preregistrations of a run: documents of what will be asked and tested, each with its hash.

Every version is a file of its own, `preregistration/N.json`, beside the same as text. The hash is
over the version, the time and the content, so that a deposited hash fixes all of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from culture_ray.errors import RunMismatch
from culture_ray.run.made_with import made_with
from culture_ray.run.open import changed_settings, decisive_settings
from culture_ray.settings.run import Settings
from culture_ray.store.provenance import amend, recorded
from culture_ray.store.run_directory import RunDirectory

FOLDER = "preregistration"
_ANALYSIS = "analysed_with"
"""Fact of a run: the settings of its last analysis."""


@dataclass(frozen=True)
class Registration:
    """One version of a preregistration."""

    version: int
    made_at: str
    """Time at which it was written (ISO 8601, UTC)."""
    content: Mapping[str, Any]
    """`asked` and `analysed` are settings that a run keeps to or not; the rest describes them."""
    sha256: str
    """Hash that the file states."""

    @property
    def intact(self) -> bool:
        """Return True if the file still has the content that its hash was made of."""
        return self.sha256 == registration_hash(self.version, self.made_at, self.content)


@dataclass(frozen=True)
class Departure:
    """One setting in which a run departs from its preregistration."""

    setting: str
    registered: str
    kept: str
    """Value in the run."""


def registration_hash(version: int, made_at: str, content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a version, in hexadecimal digits."""
    whole = {"version": version, "made_at": made_at, "content": content}
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def commitments(content: Mapping[str, Any], analysis: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that a preregistration commits to, as plain JSON values.

    `content` is the configuration of a run, `analysis` as of `analysis_settings`.
    """
    whole = {"asked": decisive_settings(content), "analysed": analysis}
    plain: dict[str, Any] = json.loads(json.dumps(whole))
    return plain


def analysis_settings(settings: Settings) -> dict[str, Any]:
    """Return the settings that decide how responses are analysed, as plain values."""
    return {
        "inference": asdict(settings.inference),
        "judging": asdict(settings.judging),
        "populations": {
            name: getattr(settings.populations, name)
            for name in ("name", "recode", "compare", "us")
        },
        "capability": settings.capability.name,
        "baselines": list(settings.baselines),
    }


def record_analysis(settings: Settings) -> None:
    """Note the settings of an analysis in the run's provenance; raises DiskProblem."""
    if settings.run.provenance.exists():
        amend(settings.run, {_ANALYSIS: analysis_settings(settings)})


def registrations(run: RunDirectory) -> list[Registration]:
    """Return the versions of a run's preregistration, the first one first.

    Raises RunMismatch for a file that cannot be read.
    """
    paths = sorted((run.folder / FOLDER).glob("*.json"), key=lambda path: (len(path.name), path))
    return [_read(path) for path in paths]


def departures(run: RunDirectory, registered: Registration, settings: Settings) -> list[Departure]:
    """Return the settings in which a run departs from a version, as asked and last analysed.

    `settings` stand for the analysis where an earlier version of this program made it. Raises
    NoSuchRun and RunMismatch.
    """
    analysis = recorded(run).get(_ANALYSIS) or analysis_settings(settings)
    now = commitments(made_with(run), analysis)
    return list(_departures({key: registered.content.get(key) for key in now}, now))


def _departures(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Departure]:
    for name, was, is_now in changed_settings(before, now, ""):
        yield Departure(name.partition(".")[2], was, is_now)


def _read(path: Path) -> Registration:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return Registration(found["version"], found["made_at"], found["content"], found["sha256"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunMismatch(
            f"{path} cannot be read as a preregistration ({type(error).__name__}): restore it, or "
            f"move it away"
        ) from error
