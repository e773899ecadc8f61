"""Search of a composed configuration for keys: they belong into environment variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from culture_ray.errors import KeyInConfiguration
from culture_ray.redaction.patterns import credentials_in, is_variable_name, looks_like_key

_SETTING = re.compile(r"(?i)^(api[_-]?)?(key|token|secret|password)$|^bearer$")
_HEADER = re.compile(r"(?i)^authorization$|^cookie$|(^|[_-])(key|token|secret)$")
_REFERENCE = re.compile(r"\$\{?[A-Za-z_]\w*\}?")
"""Reference to an environment variable in the value of a header."""


def refuse_keys(content: Mapping[str, Any]) -> None:
    """Raise KeyInConfiguration for the first key or credential in the models and judges.

    The message names the setting and what to write instead; it never shows the value.
    """
    for group in ("model", "judge"):
        entries = content.get(group)
        if isinstance(entries, Mapping):
            for place, what, remedy in _found(entries, group, ()):
                raise KeyInConfiguration(place, what, remedy)


def _found(value: Any, place: str, path: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """Yield place, content and remedy of every secret in a value at `place`."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _found(inner, f"{place}.{name}", (*path, str(name)))
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _found(inner, f"{place}.{number}", path)
    elif value is not None and path:
        yield from _problem(str(value), place, path)


def _problem(text: str, place: str, path: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    name, parent = path[-1], path[-2] if len(path) > 1 else ""
    variable = "write api.key_variable: NAME, the name of the environment variable that holds it"
    if name == "base_url":
        if what := credentials_in(text):
            yield place, what, f"leave it out of the address and {variable}"
    elif name == "key_variable":
        if not is_variable_name(text):
            yield (
                place,
                "something that is no name of a variable, perhaps a key",
                ("put the key into an environment variable and write the variable's name here"),
            )
    elif parent == "api" and _SETTING.search(name):
        yield place, "a key", variable
    elif parent == "headers" and _HEADER.search(name) and not _REFERENCE.search(text):
        yield place, "a key", "write $NAME, the name of the environment variable that holds it"
    elif looks_like_key(text):
        yield place, "what looks like a key", variable
