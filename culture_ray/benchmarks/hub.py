"""Data sets of the hub: the snapshot of a commit on this machine, and its download."""

from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path

from culture_ray.benchmarks.design.placeholders import placeholders
from culture_ray.benchmarks.design.source import Source, Transform
from culture_ray.errors import DataSetMissing, MissingExtra, WrongValue

_COMMIT = re.compile(r"[0-9a-f]{40}")


def snapshot_of(key: str, source: Source) -> Path:
    """Return the folder of a data set's commit on this machine; `key` is the benchmark's.

    Raises WrongValue for a branch, which may move, and DataSetMissing before it is fetched.
    """
    commit = source.revision or ""
    if not _COMMIT.fullmatch(commit):
        fetched = _local(source.hub, source.revision)
        there = f"{fetched.name}, which is fetched" if fetched else "a fetched one"
        raise WrongValue(
            f"{key}.source.revision",
            source.revision,
            f"a commit of 40 hexadecimal digits, as a branch moves: {there}; culture-ray fetch "
            f"brings {source.hub} and says which commit it is",
        )
    folder = _local(source.hub, commit)
    if folder is None:
        raise DataSetMissing(
            f"{key}: commit {commit[:12]} of {source.hub} is not on this machine: run culture-ray "
            f"fetch with the same choice of benchmark, or set {key}.source.files to local files"
        )
    return folder


def fetch_data_set(key: str, source: Source) -> Path:
    """Download the files of a data set that a benchmark reads; return the folder of its commit.

    Without a revision the newest commit is taken; the folder is named after it. Raises MissingExtra
    and DataSetMissing.
    """
    _check_installed(key)
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    from huggingface_hub import snapshot_download

    try:
        return Path(
            snapshot_download(
                source.hub,
                repo_type="dataset",
                revision=source.revision,
                allow_patterns=_patterns(source),
            )
        )
    except Exception as problem:  # whatever the library raises, its first line is what users need
        words = str(problem).strip().splitlines() or [type(problem).__name__]
        raise DataSetMissing(
            f"{key}: {source.hub} cannot be fetched: {words[0]}; for a gated data set, accept its "
            f"terms on the hub and set HF_TOKEN, or set {key}.source.files to local files"
        ) from problem


def _local(name: str, revision: str | None) -> Path | None:
    if importlib.util.find_spec("huggingface_hub") is None:
        return None
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(
            snapshot_download(name, repo_type="dataset", revision=revision, local_files_only=True)
        )
    except (HFValidationError, LocalEntryNotFoundError):  # not fetched, or no name of a data set
        return None


def _patterns(source: Source) -> list[str]:
    """Return the paths to download: those that the benchmark reads, in all languages."""
    patterns = [*source.paths, *(_joined(transform) for transform in source.transforms)]
    return [_any(pattern) for pattern in patterns if pattern]


def _joined(transform: Transform) -> str:
    if transform.name != "join" or isinstance(transform.arguments, str):
        return ""
    return str(transform.arguments.get("file") or "")


def _any(pattern: str) -> str:
    for name in placeholders(pattern):
        pattern = pattern.replace("{" + name + "}", "*")
    return pattern


def _check_installed(key: str) -> None:
    if importlib.util.find_spec("huggingface_hub") is None:
        raise MissingExtra(f"{key} (a data set of the hub)", "cpu")
