"""Long sections of configuration files, such as texts, composed by Hydra as one value each.

OmegaConf makes an object of every text and copies it with every file that is merged. A section that
stands there under its digest alone takes no time, and is put back when everything is composed.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import PurePath
from typing import Any

_GROUPS = ("language", "topics")
"""Groups whose files have long sections."""

_MARK = "§section "
"""Beginning of the key that stands in the place of a section; its digest follows."""

_sections: dict[str, bytes] = {}
"""Pickled sections that were read in this process, by the keys in their places."""

_OF_HYDRA = ("defaults", "hydra")

_PART = re.compile(rf"[+~]*(?:{'|'.join(_GROUPS)})\.(?!only=)")


class PartOfSection(Exception):  # nothing is wrong: files are composed in another way
    """Raised where a part of a section is merged or used, which needs all parts as objects."""


def with_whole_sections(content: Any, path: str) -> Any:
    """Return the content of a file with one value for each section that holds only plain values."""
    if PurePath(path).parent.name not in _GROUPS or not isinstance(content, dict):
        return content
    return {
        key: _whole(value) if key not in _OF_HYDRA and _is_plain(value) else value
        for key, value in content.items()
    }


def with_all_parts(content: Any) -> Any:
    """Return composed content with its sections in their places.

    Raises PartOfSection if a section was merged with something else or is part of a text.
    """
    if isinstance(content, dict):
        marked = [key for key in content if key in _sections]
        if not marked:
            return {key: with_all_parts(value) for key, value in content.items()}
        if len(content) > 1:
            raise PartOfSection
        return pickle.loads(_sections[marked[0]])
    if isinstance(content, list):
        return [with_all_parts(value) for value in content]
    if isinstance(content, str) and _MARK in content and any(key in content for key in _sections):
        raise PartOfSection
    return content


def needs_parts(problem: BaseException | None) -> bool:
    """Return True for an error that a composition with all parts of sections may not have."""
    from omegaconf.errors import InterpolationKeyError

    while problem is not None and not isinstance(problem, PartOfSection | InterpolationKeyError):
        problem = problem.__cause__
    return problem is not None


def names_part(overrides: Iterable[str]) -> bool:
    """Return True if an override may change a part of a section."""
    return any(_PART.match(word) for word in overrides)


def _whole(section: Any) -> dict[str, bool]:
    # The digest is in the key, so that a section that is merged with another one is noticed.
    pickled = pickle.dumps(section)
    key = f"{_MARK}{sha256(pickled).hexdigest()}"
    _sections[key] = pickled
    return {key: True}


def _is_plain(section: Any) -> bool:
    """Return True for a mapping or a list of values that refer to nothing else."""
    return isinstance(section, dict | list) and bool(section) and _holds_plain_values(section)


def _holds_plain_values(value: Any) -> bool:
    if isinstance(value, str):
        return "${" not in value and value != "???"
    if isinstance(value, dict):
        keys_are_plain = all(isinstance(key, str | int) for key in value)
        return keys_are_plain and all(map(_holds_plain_values, value.values()))
    if isinstance(value, list):
        return all(map(_holds_plain_values, value))
    return value is None or isinstance(value, bool | int | float)
