"""Records of a run's stages, by which one that would read and write the same is not done again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from culture_ray.settings.stages import Stage
from culture_ray.stages.context import RunContext
from culture_ray.stages.inputs import output_digest, shard_inputs, stage_inputs
from culture_ray.store.atomic import TEMPORARY
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.stage_records import StageRecord, read_record, write_record

_NOT_WRITTEN = frozenset(
    (
        "requests", "responses", "labels", "items", "answers", "ratings", "spending", "timeline",
        "logs", "live", "quarantine", "retried", "slurm",
    )
)  # fmt: skip
"""Folders of a run in which the stages without models write nothing."""

_KEPT_FOLDERS: Mapping[Stage, str] = {Stage.REPORT: "figures"}
"""Folder of a stage whose files it leaves as they are if it would write the same."""

_NONE: Mapping[str, str] = MappingProxyType({})


class StageRecords:
    """Records of a run's stages without models, and the inputs that they are compared with.

    Made before the stages read anything: what changes while they work counts as changed since.
    """

    def __init__(self, context: RunContext) -> None:
        self._fixed = context.fixed_inputs
        self._run, self._account = context.settings.run, context.settings.spending.account

    def changed(
        self, stage: Stage, failed_models: Mapping[str, str] = _NONE
    ) -> tuple[str, ...] | None:
        """Return the names of inputs and files that a stage would not read or leave as it last did.

        Empty if it would do the same again; None if it was not done before.
        """
        record = read_record(self._run, stage)
        if record is None:
            return None
        inputs = self._inputs(stage, failed_models)
        names = (*inputs, *(name for name in record.inputs if name not in inputs))
        read = (name for name in names if record.inputs.get(name) != inputs.get(name))
        left = record.outputs.items()
        return (*read, *(path for path, was in left if output_digest(self._run, path) != was))

    @contextmanager
    def recorded(self, stage: Stage, failed_models: Mapping[str, str] = _NONE) -> Iterator[None]:
        """Record a stage that is done in the body; one that fails has no record."""
        run = self._run
        inputs = self._inputs(stage, failed_models)
        write_record(run, stage, None)
        before = _files(run)
        yield
        kept = _KEPT_FOLDERS.get(stage)
        written = {
            path: output_digest(run, path)
            for path, state in _files(run).items()
            if before.get(path) != state or path.partition("/")[0] == kept
        }
        write_record(run, stage, StageRecord(inputs, written))

    def _inputs(self, stage: Stage, failed_models: Mapping[str, str]) -> dict[str, str]:
        own = stage_inputs(self._run, stage, self._account, failed_models)
        return {**self._fixed, **self._shards, **own}

    @cached_property
    def _shards(self) -> Mapping[str, str]:
        return shard_inputs(self._run)


def _files(run: RunDirectory) -> dict[str, tuple[int, int, int]]:
    """Return the files that stages may write, with what changes whenever one is written."""
    found = {}
    for folder, folders, names in os.walk(run.folder):
        folders[:] = [name for name in folders if name not in _NOT_WRITTEN]
        for name in names:
            path = Path(folder) / name
            if name.startswith(TEMPORARY) or path in (run.config, run.stage_records):
                continue
            with suppress(FileNotFoundError):  # another job has just replaced it
                state = path.stat()
                below = path.relative_to(run.folder).as_posix()
                found[below] = (state.st_ino, state.st_mtime_ns, state.st_size)
    return found
