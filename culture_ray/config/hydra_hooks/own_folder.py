"""Hydra's search in the user's own folder of configuration files and in --config-dir."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from culture_ray.config.files import find_file, own_folder
from culture_ray.config.hydra_hooks.own_files import JUDGES_SCHEME, OWN_SCHEME, register_sources

_TABLES = (
    ("populations", "table"),
    ("populations", "answers"),
    ("populations", "respondents"),
    ("capability", "table"),
)
"""Group and key of each name of a table."""


def resolve_tables(content: dict[str, Any], folders: Sequence[str]) -> None:
    """Replace the names of tables in a folder of --config-dir by full paths."""
    for group, key in _TABLES:
        entry = content.get(group)
        if not isinstance(entry, dict) or not isinstance(name := entry.get(key), str):
            continue
        if find_file(f"{group}/{name}").is_file():
            continue
        for folder in folders:
            if folder and (Path(folder) / group / name).is_file():
                entry[key] = str(Path(folder) / group / name)


def search_own_folder() -> None:
    """Make Hydra search the user's own folder before the project's in every composition.

    Models that are named as judges without a file of their own come last.
    """
    from hydra.core.config_search_path import ConfigSearchPath, SearchPathQuery
    from hydra.core.plugins import Plugins
    from hydra.plugins.search_path_plugin import SearchPathPlugin

    class OwnFolder(SearchPathPlugin):  # type: ignore[misc]  # mypy skips Hydra
        def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
            own = own_folder()
            if own is not None:
                anchor = SearchPathQuery(provider="main", path=None)
                search_path.prepend("own folder", f"{OWN_SCHEME}://{own}", anchor)
            search_path.append("models as judges", f"{JUDGES_SCHEME}://models")

    register_sources()
    plugins = Plugins.instance()
    if not any(
        found.__name__ == OwnFolder.__name__ for found in plugins.discover(SearchPathPlugin)
    ):
        plugins.register(OwnFolder)
