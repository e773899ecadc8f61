"""Open a run: check that its directory belongs to these settings, and verify its shards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import yaml

from culture_ray.engines.model import DECISIVE
from culture_ray.errors import RunMismatch
from culture_ray.labels.read import IMPORTED
from culture_ray.prompts.factors import Factors
from culture_ray.prompts.protocols import PROTOCOLS, find_protocol
from culture_ray.run.made_with import made_with
from culture_ray.settings.run import Settings
from culture_ray.store.atomic import replace_text
from culture_ray.store.provenance import record
from culture_ray.store.run_directory import OpenedRun, RunDirectory, open_run

_DECISIVE_PARTS = (
    "seed", "design", "topics", "protocol", "persona", "language", "model", "cluster",
)  # fmt: skip
"""Parts of the configuration that decide the requests of a run and their content."""


REMEMBERED = ("populations", "capability", "allow_missing_ground_truth")
"""Parts of the configuration that the verbs after `analyse` take over from it."""


def remember(run: RunDirectory, analysed: Mapping[str, Any]) -> None:
    """Store the populations and capability of an analysis, for the verbs that come after it.

    `analysed` is the configuration of the analysis. Raises DiskProblem when that of the run cannot
    be written.
    """
    before = made_with(run)
    content = {**before, **{key: analysed[key] for key in REMEMBERED if key in analysed}}
    if content != before:
        replace_text(run.config, _as_yaml(content))


def open_settings(
    settings: Settings,
    before: Mapping[str, Any] | None,
    benchmarks: Mapping[str, Mapping[str, str]] | None = None,
) -> OpenedRun:
    """Create or open the run directory of `settings` and verify its shards.

    `before` is the configuration that `check_run` returned, `benchmarks` has the SHA-256 of their
    files by path, for each benchmark's folder. Raises DiskProblem when the directory cannot be
    written.
    """
    run = settings.run
    joined = {
        key: {**((before or {}).get(key) or {}), **(settings.raw.get(key) or {})}
        for key in ("judge", "benchmark")
    }
    content = {**settings.raw, **{key: value for key, value in joined.items() if value}}
    if content != before:
        replace_text(run.config, _as_yaml(content))
    opened = open_run(run)
    sources = {"benchmarks": {name: dict(sums) for name, sums in (benchmarks or {}).items()}}
    record(
        run,
        {
            **(sources if benchmarks else {}),
            "run": run.name,
            "experiment": settings.experiment,
            "command": settings.command,
            "seed": settings.seed,
            "models": {
                name: _revision(model.source, model.revision)
                for name, model in settings.models.items()
            },
            "judges": {
                name: _revision(judge.model.source, judge.model.revision)
                for name, judge in settings.judges.items()
            },
            "populations": settings.populations.source,
            "capability": settings.capability.source,
        },
    )
    return opened


def check_run(run: RunDirectory, now: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the configuration that a run was made with, None for a new run.

    Raises RunMismatch if the configuration `now` would make different requests.
    """
    before = made_with(run) if run.config.exists() else None
    if before is not None:
        _check_same(run, before, now)
    return before


def decisive_settings(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a configuration that decide what models and judges are asked."""
    judges = content.get("judge") or {}
    return {key: _relevant(key, content) for key in _DECISIVE_PARTS if key != "cluster"} | {
        "judge": {name: _relevant_of_judge(judge) for name, judge in judges.items()}
    }


def changed_settings(before: Any, now: Any, key: str) -> Iterator[tuple[str, str, str]]:
    """Yield the dotted name of each setting that differs, as it was and as it is, in short."""
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for name in dict.fromkeys([*before, *now]):
            inner = f"{key}.{name}" if key else str(name)
            yield from changed_settings(before.get(name), now.get(name), inner)
    elif before != now:
        yield key, _short(before), _short(now)


def _as_yaml(content: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False, width=100)


def _check_same(run: RunDirectory, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    different = [
        difference
        for key in _DECISIVE_PARTS
        for difference in _differences(_relevant(key, before), _relevant(key, now), key)
    ]
    shared = set(before.get("judge") or {}) & set(now.get("judge") or {})
    for judge in sorted(shared):
        old, new = (_relevant_of_judge(content["judge"][judge]) for content in (before, now))
        different += _differences(old, new, f"judge.{judge}")
    if not different:
        return
    more = f" (and {len(different) - 3} more)" if len(different) > 3 else ""
    raise RunMismatch(
        f"run '{run.name}' was made with other settings: {'; '.join(different[:3])}{more}. "
        f"Choose a new name, such as run={run.free_name()}, or go back to its settings"
    )


def _relevant(key: str, content: Mapping[str, Any]) -> Any:
    value = content.get(key)
    if key == "cluster" and isinstance(value, Mapping):
        # Units are identified by their requests: with another size, all would be requested again.
        return {name: value.get(name) for name in ("unit_size", "most_units")}
    if key == "language" and isinstance(value, Mapping):
        protocols = content.get("protocol")
        asked = protocols if isinstance(protocols, Mapping) else {}
        described = content.get("persona") is not None
        return {
            code: _relevant_of_language(entry, asked, described=described)
            for code, entry in value.items()
        }
    if key == "persona" and isinstance(value, Mapping):
        # Who may be sent profiles decides nothing about their prompts.
        return {name: part for name, part in value.items() if name != "allow_api"}
    if key == "protocol" and isinstance(value, Mapping):
        return {name: _relevant_of_protocol(protocol) for name, protocol in value.items()}
    if key != "model" or not isinstance(value, Mapping):
        return value
    return {name: _relevant_of_model(model) for name, model in value.items()}


def _relevant_of_language(entry: Any, asked: Mapping[str, Any], *, described: bool) -> Any:
    """Return the texts of a language that prompts of these protocols are made of.

    Phrases decide how responses are read, not what is requested. Older runs have none, and no texts
    of protocols that came later; `described` runs have prompts that describe respondents.
    """
    if not isinstance(entry, Mapping):
        return entry
    factors = [(protocol or {}).get("factors") or {} for protocol in asked.values()]
    offered = {"dont_know", "middle"}
    unused = {"phrases"} | {
        text for text in offered if not any("with" in each.get(text, ()) for each in factors)
    }
    unused |= set() if described else {"respondents"}
    kept = {name: value for name, value in entry.items() if name not in unused}
    texts = {find_protocol(name).texts for name in asked if name in PROTOCOLS}
    own = kept.get("protocols")
    if isinstance(own, Mapping):
        kept["protocols"] = {name: value for name, value in own.items() if name in texts}
    return kept


def _relevant_of_protocol(protocol: Any) -> Any:
    """Return the settings of a protocol with all its factors; older runs have none."""
    if not isinstance(protocol, Mapping):
        return protocol
    usual = {name: list(levels) for name, levels in asdict(Factors()).items()}
    return {**protocol, "factors": usual | dict(protocol.get("factors") or {})}


def _relevant_of_model(model: Mapping[str, Any]) -> dict[str, Any]:
    # Imported responses are the same ones by whatever file they came.
    imported = model.get("engine") == IMPORTED
    return {part: model.get(part) for part in DECISIVE if not (imported and part == "source")}


def _relevant_of_judge(judge: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "model": _relevant_of_model(judge["model"]),
        "sampling": judge.get("sampling"),
        "answers": judge.get("answers", "json"),
        "examples": judge.get("examples", False),
    }


def _differences(before: Any, now: Any, key: str) -> Iterator[str]:
    for name, was, is_now in changed_settings(before, now, key):
        yield f"{name} was {was}, now {is_now}"


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        return "set"
    if value is None:
        return "not set"
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _revision(source: str, revision: str | None) -> str:
    return f"{source}@{revision}" if revision else source
