"""Writing of a preregistration: what a run will ask and test, before its first request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from culture_ray import __version__
from culture_ray.errors import RunMismatch, WrongValue
from culture_ray.run.preregistration import (
    FOLDER,
    Registration,
    analysis_settings,
    commitments,
    registration_hash,
    registrations,
)
from culture_ray.stages.context import RunContext
from culture_ray.stages.power import power_of_plan
from culture_ray.store.atomic import replace_text
from culture_ray.store.provenance import recorded
from culture_ray.tools.preregistration.document import document
from culture_ray.tools.preregistration.planned_tests import planned_tests

_LONGEST = 100_000
"""Most characters of a file with hypotheses."""


def preregister(context: RunContext, hypotheses: str, now: datetime) -> tuple[Registration, Path]:
    """Write the next version of a run's preregistration; return it, and the path of its text.

    Earlier versions stay. One with the same content is returned as it is. Raises RunMismatch for a
    run that has been started, for one that a sweep would refuse, and DiskProblem.
    """
    run = context.settings.run
    if run.config.exists():
        started = str(recorded(run).get("started") or "an unrecorded time")
        raise RunMismatch(
            f"run '{run.name}' was started at {started}: a preregistration comes before the first "
            f"request; choose a new name, such as run={run.free_name()}"
        )
    if refusals := context.checked_plan().refusals:
        raise RunMismatch(f"nothing was preregistered, as a sweep would refuse: {refusals[0]}")
    content = _content(context, hypotheses)
    earlier = registrations(run)
    if earlier and _same(earlier[-1].content, content):
        return earlier[-1], run.folder / FOLDER / f"{earlier[-1].version}.md"
    version, made_at = len(earlier) + 1, now.isoformat(timespec="seconds")
    made = Registration(version, made_at, content, registration_hash(version, made_at, content))
    (run.folder / FOLDER).mkdir(parents=True, exist_ok=True)
    stem = run.folder / FOLDER / str(version)
    replace_text(stem.with_suffix(".json"), json.dumps(asdict(made), indent=2, ensure_ascii=False))
    replace_text(stem.with_suffix(".md"), document(made))
    return made, stem.with_suffix(".md")


def read_hypotheses(path: Path) -> str:
    """Return the text of a file with hypotheses; raises WrongValue for one that cannot be used."""
    try:
        text = path.expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongValue("--hypotheses", str(path), "a text file that can be read") from error
    if not text or len(text) > _LONGEST:
        raise WrongValue("--hypotheses", str(path), f"a text of 1 to {_LONGEST:,} characters")
    return text


def _content(context: RunContext, hypotheses: str) -> dict[str, Any]:
    settings = context.settings
    power = power_of_plan(context)
    content = {
        "run": settings.run.name,
        "version": __version__,
        "command": settings.command,
        "hypotheses": hypotheses,
        "languages": {code: text.name for code, text in settings.languages.items()},
        "topics": {topic.id: topic.label for topic in settings.topics},
        "requests": [
            {"stage": str(row.stage), "model": row.model, "requests": row.estimate.requests}
            for row in context.plan.rows
        ],
        "tests": planned_tests(settings),
        "power": None if power is None else asdict(power.effects["as planned"]),
        **commitments(settings.raw, analysis_settings(settings)),
    }
    plain: dict[str, Any] = json.loads(json.dumps(content))
    return plain


def _same(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Return True if two contents are the same, whatever command they were written with."""
    return {**before, "command": ""} == {**now, "command": ""}
