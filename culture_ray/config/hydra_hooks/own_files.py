"""Sources of Hydra's files: the user's own folder, and judges that are models without a file."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from culture_ray.config.files import choices, conf_folder, files_of

OWN_SCHEME, JUDGES_SCHEME = "own", "judges"

JUDGE_SAMPLING = {"temperature": 0.0, "top_p": 1.0, "max_tokens": 160}
"""Sampling of a model that is named as a judge and has no file in conf/judge."""


def register_sources() -> None:
    """Make the schemes `own` and `judges` known to Hydra."""
    from hydra._internal.sources_registry import SourcesRegistry

    for source in _sources():
        SourcesRegistry.instance().register(source)


@cache
def _sources() -> tuple[Any, ...]:
    from hydra._internal.core_plugins.file_config_source import FileConfigSource
    from hydra.plugins.config_source import ConfigLoadError, ConfigResult
    from omegaconf import OmegaConf

    class OwnFiles(FileConfigSource):  # type: ignore[misc]  # mypy skips Hydra
        """Files in which the line `# @package` may be missing."""

        @staticmethod
        def scheme() -> str:
            return OWN_SCHEME

        def load_config(self, config_path: str) -> Any:
            found = super().load_config(config_path)
            if not found.header.get("package") and (package := package_of(config_path)):
                found.header["package"] = package
            return found

    class ModelsAsJudges(FileConfigSource):  # type: ignore[misc]
        """A judge for every model that has no file in conf/judge."""

        @staticmethod
        def scheme() -> str:
            return JUDGES_SCHEME

        def load_config(self, config_path: str) -> Any:
            if not self.is_config(config_path):
                raise ConfigLoadError(f"Config not found : {config_path}")
            name = Path(config_path).stem
            content = {
                "defaults": [{"/model@model": name}, "_self_"],
                "sampling": dict(JUDGE_SAMPLING),
            }
            return ConfigResult(
                provider=self.provider,
                path=f"{JUDGES_SCHEME}://{self.path}",
                config=OmegaConf.create(content),
                header={"package": f"judge.{name}"},
            )

        def is_group(self, config_path: str) -> bool:
            return config_path in ("", "judge")

        def is_config(self, config_path: str) -> bool:
            path = Path(config_path)
            return path.parent.name == "judge" and path.stem in choices("model")

        def list(self, config_path: str, results_filter: Any) -> list[str]:
            return []

    return OwnFiles, ModelsAsJudges


def package_of(config_path: str) -> str:
    """Return the package of a file without a header: that of the project's files in its group.

    Files of which several are chosen (models, languages) each have a package of their own name.
    Returns "" where the files of a group differ.
    """
    group, _, name = config_path.removesuffix(".yaml").rpartition("/")
    known = [path for path in files_of(group).values() if path.is_relative_to(conf_folder())]
    found = set()
    for path in known if group else ():
        with path.open(encoding="utf-8") as lines:
            header = next(lines).removeprefix("# @package").strip()
        found.add(header.replace(f".{path.stem}", f".{name}"))
    return found.pop() if len(found) == 1 else ""
