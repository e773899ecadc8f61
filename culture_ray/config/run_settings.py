"""Typed settings of a run, from a composed configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from annotated_types import Gt

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.config.build import build, convert
from culture_ray.config.cross_checks import check_choices
from culture_ray.config.files import choices, conf_folders, table_path
from culture_ray.config.known_names import gpu_table, token_table
from culture_ray.config.phrases import known_phrases
from culture_ray.engines.model import Model
from culture_ray.errors import UnknownName, WrongValue
from culture_ray.prompts.language import Language, read_language
from culture_ray.run.made_with import has_units_of_one_size
from culture_ray.settings.composed import CHOSEN_BY_NAME, ComposedRun
from culture_ray.settings.judging import Judge
from culture_ray.settings.run import Settings
from culture_ray.settings.stages import Stage
from culture_ray.store.run_directory import RunDirectory
from culture_ray.survey.topics import read_topics
from culture_ray.sweep.plan.cluster import Cluster

_OF_ONE_COMMAND = ("retry", "hardware")
"""Keys that say what one session of a run asks, and are no property of the run."""

_TokenTable = dict[str, Annotated[float, Gt(0)]]


def settings_from(content: Mapping[str, Any], experiment: str, command: str) -> Settings:
    """Return the typed settings of a composed configuration.

    Raises UserError for the first value that cannot be used, naming the key.
    """
    # model=[] leaves no key, and runs from before there were spending caps have no `spending`.
    content = {key: {} for key in (*CHOSEN_BY_NAME, "benchmark", "spending")} | dict(content)
    if "run" in content and not content["run"]:
        raise WrongValue("run", content["run"], "a name: add run=NAME or experiment=quickstart")
    composed = build(ComposedRun, _completed(content), "")
    languages = languages_from(content)
    run = RunDirectory(Path(composed.results).expanduser() / _run_name(composed.run))
    cluster = composed.cluster
    if cluster.most_units is not None and has_units_of_one_size(run):
        cluster = replace(cluster, most_units=None)
        content = {**content, "cluster": {**content["cluster"], "most_units": None}}
    settings = Settings(
        run=run,
        seed=composed.seed,
        stages=_with_something_to_do(composed),
        design=composed.design,
        models=composed.model,
        languages=languages,
        phrases=known_phrases(languages),
        topics=read_topics(content["topics"]),
        protocols=composed.protocol,
        judges=composed.judge,
        benchmarks=benchmarks_from(content),
        benchmark_folders=(Path.cwd(), *(folder / "benchmark" for folder in conf_folders())),
        populations=composed.populations,
        populations_table=table_path("populations", composed.populations.table),
        answers_table=_beside(composed.populations.answers),
        respondents_table=_beside(composed.populations.respondents),
        capability=composed.capability,
        capability_table=(
            None
            if composed.capability.measured
            else table_path("capability", composed.capability.table)
        ),
        cluster=cluster,
        inference=composed.inference,
        baselines=composed.baselines,
        allow_missing_ground_truth=composed.allow_missing_ground_truth,
        experiment=experiment,
        command=command,
        raw={key: value for key, value in content.items() if key not in _OF_ONE_COMMAND},
        characters_per_token=convert(_TokenTable, token_table(), "characters_per_token"),
        spending=composed.spending,
        persona=composed.persona,
        retry=composed.retry,
        redo=composed.redo,
        print_figures=composed.print_figures,
        hardware=composed.hardware,
        imported=composed.imported,
        judging=composed.judging,
    )
    check_choices(settings)
    return settings


def _beside(name: str | None) -> Path | None:
    """Return the path of a further table of the populations; None without one."""
    return None if name is None else table_path("populations", name)


def cluster_from(content: Mapping[str, Any]) -> Cluster:
    """Return the cluster of a composed configuration; raises UserError."""
    return build(Cluster, _with_gpu(content["cluster"]), "cluster")


def model_from(entry: Any, key: str) -> Model:
    """Return the model that the content of a file in conf/model describes; raises UserError."""
    return build(Model, _with_gpus_chosen(entry), key)


def judges_from(content: Mapping[str, Any]) -> dict[str, Judge]:
    """Return the judges of a composed configuration, by name; raises UserError."""
    entries = _entries(content, "judge", _judge_with_gpus_chosen)
    judges: dict[str, Judge] = convert(dict[str, Judge], entries, "judge")
    return judges


def benchmarks_from(content: Mapping[str, Any]) -> dict[str, Benchmark]:
    """Return the benchmarks of a composed configuration, by name; raises UserError."""
    entries = _entries(content, "benchmark")
    return {name: Benchmark.from_mapping(name, entry) for name, entry in entries.items()}


def languages_from(content: Mapping[str, Any]) -> dict[str, Language]:
    """Return the languages of a composed configuration, by code; raises UserError."""
    entries = content.get("language") or {}
    if not isinstance(entries, Mapping):
        raise WrongValue("language", entries, "a choice such as 'language=[da,en]'")
    return {str(code): read_language(str(code), entry) for code, entry in entries.items()}


def _with_something_to_do(composed: ComposedRun) -> tuple[Stage, ...]:
    """Return the stages of a run without those that it has no protocols or benchmarks for."""
    idle: set[Stage] = set() if composed.benchmark else {Stage.BENCHMARK}
    if not composed.protocol and composed.benchmark:
        rated = any("rubric" in dict(entry or {}) for entry in composed.benchmark.values())
        idle |= {Stage.ELICIT, Stage.REGRESS} | (set() if rated else {Stage.JUDGE})
    return tuple(stage for stage in composed.stages if stage not in idle)


def _completed(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content with GPU names and `auto` replaced by the values they stand for."""
    completed = dict(content)
    completed["model"] = _entries(content, "model", _with_gpus_chosen)
    completed["protocol"] = _entries(content, "protocol")
    completed["judge"] = _entries(content, "judge", _judge_with_gpus_chosen)
    if "cluster" in content:
        completed["cluster"] = _with_gpu(content["cluster"])
    return completed


def _entries(
    content: Mapping[str, Any], key: str, change: Callable[[Any], Any] = lambda entry: entry
) -> dict[str, Any]:
    entries = content.get(key) or {}
    if not isinstance(entries, Mapping):
        raise WrongValue(key, entries, f"a choice such as '{key}=[{choices(key)[0]}]'")
    return {str(name): change(entry) for name, entry in entries.items()}


def _with_gpus_chosen(model: Any) -> Any:
    """Return a model's content with `gpus_per_replica: auto` replaced by two values."""
    if not isinstance(model, Mapping) or model.get("gpus_per_replica") != "auto":
        return model
    return {**model, "gpus_per_replica": 1, "choose_gpus": True}


def _judge_with_gpus_chosen(judge: Any) -> Any:
    if not isinstance(judge, Mapping) or "model" not in judge:
        return judge
    return {**judge, "model": _with_gpus_chosen(judge["model"])}


def _with_gpu(cluster: Any) -> Any:
    """Return a cluster's content with the name of its GPU replaced by the GPU's data."""
    if not isinstance(cluster, Mapping) or not isinstance(cluster.get("gpu"), str):
        return cluster
    known = gpu_table()
    if cluster["gpu"] not in known:
        raise UnknownName("GPU", cluster["gpu"], known, "conf/gpus.yaml")
    return {**cluster, "gpu": known[cluster["gpu"]]}


def _run_name(name: str) -> str:
    if "/" in name or name.startswith("."):
        raise WrongValue("run", name, "a plain name; folders go into results=FOLDER")
    return name
