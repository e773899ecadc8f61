"""Hydra's files parsed by libyaml, nine times as fast as by PyYAML's own parser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from culture_ray.config.hydra_hooks.whole_sections import with_whole_sections


@contextmanager
def quick_yaml(*, whole_sections: bool = False) -> Iterator[None]:
    """Let OmegaConf read YAML with libyaml inside the body, under the same rules.

    With `whole_sections`, long sections become one value each (`whole_sections.py`). Nothing
    changes where PyYAML was built without libyaml, or where a later OmegaConf keeps its loader
    elsewhere.
    """
    from omegaconf import _utils

    place: Any = _utils
    before = getattr(place, "get_yaml_loader", None)
    quick = None if before is None else _quick_loader(before)
    if quick is None:
        yield
        return
    loader = _section_loader(quick) if whole_sections else quick
    place.get_yaml_loader = lambda: loader
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


@cache
def _section_loader(quick: Any) -> Any:
    """Return a loader that reads the long sections of a file as one value each."""

    class SectionLoader(quick):  # type: ignore[misc]
        def __init__(self, stream: Any) -> None:
            self.path = str(getattr(stream, "name", ""))
            super().__init__(stream)

        def get_single_data(self) -> Any:
            return with_whole_sections(super().get_single_data(), self.path)

    return SectionLoader
