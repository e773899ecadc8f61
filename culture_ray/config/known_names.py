"""Contents of conf files that are read without Hydra: models, languages, GPUs, harnesses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from culture_ray.config.files import conf_folder, conf_folders, files_of, find_file
from culture_ray.errors import UserError
from culture_ray.survey.names import Names, read_names

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def model_files() -> dict[str, dict[str, Any]]:
    """Return the content of every file in conf/model, by name."""
    return _all("model")


def language_files() -> dict[str, dict[str, Any]]:
    """Return the content of every file in conf/language, by code."""
    return _all("language")


def section_of(path: Path, name: str) -> Any:
    """Return one section of a YAML file, None if it has none; raises UserError.

    Language files are long, so only the lines of the section are parsed where these stand alone.
    """
    text = file_text(path)
    if name not in text:
        return None
    lines = re.search(rf"^{name}:.*(?:\n(?:[ \t#].*)?)*", text, re.MULTILINE)
    try:
        content = yaml.load(lines[0], Loader=_LOADER) if lines else None
    except yaml.YAMLError:
        content = None
    content = _loaded(path) if content is None else content
    return content.get(name) if isinstance(content, dict) else None


def code_names() -> Names:
    """Return the readable names of the codes in survey files, from conf/names.yaml."""
    return read_names(_loaded(find_file("names.yaml")))


def survey_columns() -> dict[str, tuple[str, ...]]:
    """Return the columns that tell whose file it is, by the name of each file in conf/survey."""
    found = {}
    for name, content in _all("survey").items():
        country = content.get("country")
        within = (content.get("weights") or {}).get("within")
        if isinstance(country, dict) and isinstance(within, list):
            kept = content.get("keep") or {}
            found[name] = tuple(map(str, (country.get("column"), *within, *kept)))
    return found


def gpu_table() -> dict[str, dict[str, Any]]:
    """Return the GPUs of conf/gpus.yaml, by name."""
    return _loaded(find_file("gpus.yaml"))


def harness_table() -> dict[str, dict[str, Any]]:
    """Return the tasks of benchmark harnesses in conf/harnesses.yaml, by harness.

    A user's own file may have the name of earlier versions, benchmarks.yaml.
    """
    earlier = [folder / "benchmarks.yaml" for folder in conf_folders()]
    own = [path for path in earlier if path.is_file() and not _own_harnesses()]
    return _loaded(own[0] if own else find_file("harnesses.yaml"))


def token_table() -> dict[str, float]:
    """Return the characters per token of conf/characters_per_token.yaml, by language."""
    return _loaded(find_file("characters_per_token.yaml"))


def _own_harnesses() -> bool:
    return find_file("harnesses.yaml").parent != conf_folder()


def _all(group: str) -> dict[str, dict[str, Any]]:
    return {name: _loaded(path) for name, path in files_of(group).items()}


def file_text(path: Path) -> str:
    """Return the text of a file of a conf tree; raises UserError unless it is UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as problem:
        raise UserError(f"{path}: not UTF-8 ({problem.reason}); save it as UTF-8") from problem


def _loaded(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = yaml.load(file_text(path), Loader=_LOADER)
    except yaml.YAMLError as problem:
        words = " ".join(str(problem).split())[:200]
        raise UserError(f"{path}: cannot be read as YAML ({words})") from problem
    return content
