"""Records of the stages that a run has done: digests of their inputs and of the files they wrote.

They stand in `stages.json` of the run directory. A stage whose record fits is not done again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from culture_ray.store.atomic import replace_text
from culture_ray.store.run_directory import RunDirectory


@dataclass(frozen=True)
class StageRecord:
    """Record of one stage, as it was done last."""

    inputs: Mapping[str, str]
    """Digest of each input, by its name."""
    outputs: Mapping[str, str]
    """Digest of each file that the stage wrote, by its path below the run directory."""


def read_record(run: RunDirectory, stage: str) -> StageRecord | None:
    """Return the record of a stage; None without one, and for one that cannot be read."""
    entry = _content(run).get(stage)
    try:
        return StageRecord(dict(entry["inputs"]), dict(entry["outputs"])) if entry else None
    except (KeyError, TypeError, ValueError):
        return None


def write_record(run: RunDirectory, stage: str, record: StageRecord | None) -> None:
    """Replace the record of a stage; None removes it. Raises DiskProblem."""
    before = _content(run)
    content = {name: entry for name, entry in before.items() if name != stage}
    if record is not None:
        content[stage] = asdict(record)
    if content != before:
        replace_text(run.stage_records, json.dumps(content, indent=1, sort_keys=True))


def _content(run: RunDirectory) -> dict[str, Any]:
    """Return the records by stage; none if the file is not there or was damaged."""
    try:
        content = json.loads(run.stage_records.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
