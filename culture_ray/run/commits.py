"""Commits of the hub that a run's models were loaded from, by session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from culture_ray.engines.adapters import loaded_sources
from culture_ray.engines.architecture import hub_commit
from culture_ray.engines.model import Model
from culture_ray.store.provenance import amend_session, recorded
from culture_ray.store.run_directory import RunDirectory

_COMMITS = "commits"
"""Fact of a session: commit by model, adapter and draft model."""


def record_commits(run: RunDirectory, models: Mapping[str, Model]) -> None:
    """Note, for the last session, the commits that models were loaded from.

    A judge's model is named `judge NAME`. Commits are read from the hub's cache of this machine,
    once the session has loaded its models; models that are not there, such as those of other
    machines, are left out. Raises DiskProblem.
    """
    found = {
        label: commit
        for name, model in models.items()
        for label, source in loaded_sources(name, model)
        if model.engine == "vllm" and (commit := hub_commit(source)) is not None
    }
    if found:
        amend_session(run, {_COMMITS: found})


def known_commits(run: RunDirectory) -> dict[str, str]:
    """Return the commit that each model was last loaded from, as far as it was recorded."""
    found: dict[str, str] = {}
    for session in recorded(run).get("sessions") or ():
        found |= session.get(_COMMITS) or {}
    return found


def with_commits(models: Mapping[str, Model], commits: Mapping[str, str]) -> dict[str, Model]:
    """Return models with the commit that was loaded as the revision of those that have none."""
    return {
        name: replace(model, revision=model.revision or commits.get(name))
        for name, model in models.items()
    }


def changed_commits(provenance: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each model that sessions of a run loaded from different commits."""
    seen: dict[str, dict[str, None]] = {}
    for session in provenance.get("sessions") or ():
        for name, commit in (session.get(_COMMITS) or {}).items():
            seen.setdefault(name, {})[commit] = None
    for name, commits in seen.items():
        if len(commits) > 1:
            listed = ", ".join(commit[:12] for commit in commits)
            yield (
                f"{name} was loaded from {len(commits)} commits of its repository ({listed}): its "
                f"responses may come from different weights; its revision in conf/model pins one."
            )
