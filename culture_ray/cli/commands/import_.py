"""`culture-ray import`: a run from responses that were scored elsewhere."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from culture_ray.cli.console import Screen
from culture_ray.config.build import build, convert
from culture_ray.config.compose import compose_and_run
from culture_ray.config.known_names import language_files, model_files
from culture_ray.config.launchers import Content
from culture_ray.config.run_settings import settings_from
from culture_ray.errors import RunMismatch, WrongValue
from culture_ray.labels.read import IMPORTED
from culture_ray.stages.context import RunContext
from culture_ray.survey.topics import read_topics
from culture_ray.tools.import_scored import (
    ScoredColumns,
    ScoredResponses,
    check_unchanged,
    commit_shards,
    label_shards,
    read_scored,
)

_OWN_KEYS = ("file", "columns", "allow_unknown_topics")


def act(overrides: list[str]) -> int:
    """Read, check and commit scored responses; return 0."""

    def run(content: Content, experiment: str) -> None:
        command = shlex.join(["culture-ray", "import", *overrides])
        _import(Screen(), content, experiment, command)

    compose_and_run("culture-ray import", overrides, run, root="import")
    return 0


def _import(screen: Screen, content: Content, experiment: str, command: str) -> None:
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
    run_content = {key: value for key, value in content.items() if key not in _OWN_KEYS}
    run_content |= {
        "model": _models(scored, path),
        "language": _languages(scored),
        "protocol": {IMPORTED: {}},
        "judge": {IMPORTED: {"model": {"engine": IMPORTED, "family": "", "source": path.name}}},
        "imported": {"file": path.name, "unknown_topics": sorted(scored.unknown_topics)},
    }
    settings = settings_from(run_content, experiment, command)
    if settings.run.config.exists() and settings.run.shards("responses"):
        raise RunMismatch(f"run '{settings.run.name}' holds a sweep: choose another run=NAME")
    shards = label_shards(settings.run, scored)
    check_unchanged(settings.run, shards)
    RunContext(settings).open()
    commit_shards(shards)
    rows = scored.rows
    screen.write_line(
        f"{len(rows):,} responses of {rows['model'].nunique()} models in "
        f"{rows['language'].nunique()} languages on {rows['topic'].nunique()} topics are now run "
        f"{settings.run.name} in {settings.run.folder}"
    )
    if scored.unknown_topics:
        unknown = ", ".join(f"{topic} ({count})" for topic, count in scored.unknown_topics.items())
        screen.write_line(f"without ground truth: {unknown}")
    screen.write_line(f"next: culture-ray analyse run={settings.run.name}")


def _models(scored: ScoredResponses, path: Path) -> dict[str, dict[str, Any]]:
    """Return the description of each model, its family from the file or from conf/model."""
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
