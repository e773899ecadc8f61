"""Edits of a language file that leave everything else in it unchanged, comments included."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from culture_ray.errors import BadPrompts
from culture_ray.prompts.text_entries import Path


def nested(entries: Mapping[Path, Any]) -> dict[Any, Any]:
    """Return entries by path as nested mappings."""
    whole: dict[Any, Any] = {}
    for path, entry in entries.items():
        place = whole
        for key in path[:-1]:
            place = place.setdefault(key, {})
        place[path[-1]] = entry
    return whole


def with_added(text: str, entries: Mapping[Path, Any], where: str) -> str:
    """Return the text of a YAML file with entries added at new paths; the rest is unchanged.

    `where` names the file in messages. Raises BadPrompts if they cannot be added.
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    added = nested(entries)
    if not isinstance(root, yaml.MappingNode):
        raise BadPrompts(f"{where}: not a mapping of keys to values")
    if not text.endswith("\n"):
        text += "\n"
    changed = text
    for place, snippet in sorted(_snippets(text, root, added), reverse=True):
        changed = changed[:place] + snippet + changed[place:]
    expected = _merged(yaml.safe_load(text), added)
    if yaml.safe_load(changed) != expected:
        raise BadPrompts(f"{where}: new texts cannot be added; write the file in block style")
    return changed


def with_replaced(text: str, entries: Mapping[Path, Any], where: str) -> str:
    """Return the text of a YAML file with entries replaced at paths; the rest is unchanged.

    Raises BadPrompts for a path that is not in the file.
    """
    root: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    cuts = []
    for path, entry in entries.items():
        parent, name, node = _found(root, path, where)
        start = name.start_mark
        if parent.flow_style:
            inner = json.dumps({path[-1]: entry}, ensure_ascii=False)[1:-1]
            cuts.append((start.index, _end(node), inner))
        else:
            lines = dumped({path[-1]: entry}).splitlines(keepends=True)
            block = "".join(" " * start.column + line for line in lines)
            cuts.append((start.index - start.column, _line_after(text, _end(node)), block))
    for first, last, snippet in sorted(cuts, reverse=True):
        text = text[:first] + snippet + text[last:]
    return text


def dumped(content: Mapping[Any, Any]) -> str:
    """Return a mapping as YAML for people to edit: texts of several lines as blocks, in order."""
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6)


def _snippets(
    text: str, node: yaml.MappingNode, added: Mapping[Any, Any]
) -> Iterator[tuple[int, str]]:
    new = {}
    for key, value in added.items():
        found = _child(node, key)
        if found is None:
            new[key] = value
        elif isinstance(found[1], yaml.MappingNode) and isinstance(value, Mapping):
            yield from _snippets(text, found[1], value)
    if not new:
        return
    if node.flow_style:
        inner = json.dumps(new, ensure_ascii=False)[1:-1]
        yield node.end_mark.index - 1, f", {inner}" if node.value else inner
    else:
        indent = " " * node.value[0][0].start_mark.column
        lines = dumped(new).splitlines(keepends=True)
        yield _line_after(text, _end(node)), "".join(indent + line for line in lines)


def _found(
    root: yaml.Node | None, path: Path, where: str
) -> tuple[yaml.MappingNode, yaml.Node, yaml.Node]:
    """Return the mapping that a path ends in, its key there, and its value."""
    parent = root
    for key in path[:-1]:
        pair = _child(parent, key)
        parent = pair[1] if pair else None
    last = _child(parent, path[-1])
    if last is None or not isinstance(parent, yaml.MappingNode):
        raise BadPrompts(f"{where}: there is no {'.'.join(map(str, path))}")
    return parent, *last


def _child(node: yaml.Node | None, key: Any) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if yaml.safe_load(f"[{name.value}]" if name.style is None else "[]") == [key]:
                return name, value
            if name.style is not None and name.value == key:
                return name, value
    return None


def _end(node: yaml.Node) -> int:
    """Return the index at which a node's own text ends, before following comments."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return _end(node.value[-1][1])
    index: int = node.end_mark.index
    return index


def _line_after(text: str, index: int) -> int:
    if index and text[index - 1] == "\n":
        return index
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1


def _merged(old: Any, new: Any) -> Any:
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return old
    whole = dict(old)
    for key, value in new.items():
        whole[key] = _merged(old[key], value) if key in old else value
    return whole


class _Dumper(yaml.SafeDumper):
    """YAML dumper that writes texts of several lines as blocks."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    # A block that ends in empty lines would need an end-of-document marker ("|+").
    plain = value.strip() and value.removesuffix("\n") == value.strip()
    style = "|" if "\n" in value and plain else '"' if " " in value or not plain else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)
