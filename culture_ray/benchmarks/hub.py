"""Data sets of the hub: the snapshot of a commit on this machine, and its download."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.design.placeholders import filled, placeholders
from culture_ray.benchmarks.design.source import Transform
from culture_ray.errors import DataSetMissing, MissingExtra, WrongValue

_COMMIT = re.compile(r"[0-9a-f]{40}")


def snapshot_of(benchmark: Benchmark) -> Path:
    """Return the folder of the commit of a benchmark's data set on this machine.

    Raises WrongValue for a branch, which may move, and DataSetMissing before all files that the
    benchmark reads are fetched.
    """
    key, source = f"benchmark.{benchmark.name}", benchmark.source
    commit, patterns = source.revision or "", _patterns(benchmark)
    if not _COMMIT.fullmatch(commit):
        fetched = _local(source.hub, source.revision, patterns)
        there = f"{fetched.name}, which is fetched" if fetched else "a fetched one"
        raise WrongValue(
            f"{key}.source.revision",
            source.revision,
            f"a commit of 40 hexadecimal digits, as a branch moves: {there}; culture-ray fetch "
            f"brings {source.hub} and says which commit it is",
        )
    folder = _local(source.hub, commit, patterns)
    if folder is None:
        raise DataSetMissing(
            f"{key}: commit {commit[:12]} of {source.hub} is not on this machine: run culture-ray "
            f"fetch with the same choice of benchmark, or set {key}.source.files to local files"
        )
    return folder


def fetch_data_set(benchmark: Benchmark, bar_class: type[Any] | None = None) -> Path:
    """Download the files of a data set that a benchmark reads; return the folder of its commit.

    Without a revision the newest commit is taken; the folder is named after it. A connection that
    breaks off is resumed; after a download that failed, files that are there are not asked for
    again. `bar_class`, of tqdm's kind, shows the progress, by default the library's own on a
    terminal. Raises MissingExtra, and DataSetMissing also for a path that no file has.
    """
    key, source = f"benchmark.{benchmark.name}", benchmark.source
    _check_installed(key)
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    from huggingface_hub import snapshot_download

    try:
        folder = Path(
            snapshot_download(
                source.hub,
                repo_type="dataset",
                revision=source.revision,
                allow_patterns=_patterns(benchmark),
                tqdm_class=bar_class,
            )
        )
    except Exception as problem:  # whatever the library raises, its first line is what users need
        words = str(problem).strip().splitlines() or [type(problem).__name__]
        raise DataSetMissing(
            f"{key}: {source.hub} cannot be fetched: {words[0]}; for a gated data set, accept its "
            f"terms on the hub and set HF_TOKEN, or set {key}.source.files to local files"
        ) from problem
    for path in source.paths:
        if not any(any(folder.glob(one)) for one in _expanded(path, _lists(benchmark))):
            raise DataSetMissing(
                f"{key}.source.path: no file '{path}' in {source.hub} at commit "
                f"{folder.name[:12]}: its page on the hub lists the files"
            )
    return folder


def _local(name: str, revision: str | None, patterns: list[str]) -> Path | None:
    """Return the folder of a revision that has all files of the patterns; None without it."""
    if importlib.util.find_spec("huggingface_hub") is None:
        return None
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(
            snapshot_download(
                name,
                repo_type="dataset",
                revision=revision,
                allow_patterns=patterns,
                local_files_only=True,
            )
        )
    except (HFValidationError, LocalEntryNotFoundError):  # not fetched, or no name of a data set
        return None


def _patterns(benchmark: Benchmark) -> list[str]:
    """Return the paths to download: those that the benchmark reads, in all of its languages.

    Files outside the data set, such as a lexicon of one's own, match nothing in it.
    """
    source, few, lexicon = benchmark.source, benchmark.few_shot, benchmark.answer.lexicon
    paths = [
        *source.paths,
        *(_joined(transform) for transform in source.transforms),
        *(few.paths if few else ()),
        lexicon.file if lexicon else "",
    ]
    wanted = [one for path in paths if path for one in _expanded(path, _lists(benchmark))]
    # The library's ** needs a folder before the name; that of the reader does not.
    return [*wanted, *(path.removeprefix("**/") for path in wanted if path.startswith("**/"))]


def _lists(benchmark: Benchmark) -> dict[str, Sequence[str]]:
    return {**benchmark.lists, "language": tuple(benchmark.languages.values())}


def _joined(transform: Transform) -> str:
    if transform.name != "join" or isinstance(transform.arguments, str):
        return ""
    return str(transform.arguments.get("file") or "")


def _expanded(path: str, lists: Mapping[str, Sequence[str]]) -> list[str]:
    """Return a path with every combination of the entries of the lists that are in it."""
    names = [name for name in dict.fromkeys(placeholders(path)) if name in lists]
    return [
        filled(path, dict(zip(names, entries, strict=True)))
        for entries in product(*(lists[name] for name in names))
    ]


def _check_installed(key: str) -> None:
    if importlib.util.find_spec("huggingface_hub") is None:
        raise MissingExtra(f"{key} (a data set of the hub)", "cpu")
