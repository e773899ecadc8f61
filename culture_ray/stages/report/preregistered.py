"""Preregistration of a run, for its report: its state, and how the run departs from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from culture_ray.report.content import ReportPreregistration
from culture_ray.report.formatting import counted, moment
from culture_ray.run.preregistration import Registration, departures, registrations
from culture_ray.run.status import stage_statuses
from culture_ray.settings.run import Settings
from culture_ray.store.provenance import recorded
from culture_ray.store.run_directory import RunDirectory

_ASKED = ("elicit", "benchmark")
"""Stages that ask the models that are studied."""


def preregistration(settings: Settings) -> ReportPreregistration | None:
    """Return the last preregistration of a run and the departures from it; None without one.

    Raises RunMismatch for a document that cannot be read.
    """
    versions = registrations(settings.run)
    if not versions:
        return None
    last = versions[-1]
    found = [
        (one.setting, one.registered, one.kept) for one in departures(settings.run, last, settings)
    ]
    return ReportPreregistration(
        version=last.version,
        made_at=last.made_at,
        sha256=last.sha256,
        faults=tuple(_faults(last, str(recorded(settings.run).get("started", "")))),
        hypotheses=str(last.content.get("hypotheses", "")),
        tests=tuple(map(str, last.content.get("tests", ()))),
        departures=(*found, *_unanswered(settings.run, list(settings.judges), last)),
    )


def departure_notices(registered: ReportPreregistration | None) -> Iterator[str]:
    """Yield sentences for the first screen on what readers of a preregistration have to know."""
    if registered is None:
        return
    yield from registered.faults
    if registered.departures:
        yield (
            f"This run departs from its preregistration in "
            f"{counted(len(registered.departures), 'setting')}: see “What was run”."
        )


def _faults(registered: Registration, started: str) -> Iterator[str]:
    if not registered.intact:
        yield (
            "The preregistration was changed after it was written: its content does not have the "
            "hash that it states."
        )
    if started and registered.made_at > started:
        yield f"The preregistration is dated after the start of the run ({moment(started)})."


def _unanswered(
    run: RunDirectory, judges: list[str], registered: Registration
) -> Iterator[tuple[str, str, str]]:
    """Yield the requests of each model, where the run has fewer or more than were registered."""
    planned: Counter[str] = Counter()
    for row in registered.content.get("requests", ()):
        if row["stage"] in _ASKED:
            planned[row["model"]] += row["requests"]
    done: Counter[str] = Counter()
    for status in stage_statuses(run, judges):
        if status.stage.split()[0] in _ASKED:
            done[status.model] += status.done
    for model in planned:
        if planned[model] != done[model]:
            yield (
                f"requests to {model}",
                counted(planned[model], "request"),
                f"{done[model]:,} answered or failed",
            )
