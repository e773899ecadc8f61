"""Configuration that a run was made with, as stored in its directory."""

from __future__ import annotations

from typing import Any

import yaml

from culture_ray.errors import NoSuchRun, RunMismatch
from culture_ray.store.run_directory import RunDirectory


def made_with(run: RunDirectory) -> dict[str, Any]:
    """Return the configuration that a run was made with; raises NoSuchRun, RunMismatch."""
    if not run.config.exists():
        known = sorted(path.parent.name for path in run.folder.parent.glob("*/config.yaml"))
        others = f"the choices are {', '.join(known[:12])}" if known else "it has no runs yet"
        below = run.folder.parent / "results" / run.name
        if not known and (below / "config.yaml").exists():
            others = f"did you mean {below}?"
        raise NoSuchRun(f"no run '{run.name}' in {run.folder.parent}: {others}")
    try:
        content = yaml.load(
            run.config.read_text(encoding="utf-8"),
            Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader),
        )
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        content = " ".join(str(error).split())[:120]
    if not isinstance(content, dict):
        raise RunMismatch(
            f"{run.config} cannot be read as the configuration of a run ({content}): restore it, "
            f"or choose a new name, such as run={run.free_name()}"
        )
    return content


def has_units_of_one_size(run: RunDirectory) -> bool:
    """Return True for a run whose units do not grow with it, such as those of earlier versions.

    Raises RunMismatch for a configuration that cannot be read.
    """
    if not run.config.exists():
        return False
    cluster = made_with(run).get("cluster") or {}
    return cluster.get("most_units") is None
