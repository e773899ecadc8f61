"""Refusal of YAML mappings that hold a key twice, of which a reader would keep the last alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from culture_ray.errors import UserError


def refuse_double_keys(path: Path) -> None:
    """Raise UserError, naming the line, if a mapping in a YAML file holds a key twice.

    Hydra refuses texts that stand twice, but not numbers, such as the codes of answers. A file
    that is no YAML is left to Hydra's own message.
    """
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError):
        return
    for key in _doubles(root):
        line = key.start_mark.line + 1
        raise UserError(
            f"{path}, line {line}: the key {key.value} occurs twice in one mapping: keep one"
        )


def _doubles(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.SequenceNode):
        for part in node.value:
            yield from _doubles(part)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[tuple[str, str]] = set()
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode):
            if (key.tag, key.value) in seen:
                yield key
            seen.add((key.tag, key.value))
        yield from _doubles(value)
