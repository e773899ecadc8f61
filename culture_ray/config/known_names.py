"""Contents of conf files that are read without Hydra, and what a word of a user probably names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from culture_ray.config.files import (
    choices,
    conf_folder,
    conf_folders,
    files_of,
    find_file,
    groups,
)
from culture_ray.errors import BadOverride, UnknownName, UserError
from culture_ray.survey.names import Names, read_names

_SEVERAL = ("model", "language", "judge", "protocol")
"""Groups from which several files can be chosen."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def model_files() -> dict[str, dict[str, Any]]:
    """Return the content of every file in conf/model, by name."""
    return _all("model")


def language_files() -> dict[str, dict[str, Any]]:
    """Return the content of every file in conf/language, by code."""
    return _all("language")


def cluster_files() -> dict[str, dict[str, Any]]:
    """Return the content of every file in conf/cluster, by name."""
    return _all("cluster")


def benchmark_files() -> dict[str, dict[str, Any]]:
    """Return the content of every file in conf/benchmark, by name."""
    return _all("benchmark")


def merged(files: Mapping[str, Mapping[str, Any]], name: str) -> dict[str, Any]:
    """Return a file's content over that of the files of its group in its defaults list."""
    content = dict(files[name])
    found: dict[str, Any] = {}
    for entry in content.pop("defaults", None) or ():
        # Written as Hydra has it: NAME, or /model@_here_: NAME
        other = next(iter(entry.values())) if isinstance(entry, Mapping) else entry
        if isinstance(other, str) and other in files and other != name:
            found = _over(found, merged(files, other))
    return _over(found, content)


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return two mappings as one, where `above` wins, part by part."""
    found = dict(below)
    for key, value in above.items():
        old = found.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            found[key] = _over(old, value)
        else:
            found[key] = value
    return found


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
            column = [country["column"]] if "column" in country else []
            found[name] = tuple(map(str, (*column, *within, *(content.get("keep") or {}))))
        elif isinstance(columns := content.get("columns"), dict):
            found[name] = tuple(map(str, columns.values()))
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


def missing_language(name: str, known: Sequence[str]) -> UserError:
    """Return the refusal of a language without a file, named by its code or by a word."""
    spoken = code_names().languages
    word = name.casefold()
    code = next(
        (code for code, names in spoken.items() if word in map(str.casefold, (code, *names))), None
    )
    if code is None:
        return UnknownName("language", name, known, listed_by="culture-ray list languages")
    if code in known:
        return BadOverride(f"unknown language '{name}': did you mean '{code}' ({spoken[code][0]})?")
    return BadOverride(
        f"there are no texts in {spoken[code][0]} ('{code}') yet: culture-ray translate "
        f"language={code} 'model=[NAME]' writes them for review, and culture-ray list languages "
        f"shows those there are"
    )


def meant(word: str) -> str:
    """Return the override that a bare word probably stands for, or else the form of any."""
    for group in dict.fromkeys(("experiment", "model", "language", *groups())):
        if word in choices(group):
            return f"'{group}=[{word}]'" if group in _SEVERAL else f"{group}={word}"
    return "KEY=VALUE, such as seed=2"


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
