"""Hydra's files parsed by libyaml, nine times as fast as by PyYAML's own parser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver


@contextmanager
def quick_yaml() -> Iterator[None]:
    """Let OmegaConf read YAML with libyaml inside the body, under the same rules.

    Nothing changes where PyYAML was built without libyaml, or where a later OmegaConf keeps its
    loader elsewhere.
    """
    from omegaconf import _utils

    place: Any = _utils
    before = getattr(place, "get_yaml_loader", None)
    quick = None if before is None else _quick_loader(before)
    if quick is None:
        yield
        return
    place.get_yaml_loader = lambda: quick
    try:
        yield
    finally:
        place.get_yaml_loader = before


@cache
def _quick_loader(slow: Any) -> Any:
    """Return the loader that a function of OmegaConf makes, on libyaml's parser; None without it.

    OmegaConf's rules (duplicate keys, numbers, no dates) are its own class's, which is kept.
    """
    try:
        from yaml._yaml import CParser
    except ImportError:
        return None
    rules = slow()
    if issubclass(rules, CParser):
        return rules

    class QuickLoader(CParser, rules):  # type: ignore[misc, valid-type]
        def __init__(self, stream: Any) -> None:
            CParser.__init__(self, stream)
            SafeConstructor.__init__(self)
            Resolver.__init__(self)

    return QuickLoader
