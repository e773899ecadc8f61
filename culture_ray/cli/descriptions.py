"""Descriptions of the keys of a configuration file, from the comments beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from culture_ray.config.files import find_file, groups
from culture_ray.config.known_names import file_text

_HYDRAS = "hydra"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class DescribedKey:
    """One key of a configuration file."""

    name: str
    """Name as it is typed, such as design.kind."""
    default: str
    """Value in the file, as it is written there."""
    about: str
    """Text of the comment beside it; empty without one."""
    group: str | None = None
    """Folder of conf whose files can be chosen, for a key of the defaults list."""

    @property
    def top(self) -> str:
        """Return the first part of the name."""
        return self.name.partition(".")[0]


def described_keys(root: str) -> list[DescribedKey]:
    """Return the keys of a file of the conf tree and of the files that it starts from.

    A key that is described twice is described as in the file itself. `hydra` is left out.
    """
    text = file_text(find_file(f"{root}.yaml"))
    node = yaml.compose(text, Loader=_LOADER)
    if not isinstance(node, yaml.MappingNode):
        return []
    lines = text.splitlines()
    found: dict[str, DescribedKey] = {}
    for key, value in node.value:
        if key.value == "defaults":
            for described in _defaults(value, lines):
                found[described.name] = described
        elif key.value != _HYDRAS:
            for described in _described(key, value, lines, ""):
                found[described.name] = described
    return list(found.values())


def _defaults(value: yaml.Node, lines: list[str]) -> Iterator[DescribedKey]:
    """Yield the keys of a defaults list: of files it starts from, and of groups it chooses from."""
    known = groups()
    for entry in value.value:
        if isinstance(entry, yaml.ScalarNode) and entry.value != "_self_":
            yield from described_keys(entry.value)
        elif isinstance(entry, yaml.MappingNode):
            key, choice = entry.value[0]
            if key.value in known:
                about = _comment(choice, lines)
                yield DescribedKey(key.value, _source(choice, lines), about, key.value)


def _described(
    key: yaml.Node, value: yaml.Node, lines: list[str], prefix: str
) -> Iterator[DescribedKey]:
    name = f"{prefix}{key.value}"
    if isinstance(value, yaml.MappingNode) and not value.flow_style and value.value:
        for inner_key, inner in value.value:
            yield from _described(inner_key, inner, lines, f"{name}.")
        return
    about = _comment(value, lines) or _above(key, lines)
    yield DescribedKey(name, _source(value, lines), about)


def _source(value: yaml.Node, lines: list[str]) -> str:
    """Return a value as the file has it, which is on one line."""
    start, end = value.start_mark, value.end_mark
    if start.line != end.line:
        return "..."
    return lines[start.line][start.column : end.column].strip() or "null"


def _comment(value: yaml.Node, lines: list[str]) -> str:
    """Return the text after a value on its line."""
    end = value.end_mark
    rest = lines[end.line][end.column :] if end.line < len(lines) else ""
    return rest.partition("#")[2].strip()


def _above(key: yaml.Node, lines: list[str]) -> str:
    """Return the comment on the lines directly above a key."""
    found: list[str] = []
    for line in reversed(lines[: key.start_mark.line]):
        if not line.strip().startswith("#"):
            break
        found.insert(0, line.strip().lstrip("# "))
    return " ".join(found)
