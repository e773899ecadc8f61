"""Options of translate and vary, read from the composed configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from culture_ray.config.build import build
from culture_ray.config.files import files_of
from culture_ray.config.known_names import code_names, file_text, language_files
from culture_ray.config.launchers import Content
from culture_ray.config.run_settings import model_from
from culture_ray.engines.interface import Sampling
from culture_ray.engines.model import Model
from culture_ray.errors import UnknownName, WrongValue
from culture_ray.prompts.language import read_language
from culture_ray.tools.texts.job import TargetLanguage, TextJob
from culture_ray.tools.texts.language_entries import read_texts

_OTHER_KEYS = frozenset({"model", "cluster", "spending"})
"""Keys of the configuration that are not options of the two verbs."""


@dataclass(frozen=True)
class TextOptions:
    """Options of the command line; conf/translate.yaml explains each."""

    target: str
    source: str
    what: Literal["wordings", "templates"]
    count: int
    name: str | None
    native_name: str | None
    only: tuple[str, ...]
    again: bool
    tries: int
    sampling: Sampling
    run: str | None
    results: str
    conf_dir: str | None


def option_values(content: Content) -> dict[str, Any]:
    """Return the options as they are configured, without models, cluster and spending."""
    return {key: value for key, value in content.items() if key not in _OTHER_KEYS}


def read_options(content: Content) -> TextOptions:
    """Return the options. Raises WrongValue."""
    values = option_values(content)
    one_language = "the code of one language, such as language=ca"
    if not isinstance(values["target"], str):
        raise WrongValue("language", values["target"], one_language)
    options = build(TextOptions, values, "translate")
    if not re.fullmatch(r"[a-z]{2,3}(_[A-Za-z]+)?", options.target):
        raise WrongValue("language", options.target, one_language)
    for key, value in (("count", options.count), ("tries", options.tries)):
        if value < 1:
            raise WrongValue(key, value, "at least 1")
    return options


def read_models(content: Content) -> dict[str, Model]:
    """Return one model, or the maker and the checker. Raises WrongValue."""
    entries = content.get("model") or {}
    if not 1 <= len(entries) <= 2:
        raise WrongValue("model", list(entries), "one model, or two: [maker,checker]")
    return {str(name): model_from(entry, f"model.{name}") for name, entry in entries.items()}


def existing_text(path: Path, code: str) -> str | None:
    """Return the text of a language's file, None if the language is new."""
    known = path if path.is_file() else files_of("language").get(code)
    return None if known is None else file_text(known)


def text_job(
    options: TextOptions, source: str, existing: str | None, path: Path, models: tuple[str, ...]
) -> TextJob:
    """Return the texts that are to be made from `source`. Raises UnknownName and WrongValue."""
    known = language_files()
    target: Mapping[Any, Any] = {} if existing is None else read_texts(existing, str(path))
    if existing is not None:
        read_language(options.target, target)
    texts = target if source == options.target else known.get(source)
    if not texts:
        raise UnknownName("language", source, known)
    spoken = code_names().languages
    english = options.name or target.get("name") or spoken.get(options.target, (None,))[0]
    if not english:
        expected = f"the English name of '{options.target}', which conf/names.yaml does not know"
        raise WrongValue("name", options.name, expected)
    return TextJob(
        source=texts,
        source_tongue=TargetLanguage(source, str(texts["name"])),
        existing=target,
        tongue=TargetLanguage(options.target, str(english)),
        maker=models[0],
        checker=models[-1],
        sampling=options.sampling,
        neighbours=tuple(known),
        tries=options.tries,
        only=options.only,
        again=options.again,
    )
