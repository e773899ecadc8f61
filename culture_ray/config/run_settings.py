"""From a composed configuration to the settings of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from culture_ray.config.build import build, convert, keys_of
from culture_ray.config.cross_checks import check_ranges
from culture_ray.config.files import choices, find_file
from culture_ray.config.known_names import gpu_table, token_table
from culture_ray.engines.model import Model
from culture_ray.errors import UnknownName, WrongValue
from culture_ray.prompts.language import Language, read_language
from culture_ray.prompts.protocols import find_protocol
from culture_ray.settings.run import (
    Baseline,
    CapabilitySettings,
    DesignSettings,
    Imported,
    InferenceSettings,
    Judge,
    JudgingSettings,
    PopulationSettings,
    ProtocolSettings,
    Settings,
    SpendingSettings,
)
from culture_ray.settings.stages import Stage
from culture_ray.store.run_directory import RunDirectory
from culture_ray.survey.topics import read_topics
from culture_ray.sweep.plan.cluster import Cluster

T = TypeVar("T")

_KEYS = (
    "run", "results", "seed", "stages", "design", "model", "language", "topics", "protocol",
    "judge", "populations", "capability", "cluster", "inference", "baselines",
    "allow_missing_ground_truth", "judging", "spending",
)  # fmt: skip
_IMPORTED = "imported"
"""The key that only the run directories of imports have."""

_CHOSEN_BY_NAME = ("model", "language", "protocol", "judge")
"""Groups of which a run takes any number, each entry under its name."""


def settings_from(content: Mapping[str, Any], experiment: str, command: str) -> Settings:
    """Return the typed settings of a composed configuration.

    Raises UserError for whatever a user can get wrong in it, naming the key.
    """
    for key in content:
        if key not in (*_KEYS, _IMPORTED):
            raise UnknownName("key", str(key), _KEYS)
    # model=[] leaves no key behind; runs made before there was spending have none of it.
    content = {key: {} for key in (*_CHOSEN_BY_NAME, "spending")} | dict(content)
    for key in _KEYS:
        if key not in content:
            raise WrongValue(key, None, "a value, and there is none")
    if not content["run"]:
        raise WrongValue("run", content["run"], "a name; add run=NAME or experiment=quickstart")
    populations = build(PopulationSettings, content["populations"], "populations")
    capability = build(CapabilitySettings, content["capability"], "capability")
    protocols = _each(ProtocolSettings, content, "protocol")
    for name in protocols:
        find_protocol(name)
    settings = Settings(
        run=RunDirectory(
            Path(convert(str, content["results"], "results")).expanduser() / _name(content)
        ),
        seed=convert(int, content["seed"], "seed"),
        stages=convert(tuple[Stage, ...], content["stages"], "stages"),
        design=build(DesignSettings, content["design"], "design"),
        models=_each(Model, content, "model", _with_gpus_chosen),
        languages=_languages(content),
        topics=read_topics(content["topics"]),
        protocols=protocols,
        judges=_each(Judge, content, "judge", _judge_with_gpus_chosen),
        populations=populations,
        populations_table=_table("populations", populations.table),
        capability=capability,
        capability_table=_table("capability", capability.table),
        cluster=cluster_from(content),
        inference=build(InferenceSettings, content["inference"], "inference"),
        baselines=convert(tuple[Baseline, ...], content["baselines"], "baselines"),
        allow_missing_ground_truth=convert(
            bool, content["allow_missing_ground_truth"], "allow_missing_ground_truth"
        ),
        experiment=experiment,
        command=command,
        raw=content,
        characters_per_token=token_table(),
        spending=build(SpendingSettings, content["spending"], "spending"),
        imported=build(Imported, content[_IMPORTED], _IMPORTED) if _IMPORTED in content else None,
        judging=build(JudgingSettings, content["judging"], "judging"),
    )
    check_ranges(settings)
    return settings


def typed_keys(content: Mapping[str, Any]) -> set[str]:
    """Return the keys that a composed configuration may have, set in a file or not."""
    found = set()
    for key, cls in _TYPED.items():
        if key in _CHOSEN_BY_NAME:
            places = [f"{key}.{name}" for name in content.get(key) or {}]
        else:
            places = [key]
        found |= {name for place in places for name in keys_of(cls, place)}
    chosen = {*(content.get("model") or {}), *(content.get("judge") or {})}
    found |= {f"spending.models.{name}" for name in chosen}
    found |= {"spending.stages.elicit", "spending.stages.judge"}
    return found


_TYPED: Mapping[str, type[Any]] = {
    "model": Model,
    "judge": Judge,
    "protocol": ProtocolSettings,
    "design": DesignSettings,
    "populations": PopulationSettings,
    "capability": CapabilitySettings,
    "cluster": Cluster,
    "inference": InferenceSettings,
    "judging": JudgingSettings,
    "spending": SpendingSettings,
}


def _name(content: Mapping[str, Any]) -> str:
    name: str = convert(str, content["run"], "run")
    if "/" in name or name.startswith("."):
        raise WrongValue("run", name, "a plain name; folders go into results=FOLDER")
    return name


def _each(
    cls: type[T],
    content: Mapping[str, Any],
    key: str,
    change: Callable[[Any], Any] = lambda entry: entry,
) -> dict[str, T]:
    entries = content[key] or {}
    if not isinstance(entries, Mapping):
        raise WrongValue(key, entries, f"a choice such as '{key}=[{choices(key)[0]}]'")
    return {
        str(name): build(cls, change(entry), f"{key}.{name}") for name, entry in entries.items()
    }


def _with_gpus_chosen(model: Any) -> Any:
    """Return a model's content with `gpus_per_replica: auto` as the two values it stands for."""
    if not isinstance(model, Mapping) or model.get("gpus_per_replica") != "auto":
        return model
    return {**model, "gpus_per_replica": 1, "choose_gpus": True}


def _judge_with_gpus_chosen(judge: Any) -> Any:
    if not isinstance(judge, Mapping) or "model" not in judge:
        return judge
    return {**judge, "model": _with_gpus_chosen(judge["model"])}


def _with_gpu(cluster: Any) -> Any:
    """Return a cluster's content with its GPU's data in place of its name."""
    if not isinstance(cluster, Mapping) or not isinstance(cluster.get("gpu"), str):
        return cluster
    known = gpu_table()
    if cluster["gpu"] not in known:
        raise UnknownName("GPU", cluster["gpu"], known, "conf/gpus.yaml")
    return {**cluster, "gpu": known[cluster["gpu"]]}


def cluster_from(content: Mapping[str, Any]) -> Cluster:
    """Return the cluster of a composed configuration; raises UserError."""
    return build(Cluster, _with_gpu(content["cluster"]), "cluster")


def judges_from(content: Mapping[str, Any]) -> dict[str, Judge]:
    """Return the judges of a composed configuration, by name; raises UserError."""
    return _each(Judge, {"judge": {}} | dict(content), "judge", _judge_with_gpus_chosen)


def languages_from(content: Mapping[str, Any]) -> dict[str, Language]:
    """Return the languages of a composed configuration, by code; raises UserError."""
    return _languages({"language": {}} | dict(content))


def _languages(content: Mapping[str, Any]) -> dict[str, Language]:
    entries = content["language"] or {}
    if not isinstance(entries, Mapping):
        raise WrongValue("language", entries, "a choice such as 'language=[da,en]'")
    return {str(code): read_language(str(code), entry) for code, entry in entries.items()}


def _table(group: str, name: str) -> Path:
    path = Path(name).expanduser()
    return path if path.is_absolute() else find_file(f"{group}/{path}")
