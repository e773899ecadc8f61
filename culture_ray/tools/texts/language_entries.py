"""Entries of a language file: those that it has, and those that a job adds or replaces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from culture_ray.errors import BadPrompts
from culture_ray.prompts.text_entries import Path, text_entries
from culture_ray.tools.texts.job import TextJob, TextResult


def read_texts(text: str, where: str) -> Mapping[Any, Any]:
    """Return the content of a language file; raises BadPrompts for anything else."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as problem:
        words = " ".join(str(problem).split())[:200]
        raise BadPrompts(f"{where}: cannot be read as YAML ({words})") from problem
    if not isinstance(content, Mapping):
        raise BadPrompts(f"{where}: not a mapping of keys to values")
    return content


def new_entries(result: TextResult, made_by: str) -> dict[Path, Any]:
    """Return the new entries of the language file, by path."""
    entries: dict[Path, Any] = {draft.path: draft.entry(made_by) for draft in result.good}
    return entries | dict(result.names)


def replaced(job: TextJob, result: TextResult) -> list[Path]:
    """Return the paths of existing texts that new ones replace."""
    existing = text_entries(job.existing)
    return [draft.path for draft in result.good if draft.path in existing]
