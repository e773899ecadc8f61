"""Preregistration as a text for people, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from culture_ray.report.formatting import moment, shown
from culture_ray.run.preregistration import Registration


def document(registered: Registration) -> str:
    """Return the text of one version, with its hash at the top."""
    content = registered.content
    parts = [
        f"# Preregistration of run {content['run']}",
        f"Version {registered.version}, written {moment(registered.made_at)} with culture_ray "
        f"{content['version']}, before the first request.\n\n"
        f"SHA-256 of the content: `{registered.sha256}`",
        "The file of the same name that ends in .json has every setting and every text of the "
        "prompts. Deposit both where others can see the date, such as a registry or a repository.",
        f"```\n{content['command']}\n```",
        *_section("Hypotheses", [content["hypotheses"]] if content["hypotheses"] else []),
        *_section("Models", _models(content["asked"]["model"])),
        *_section("Judges", _judges(content["asked"]["judge"])),
        *_section("Languages", _named(content["languages"])),
        *_section("Topics", _named(content["topics"])),
        *_section("Protocols", _protocols(content["asked"]["protocol"])),
        *_section("Requests", _requests(content)),
        *_section("Tests", [f"{n}. {test}" for n, test in enumerate(content["tests"], 1)]),
        *_section("Analysis", [f"- {line}" for line in _settings(content["analysed"])]),
        *_section("Smallest effects found with 80 % power", _power(content["power"])),
    ]
    return "\n\n".join(parts) + "\n"


def _section(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"## {title}"
        yield "\n".join(lines)


def _models(models: Mapping[str, Any]) -> list[str]:
    return [f"- `{name}`: {_source(model)}" for name, model in models.items()]


def _judges(judges: Mapping[str, Any]) -> list[str]:
    return [
        f"- `{name}`: {_source(judge['model'])}, answers as {judge['answers']}"
        for name, judge in judges.items()
    ]


def _source(model: Mapping[str, Any]) -> str:
    """Return a model's source with its revision, or with a remark that none is fixed."""
    source, revision = str(model["source"]), model.get("revision")
    if revision:
        return f"{source}@{revision}"
    if model["engine"] != "vllm":
        return f"{source}, as its provider serves it"
    of_hub = "/" in source and not source.startswith(("/", "~", "."))
    return f"{source}, no revision fixed" if of_hub else source


def _named(names: Mapping[str, str]) -> list[str]:
    return [f"- `{key}`: {name}" for key, name in names.items()]


def _protocols(protocols: Mapping[str, Any]) -> list[str]:
    return [f"- `{name}`: {'; '.join(_settings(entry))}" for name, entry in protocols.items()]


def _requests(content: Mapping[str, Any]) -> list[str]:
    design = content["asked"]["design"]
    lines = [f"- design: {'; '.join(_settings(design))}; seed {content['asked']['seed']}"]
    return lines + [
        f"- {row['stage']} {row['model']}: {row['requests']:,} requests"
        for row in content["requests"]
    ]


def _power(effects: Mapping[str, float | None] | None) -> list[str]:
    if effects is None:
        return []
    return [f"- {name.replace('_', ' ')}: {shown(value, 2)}" for name, value in effects.items()]


def _settings(entry: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Return `name: value` for every setting, with dotted names."""
    lines = []
    for key, value in entry.items():
        if isinstance(value, Mapping):
            lines += _settings(value, f"{prefix}{key}.")
        else:
            lines.append(f"{prefix}{key}: {_value(value)}")
    return lines


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "not set" if value is None else str(value)
