"""Context of a run of imported responses, from files of scored responses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from culture_ray.config.build import build, convert
from culture_ray.config.files import table_path
from culture_ray.config.import_choices import OWN_KEYS, import_choices, known_names
from culture_ray.config.imported_models import imported_models
from culture_ray.config.known_names import language_files
from culture_ray.config.launchers import Content
from culture_ray.config.run_settings import settings_from
from culture_ray.errors import WrongValue
from culture_ray.labels.read import IMPORTED, IMPORTED_PERSONA
from culture_ray.run.ground_truth import without_speakers
from culture_ray.settings.comparison import PopulationSettings
from culture_ray.stages.context import RunContext
from culture_ray.survey.ground_truth_table import read_ground_truth
from culture_ray.survey.topics import read_topics
from culture_ray.tools.hub import PREFIX, pull_data_set
from culture_ray.tools.scored.read import ScoredResponses, read_scored
from culture_ray.tools.scored.topics import unknown_topics, without_ground_truth


def imported_run(
    content: Content, experiment: str, command: str
) -> tuple[RunContext, ScoredResponses]:
    """Return the context of a run of the scored responses in `content["file"]`, and these.

    Raises BadTable, UnknownName and WrongValue for what the files lack, before anything is written.
    """
    places = _places(content["file"])
    topics = read_topics(content["topics"])
    choices = import_choices(content)
    chosen = build(PopulationSettings, content["populations"], "populations")
    surveyed = read_ground_truth(table_path("populations", chosen.table), chosen.source)
    scored = read_scored(
        list(places), choices, known_names(topics, surveyed.topics, surveyed.populations)
    )
    allow = convert(bool, content["allow_unknown_topics"], "allow_unknown_topics")
    source = ", ".join(places.values())
    described = {key: value for key, value in content.items() if key not in OWN_KEYS}
    described |= {
        "model": imported_models(scored.rows, source),
        "language": _languages(scored),
        "protocol": _protocols(scored),
        "judge": {IMPORTED: {"model": {"engine": IMPORTED, "family": "", "source": source}}},
    }
    catalogue = [topic.id for topic in topics]
    others = sorted(set(scored.rows["topic"]) - set(catalogue))
    described["imported"] = {"file": source, "unknown_topics": others}
    context = RunContext(settings_from(described, experiment, command))
    settings, truth = context.settings, context.ground_truth
    lacking = without_ground_truth(scored.rows["topic"], truth)
    unknown_topics(
        scored.rows["topic"],
        catalogue,
        [topic for topic in others if topic not in lacking],
        allow=allow,
    )
    notes = list(scored.notes)
    if lacking:
        listed = ", ".join(f"{topic} ({count})" for topic, count in lacking.items())
        notes.append(f"without ground truth: {listed}")
    if unspoken := without_speakers(settings.languages, truth):
        notes.append(
            f"no figures of the speakers of {', '.join(unspoken)} in populations="
            f"{settings.populations.name}: compared with the other populations only"
        )
    return context, ScoredResponses(scored.rows, tuple(notes))


def _places(value: Any) -> dict[Path, str]:
    """Return the files and folders to read, each with its name in the run's provenance."""
    if not value:
        raise WrongValue("file", value, "a path, such as file=scored.csv")
    names: Sequence[str] = convert(
        tuple[str, ...], [value] if isinstance(value, str) else value, "file"
    )
    return dict(map(_place, names))


def _place(name: str) -> tuple[Path, str]:
    if not name.startswith(PREFIX):
        path = Path(name).expanduser()
        return path, path.name
    wanted = name.removeprefix(PREFIX)
    folder, commit = pull_data_set(wanted)
    return folder, f"{PREFIX}{wanted.partition('@')[0]}@{commit}"


def _protocols(scored: ScoredResponses) -> dict[str, Any]:
    """Return the protocols of the responses: those with a persona have one of their own."""
    if "persona" not in scored.rows:
        return {IMPORTED: {}}
    personas = scored.rows["persona"]
    plain: dict[str, Any] = {IMPORTED: {}} if personas.isna().any() else {}
    countries = sorted(set(personas.dropna()))
    return {**plain, IMPORTED_PERSONA: {"countries": countries}} if countries else plain


def _languages(scored: ScoredResponses) -> dict[str, Any]:
    known: Mapping[str, Any] = language_files()
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
