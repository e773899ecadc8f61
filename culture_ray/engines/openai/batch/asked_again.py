"""Requests that earlier batches no longer answer, because they are asked again."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from culture_ray.store.atomic import replace_text

_NAME = "asked_again"
"""Without a suffix: every JSON file of the folder is a batch."""


def ask_again(folder: Path, request_ids: Collection[str], now: float) -> None:
    """Record that batches from before `now` no longer answer these requests; raises DiskProblem.

    `folder` is that of a model's batches; nothing is recorded if there is none.
    """
    if folder.is_dir() and request_ids:
        times = asked_again(folder) | dict.fromkeys(request_ids, now)
        replace_text(folder / _NAME, json.dumps(times))


def asked_again(folder: Path) -> dict[str, float]:
    """Return the requests that earlier batches no longer answer, with the time of that decision.

    A file that cannot be read is as none: earlier batches answer again.
    """
    path = folder / _NAME
    try:
        times = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    entries = times.items() if isinstance(times, dict) else ()
    return {name: float(at) for name, at in entries if isinstance(at, int | float)}
