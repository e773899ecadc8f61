"""Differences between the settings and versions of two runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from culture_ray.engines.model import DECISIVE
from culture_ray.labels.read import IMPORTED
from culture_ray.prompts.text_entries import entry_names, text_entries
from culture_ray.tables import CHANGES

PARTS = (
    "models", "languages", "topics", "protocols", "prompts", "judges", "design", "judging", "seed",
    "populations", "capability", "file", "versions",
)  # fmt: skip
"""Parts of a configuration, in the order of the table."""

_NOT_VERSIONS = frozenset({"at", "platform", "cores", "commits"})

Entries = Mapping[str, Any]


def config_diff(
    first: Entries, second: Entries, first_facts: Entries, second_facts: Entries
) -> pa.Table:
    """Return the differences between two configurations and between the provenance of their runs.

    CHANGES schema, in the order of PARTS. Settings that do not affect responses, such as the
    number of GPUs of a model, are left out.
    """
    before, after = _entries_by_part(first, first_facts), _entries_by_part(second, second_facts)
    # The texts of a language that only one run has are not reported as changed texts.
    shared_languages = before["prompts"].keys() & after["prompts"].keys()
    for entries in (before, after):
        entries["prompts"] = {code: entries["prompts"][code] for code in sorted(shared_languages)}
    rows = [
        {"part": part, "name": name, "change": change, "first": old, "second": new}
        for part in PARTS
        for name, change, old, new in _different(before[part], after[part])
    ]
    return pa.Table.from_pylist(rows, schema=CHANGES)


def _different(
    before: Entries, after: Entries
) -> Iterator[tuple[str, str, str | None, str | None]]:
    for name in dict.fromkeys([*before, *after]):
        if name not in after:
            yield name, "removed", _as_text(before[name]), None
        elif name not in before:
            yield name, "added", None, _as_text(after[name])
        elif before[name] == after[name]:
            continue
        elif isinstance(before[name], Mapping) and isinstance(after[name], Mapping):
            for key, change, old, new in _different(_flat(before[name]), _flat(after[name])):
                yield f"{name}.{key}", change, old, new
        else:
            yield name, "changed", _as_text(before[name]), _as_text(after[name])


def _entries_by_part(content: Entries, facts: Entries) -> dict[str, Entries]:
    """Return the entries of each part, by name; an entry is a text or a mapping of settings."""
    models, judges = content.get("model") or {}, content.get("judge") or {}
    languages = content.get("language") or {}
    topics = content.get("topics") or {}
    chosen = list(topics.get("only") or topics.get("topics") or {})
    imported = content.get("imported") or {}
    chosen += imported.get("unknown_topics") or []
    session = (facts.get("sessions") or [{}])[-1]
    return {
        "models": {name: _decisive(entry) for name, entry in models.items()},
        "languages": {code: str(entry.get("name", code)) for code, entry in languages.items()},
        "topics": {name: _topic(topics, name) for name in chosen},
        "protocols": dict(content.get("protocol") or {}),
        "prompts": {code: _texts(entry) for code, entry in languages.items()},
        "judges": {name: _judge(entry) for name, entry in judges.items() if name != IMPORTED},
        "design": _flat(content.get("design") or {}),
        "judging": _flat(content.get("judging") or {}),
        "seed": {"seed": str(content.get("seed"))},
        "populations": _named(content, "populations"),
        "capability": _named(content, "capability"),
        "file": {"file": str(imported["file"])} if imported else {},
        "versions": {k: str(v) for k, v in session.items() if k not in _NOT_VERSIONS},
    }


def _decisive(model: Entries) -> dict[str, Any]:
    if model.get("engine") == IMPORTED:  # its source is the file, which is a part of its own
        return {"family": model.get("family"), "engine": IMPORTED}
    return {"family": model.get("family")} | {part: model.get(part) for part in DECISIVE}


def _judge(judge: Entries) -> dict[str, Any]:
    model = judge.get("model") or {}
    return {
        "model": {part: model.get(part) for part in DECISIVE},
        "sampling": judge.get("sampling") or {},
        "answers": judge.get("answers", "json"),
        "examples": judge.get("examples", False),
    }


def _topic(topics: Entries, name: str) -> dict[str, Any]:
    entry = dict((topics.get("topics") or {}).get(name) or {})
    return {key: value for key, value in entry.items() if key != "note"}


def _texts(language: Entries) -> dict[str, str]:
    texts = {entry.place: entry.text for entry in text_entries(language).values()}
    names = {".".join(map(str, path)): name for path, name in entry_names(language).items()}
    return texts | names


def _named(content: Entries, group: str) -> dict[str, str]:
    entry = content.get(group) or {}
    return {key: str(entry.get(key)) for key in ("name", "recode") if key in entry}


def _flat(content: Entries) -> dict[str, str]:
    """Return a mapping's values as texts, by dotted key."""
    flat: dict[str, str] = {}
    for key, value in content.items():
        if isinstance(value, Mapping):
            flat |= {f"{key}.{inner}": text for inner, text in _flat(value).items()}
        else:
            flat[str(key)] = _as_text(value)
    return flat


def _as_text(value: Any) -> str:
    if isinstance(value, Mapping):
        text = value.get("source") or value.get("label") or value.get("model.source")
        inner = value.get("model")
        if not text and isinstance(inner, Mapping):
            text = inner.get("source")
        return str(text or ", ".join(f"{k}={v}" for k, v in list(_flat(value).items())[:4]))
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(_as_text(item) for item in value)
    return str(value)
