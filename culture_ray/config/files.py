"""Where the conf trees lie, the project's and a user's own, and what can be chosen in them."""

from __future__ import annotations

import os
from pathlib import Path

import culture_ray
from culture_ray.errors import WrongValue

OWN_FOLDER = "culture_ray_conf"
"""Where a user's own files lie below the current folder, unless CULTURE_RAY_CONF names a folder."""


def conf_folder() -> Path:
    """Return the folder of the project's own configuration files."""
    package = Path(culture_ray.__file__).parent
    installed = package / "_conf"
    return installed if installed.is_dir() else package.parent / "conf"


def own_folder() -> Path | None:
    """Return the folder of the user's own files, which come before the project's, if there is one.

    Raises WrongValue for a CULTURE_RAY_CONF that is no folder.
    """
    named = os.environ.get("CULTURE_RAY_CONF")
    if named:
        folder = Path(named).expanduser()
        if not folder.is_dir():
            raise WrongValue("CULTURE_RAY_CONF", named, "a folder that exists")
        return folder.resolve()
    folder = Path.cwd() / OWN_FOLDER
    return folder if folder.is_dir() else None


def writable_folder(chosen: str | None) -> Path:
    """Return where new configuration files go.

    That is `chosen`, else the user's own folder, else the conf tree of a clone; for an installed
    package, which nobody should write into, it is `culture_ray_conf` in the current folder.
    """
    if chosen:
        return Path(chosen).expanduser()
    own = own_folder()
    if own is not None:
        return own
    return Path.cwd() / OWN_FOLDER if conf_folder().name == "_conf" else conf_folder()


def conf_folders() -> list[Path]:
    """Return every folder that is looked into, the one that comes first first."""
    own = own_folder()
    return [conf_folder()] if own is None else [own, conf_folder()]


def find_file(name: str) -> Path:
    """Return the file of a name such as populations/x.csv in the first conf tree that has it.

    Where none has it, it is the place in the project's own tree.
    """
    for folder in conf_folders():
        if (folder / name).is_file():
            return folder / name
    return conf_folder() / name


def files_of(group: str) -> dict[str, Path]:
    """Return the files of a group by name, sorted; a user's own file hides one of that name."""
    found: dict[str, Path] = {}
    for folder in reversed(conf_folders()):
        found |= {path.stem: path for path in (folder / group).glob("*.yaml")}
    return dict(sorted(found.items()))


def choices(group: str) -> list[str]:
    """Return the names that a group offers, sorted."""
    return list(files_of(group))


def groups() -> list[str]:
    """Return the groups of the conf tree, sorted."""
    return sorted(path.name for path in conf_folder().iterdir() if path.is_dir())
