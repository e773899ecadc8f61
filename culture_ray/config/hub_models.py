"""Models named by their place, a hub name or a local folder, instead of a file in conf/model."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from culture_ray.config.files import choices
from culture_ray.config.known_names import model_files
from culture_ray.errors import UnknownName, WrongValue

_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")


def with_hub_models(overrides: Sequence[str]) -> list[str]:
    """Return overrides in which `model=org/name` stands for the three lines of a model's file.

    A model that conf/model describes is replaced by its name there. Other overrides may set any
    key of the others, such as model.NAME.parameters. Raises WrongValue for the path of a folder
    that does not exist, UnknownName for what can be neither path nor hub name.
    """
    first: list[str] = []  # so that other words can change what these add
    others = []
    added: set[str] = set()
    for word in overrides:
        chosen = _chosen(word)
        places = [name for name in chosen if _is_place(name)]
        if places:
            words, names = _replaced(chosen, places, overrides)
            first += words
            added |= names
        else:
            others.append(word)
    # Hydra takes a key that no file has only with a sign before it.
    return first + [f"++{word}" if _of_model(word) in added else word for word in others]


def family_of(model_type: str, name: str, known: Sequence[str]) -> tuple[str, str]:
    """Return the family that a model probably belongs to, and the word it was guessed from.

    The word is the model's type in its config.json, or its name where that file is not at hand.
    `known` are the families of conf/model.
    """
    word = model_type or name
    fitting = [family for family in known if _letters(word).startswith(_letters(family))]
    first = re.match(r"[a-z]+", word.lower())
    return max(fitting, key=len, default=first[0] if first else word), word


def _chosen(word: str) -> list[str]:
    """Return the choices of an override of `model`, none for any other word."""
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    if not word.startswith("model="):
        return []
    try:
        override = OverridesParser.create().parse_override(word)
    except HydraException:  # refused with a reason when everything is composed
        return []
    if override.is_sweep_override():
        return []
    value = override.value()
    return [str(name) for name in (value if isinstance(value, list) else [value])]


def _is_place(name: str) -> bool:
    if "/" not in name or name in choices("model"):
        return False
    folder = Path(name).expanduser()
    if folder.is_dir() or _HUB_NAME.fullmatch(name):
        return True
    if name.startswith(("/", "~", ".")):
        expected = "a folder that exists, a hub name such as org/name, or a name in conf/model"
        raise WrongValue("model", name, expected)
    raise UnknownName("model", name, choices("model"))


def _of_model(word: str) -> str:
    """Return the name of the model that an override sets a key of, empty for any other word."""
    key = re.match(r"model\.([\w-]+)\.", word)
    return key[1] if key else ""


def _replaced(
    chosen: Sequence[str], places: Sequence[str], overrides: Sequence[str]
) -> tuple[list[str], set[str]]:
    """Return the overrides for a choice of models, and the names of those that they add."""
    files = model_files()
    by_source = {str(content.get("source")): name for name, content in files.items()}
    names = [by_source.get(place, place) for place in chosen]
    plain = [name for name in dict.fromkeys(names) if name not in places]
    added: dict[str, str] = {}
    for place in places:
        if place not in by_source:
            added[_name_of(place, {*plain, *added})] = place
    known = sorted({str(content.get("family")) for content in files.values()})
    words = [f"model=[{','.join(plain)}]"]
    for name, place in added.items():
        stated = any(re.match(rf"\+*model\.{name}\.family=", word) for word in overrides)
        words += [f"+model.{name}={{{_fields(place, known, guesses=not stated)}}}"]
    return words, set(added)


def _fields(place: str, known: Sequence[str], *, guesses: bool) -> str:
    """Return the settings of a model in Hydra's words; one with a stated family has no guess."""
    kind = str(_config(place).get("model_type") or "")
    family, word = family_of(kind, Path(place).name, known)
    fields = {"engine": "vllm", "source": place, "family": family}
    fields |= {"family_guessed_from": word} if guesses else {}
    return ",".join(f"{key}:{json.dumps(value)}" for key, value in fields.items())


def _config(place: str) -> Mapping[str, Any]:
    """Return the model's config.json, empty if it is not on this machine or cannot be read."""
    from culture_ray.engines.architecture import local_file
    from culture_ray.engines.model import Model

    path = local_file(Model("vllm", "", place), "config.json")
    try:
        content = json.loads(path.read_text(encoding="utf-8")) if path is not None else {}
    except (OSError, ValueError):  # said in one line when the model is planned
        return {}
    return content if isinstance(content, dict) else {}


def _name_of(place: str, taken: set[str]) -> str:
    """Return a name for a model: the last part of its place, or more where that is taken."""
    parts = [part for part in re.sub(r"[^\w/]+", "_", place.lower()).split("/") if part.strip("_")]
    for count in range(1, len(parts) + 1):
        name = "_".join(parts[-count:]).strip("_")
        if name not in taken:
            break
    return name if not name[0].isdigit() else f"m_{name}"


def _letters(word: str) -> str:
    return re.sub(r"[\W_]", "", word.lower())
