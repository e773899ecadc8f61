"""Locations of the conf trees, the project's and the user's own, and the choices in them."""

from __future__ import annotations

import os
from pathlib import Path

import culture_ray
from culture_ray.errors import WrongValue

OWN_FOLDER = "culture_ray_conf"
"""Folder of the user's own files in the current folder; CULTURE_RAY_CONF names another one."""


def conf_folder() -> Path:
    """Return the folder of the project's own configuration files."""
    package = Path(culture_ray.__file__).parent
    installed = package / "_conf"
    return installed if installed.is_dir() else package.parent / "conf"


def own_folder() -> Path | None:
    """Return the folder of the user's own files, which take precedence, or None without one.

    Raises WrongValue if CULTURE_RAY_CONF does not name a folder.
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
    """Return the folder for new configuration files.

    This is `chosen`, else the user's own folder, else the conf tree of a clone. An installed
    package is never written to: its users get `culture_ray_conf` in the current folder.
    """
    if chosen:
        return Path(chosen).expanduser()
    own = own_folder()
    if own is not None:
        return own
    return Path.cwd() / OWN_FOLDER if conf_folder().name == "_conf" else conf_folder()


def conf_folders() -> list[Path]:
    """Return the folders that are searched, in order of precedence."""
    own = own_folder()
    return [conf_folder()] if own is None else [own, conf_folder()]


def find_file(name: str) -> Path:
    """Return the path of a file such as populations/x.csv in the first conf tree that has it.

    If no tree has it, the path in the project's tree is returned.
    """
    for folder in conf_folders():
        if (folder / name).is_file():
            return folder / name
    return conf_folder() / name


def table_path(group: str, name: str) -> Path:
    """Return the path of a table that a file of a group names, relative to that file's folder."""
    path = Path(name).expanduser()
    return path if path.is_absolute() else find_file(f"{group}/{path}")


def files_of(group: str) -> dict[str, Path]:
    """Return the files of a group by name, sorted; a user's file replaces the project's."""
    found: dict[str, Path] = {}
    for folder in reversed(conf_folders()):
        found |= {path.stem: path for path in (folder / group).glob("*.yaml")}
    return dict(sorted(found.items()))


def choices(group: str) -> list[str]:
    """Return the names that can be chosen in a group, sorted."""
    return list(files_of(group))


def groups() -> list[str]:
    """Return the groups of the conf tree, sorted."""
    return sorted(path.name for path in conf_folder().iterdir() if path.is_dir())
