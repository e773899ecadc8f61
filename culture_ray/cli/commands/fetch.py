"""`culture-ray fetch`: models, data sets and packages for machines without internet access."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.hub import fetch_data_set
from culture_ray.cli.console import Screen
from culture_ray.cli.flags import without_flag
from culture_ray.config.compose import compose_and_run
from culture_ray.config.launchers import Content
from culture_ray.config.run_settings import settings_from
from culture_ray.engines import embedded
from culture_ray.engines.adapters import loaded_sources
from culture_ray.engines.architecture import hub_commit
from culture_ray.engines.model import Model
from culture_ray.errors import MissingExtra, ModelFilesMissing, WrongValue
from culture_ray.plan.engines import models_and_judges
from culture_ray.tools.download_progress import DownloadProgress, StatusLine
from culture_ray.tools.wheels import DEFAULT_LOCK, find_lock, project, save_wheels

_WHEELS, _LOCK = "--wheels", "--lock"


def act(overrides: list[str]) -> int:
    """Download the models and data sets of a sweep, and a lock's packages; return 0."""
    words, folder = without_flag(overrides, _WHEELS, "a folder after it, such as --wheels wheels")
    words, name = without_flag(words, _LOCK, f"a lock after it, such as --lock {DEFAULT_LOCK}")
    if name is not None and folder is None:
        raise WrongValue(_LOCK, name, f"{_WHEELS} FOLDER beside it")
    lock = find_lock(name or DEFAULT_LOCK)

    def run(content: Content, experiment: str) -> None:
        if not content["run"]:
            content = {**content, "run": "fetch"}
        settings = settings_from(content, experiment, "culture-ray fetch")
        screen = Screen()
        _fetch(models_and_judges(settings.models, settings.judges), screen)
        _fetch_data_sets(settings.benchmarks, screen)

    compose_and_run("culture-ray fetch", words, run)
    if folder is not None:
        _fetch_wheels(lock, Path(folder), Screen())
    return 0


def _fetch(models: Mapping[str, Model], screen: Screen) -> None:
    places: dict[str, str] = {}
    loaded = [pair for name, model in models.items() for pair in loaded_sources(name, model)]
    for name, model in loaded:
        if model.source not in places:
            places[model.source] = _fetch_model(name, model, screen)
        screen.write_line(f"{name}: {places[model.source]}")
        if model.revision is None and (commit := hub_commit(model)) is not None:
            screen.write_line(f"to load this commit always: model.{name}.revision={commit}")


def _fetch_data_sets(benchmarks: Mapping[str, Benchmark], screen: Screen) -> None:
    for name, benchmark in benchmarks.items():
        source, key = benchmark.source, f"benchmark.{name}"
        if not source.hub:
            screen.write_line(f"benchmark {name}: local files, nothing to fetch")
            continue
        with DownloadProgress(f"benchmark {name}", sys.stderr) as progress:
            folder = fetch_data_set(benchmark, progress.bar_class)
        screen.write_line(f"benchmark {name}: {folder} (licence {source.licence})")
        if source.revision != folder.name:
            screen.write_line(
                f"set {key}.source.revision={folder.name}, or write it into the benchmark's file: "
                f"a plan takes a commit only"
            )


def _fetch_model(name: str, model: Model, screen: Screen) -> str:
    if model.engine != "vllm":
        return "nothing to fetch"
    if (known := embedded.MODELS.get(model.source)) is not None:
        screen.print(known.terms, highlight=False)
        if not known.is_ready:
            print(f"{name}: being converted, which takes about a minute", file=sys.stderr)
        return str(known.prepare())
    local = Path(model.source).expanduser()
    if local.is_dir():
        return str(local)
    return _from_hub(name, model)


def _from_hub(name: str, model: Model) -> str:
    if importlib.util.find_spec("huggingface_hub") is None:
        raise MissingExtra(f"model {name}", "gpu" if model.gpus_per_replica else "cpu")
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    from huggingface_hub import snapshot_download

    try:
        # Only the format that vLLM loads, without copies for other frameworks.
        with DownloadProgress(name, sys.stderr) as progress:
            return str(
                snapshot_download(
                    model.source,
                    revision=model.revision,
                    ignore_patterns=["*.bin", "*.pth", "*.gguf", "*.msgpack", "*.h5", "original/*"],
                    tqdm_class=progress.bar_class,
                )
            )
    except Exception as error:
        words = str(error).strip().splitlines() or [type(error).__name__]
        raise ModelFilesMissing(
            f"model {name} ({model.source}) cannot be fetched: {words[0]}; for a gated model, "
            f"accept its terms on the hub and set HF_TOKEN, or set its source to a local folder"
        ) from error


def _fetch_wheels(lock: Path, folder: Path, screen: Screen) -> None:
    screen.write_line(f"packages of {lock.name}: being saved in {folder}, which takes minutes")
    come: list[str] = []

    def told(package: str) -> None:
        come.append(package)
        line.show(f"{len(come)}, {package}")

    with StatusLine("packages", sys.stderr) as line:
        saved = save_wheels(lock, folder, project(), told)
    screen.write_line(f"packages: {saved} in {folder}, for machines with this Python and processor")
