"""Where the conf tree lies, in a clone and in an installed wheel, and what can be chosen in it."""

from __future__ import annotations

from pathlib import Path

import culture_ray


def conf_folder() -> Path:
    """Return the folder of Hydra's configuration files."""
    package = Path(culture_ray.__file__).parent
    installed = package / "_conf"
    return installed if installed.is_dir() else package.parent / "conf"


def choices(group: str) -> list[str]:
    """Return the names that a group offers, sorted."""
    return sorted(path.stem for path in (conf_folder() / group).glob("*.yaml"))


def groups() -> list[str]:
    """Return the groups of the conf tree, sorted."""
    return sorted(path.name for path in conf_folder().iterdir() if path.is_dir())
