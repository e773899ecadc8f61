"""Groups of runs whose models were asked alike, so that they can be ranked together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from culture_ray.run.made_with import made_with
from culture_ray.settings.run import Settings
from culture_ray.tools.compare.config_diff import config_diff

_PARTS = {
    "topics": "the topics",
    "protocols": "the protocol",
    "prompts": "the texts of the prompts",
    "judges": "the judge",
    "judging": "the labels that count",
    "populations": "the survey figures",
}
"""Parts of a configuration that runs of a group have in common, as readers are told of them."""

_SIZES = ("prompts_per_language", "samples")
"""Settings of a protocol that change how precise figures are, not what they mean."""


@dataclass(frozen=True, eq=False)
class RunGroup:
    """Runs with the same topics, main protocol, texts, first judge and survey figures."""

    runs: tuple[Settings, ...]
    apart: str
    """Sentence on what differs from the first group; empty for the first."""


def run_groups(runs: Sequence[Settings]) -> list[RunGroup]:
    """Return the runs in groups, each in the order given; a run joins the first that it fits.

    Texts are compared in the languages that two runs share. Raises RunMismatch for a run whose
    configuration cannot be read.
    """
    contents = [_of_main_protocol(made_with(run.run), run.main_protocol) for run in runs]
    groups: list[list[int]] = []
    for place, content in enumerate(contents):
        for members in groups:
            if not any(differing_parts(contents[member], content) for member in members):
                members.append(place)
                break
        else:
            groups.append([place])
    return [
        RunGroup(
            tuple(runs[place] for place in members),
            _sentence(differing_parts(contents[0], contents[members[0]])) if number else "",
        )
        for number, members in enumerate(groups)
    ]


def differing_parts(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the settings that differ between two configurations, by part of `_PARTS`.

    A changed setting reads `name: before, here after`, one that a run lacks `name (value) is
    missing here` or `name (value) is only here`.
    """
    found: dict[str, list[str]] = {}
    for row in config_diff(first, second, {}, {}).to_pylist():
        if row["part"] in _PARTS:
            told = _difference(row["name"], row["first"], row["second"])
            found.setdefault(row["part"], []).append(told)
    return found


def _difference(name: str, before: str | None, after: str | None) -> str:
    if not after:
        return f"{name} ({before}) is missing here"
    if not before:
        return f"{name} ({after}) is only here"
    return f"{name}: {before}, here {after}"


def _of_main_protocol(content: Mapping[str, Any], main: str) -> dict[str, Any]:
    """Return a configuration with its main protocol and first judge alone, without sizes."""
    protocol = (content.get("protocol") or {}).get(main) or {}
    settings = {key: value for key, value in protocol.items() if key not in _SIZES}
    judges = content.get("judge") or {}
    return {
        **content,
        "protocol": {main: settings},
        "judge": {name: judges[name] for name in list(judges)[:1]},
    }


def _sentence(parts: Mapping[str, Sequence[str]]) -> str:
    """Return a sentence on what differs, with the first setting of each part."""
    told = []
    for part, differences in parts.items():
        more = f" and {len(differences) - 1:,} more" if len(differences) > 1 else ""
        told.append(f"{_PARTS[part]} ({differences[0]}{more})")
    return f"Not ranked with the models of table 1, because of {'; '.join(told)}."
