"""Settings of a run of imported responses, from a file of scored responses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from culture_ray.config.build import build, convert
from culture_ray.config.known_names import language_files, model_files
from culture_ray.config.launchers import Content
from culture_ray.config.run_settings import settings_from
from culture_ray.errors import WrongValue
from culture_ray.labels.read import IMPORTED
from culture_ray.settings.run import Settings
from culture_ray.survey.topics import read_topics
from culture_ray.tools.import_scored import ScoredColumns, ScoredResponses, read_scored

_OWN_KEYS = ("file", "columns", "allow_unknown_topics")


def imported_settings(
    content: Content, experiment: str, command: str
) -> tuple[Settings, ScoredResponses]:
    """Return the settings of a run of the scored responses in `content["file"]`, and these.

    Raises BadTable, UnknownName and WrongValue for what the file lacks.
    """
    if not content["file"]:
        raise WrongValue("file", content["file"], "a path, such as file=scored.csv")
    path = Path(convert(str, content["file"], "file")).expanduser()
    topics = [topic.id for topic in read_topics(content["topics"])]
    scored = read_scored(
        path,
        build(ScoredColumns, content["columns"], "columns"),
        topics,
        allow_unknown_topics=convert(bool, content["allow_unknown_topics"], "allow_unknown_topics"),
    )
    described = {key: value for key, value in content.items() if key not in _OWN_KEYS}
    described |= {
        "model": _models(scored, path),
        "language": _languages(scored),
        "protocol": {IMPORTED: {}},
        "judge": {IMPORTED: {"model": {"engine": IMPORTED, "family": "", "source": path.name}}},
        "imported": {"file": path.name, "unknown_topics": sorted(scored.unknown_topics)},
    }
    return settings_from(described, experiment, command), scored


def _models(scored: ScoredResponses, path: Path) -> dict[str, dict[str, Any]]:
    """Return a description per model, its family from the file or from conf/model."""
    known = model_files()
    found: dict[str, dict[str, Any]] = {}
    for name, rows in scored.rows.groupby("model", sort=True):
        entry = _matching(str(name), known)
        families = sorted(set(rows["family"].dropna())) if "family" in rows else []
        if len(families) > 1:
            raise WrongValue("columns.family", families, f"one family for model {name}")
        family = families[0] if families else (known[entry]["family"] if entry else "")
        if not family:
            raise WrongValue(
                "columns.family",
                None,
                f"a column with the family of model '{name}', which conf/model does not know",
            )
        found[str(name)] = {
            "engine": IMPORTED,
            "family": str(family),
            "source": path.name,
            "aliases": [entry] if entry else [],
        }
    return found


def _matching(name: str, known: Mapping[str, Mapping[str, Any]]) -> str | None:
    for entry, content in known.items():
        spellings = {entry, content.get("source"), *content.get("aliases", [])}
        if name.lower() in {str(s).lower() for s in spellings if s}:
            return entry
    return None


def _languages(scored: ScoredResponses) -> dict[str, Any]:
    known = language_files()
    return {
        code: known.get(code)
        or {
            "code": code,
            "name": code,
            "native_name": code,
            "made_by": "nobody: responses were imported",
            "reviewed": True,
            "protocols": {},
            "topics": {},
        }
        for code in sorted(set(scored.rows["language"]))
    }
