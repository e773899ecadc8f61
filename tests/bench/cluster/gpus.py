"""Choices for models on GPUs, by a plan's arithmetic: GPU-hours requested, GPUs, sequences."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace

from culture_ray.config.compose import compose
from culture_ray.config.run_settings import settings_from
from culture_ray.engines.model import Model
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.submission.requested import requested_jobs
from culture_ray.sweep.plan.cluster import H100
from culture_ray.sweep.plan.roofline import SEQUENCES, EngineLoad, best_roof, roof, roofs
from tests.bench.figure import Figure, needs_gpu

LOAD = EngineLoad(prompt=60.0, output=600.0)
"""Tokens of the published study's prompts and longest responses."""

_PAPER = ("experiment=paper_open", "cluster=slurm")
_FIXED = {"gemma_2_2b": 1.32, "gemma_2_9b": 1.16}
"""Models with 256 sequences at once before, and the gain that their memory allows."""

_DIVIDED = ("olmo_2_13b", "gemma_2_27b", "olmo_2_32b")


def figures() -> Iterator[Figure]:
    """Yield GPU-hours held for an API, and gains of the sizes that a plan chooses."""
    with tempfile.TemporaryDirectory() as folder:
        judged = _settings(folder, "judge=[gpt_4_1]", "spending.cap_dollars=1000")
        yield from _gpu_hours(judged, _settings(folder, "judge=[]", "stages=[elicit]"))
        models = judged.models
    for name in _DIVIDED:
        yield from _gpus(name, models[name])
    for name, target in _FIXED.items():
        yield _sequences(name, models[name], target)
    for name in ("chosen GPUs", "sequences from memory", "no seeds", "weights read ahead"):
        yield needs_gpu(f"tokens/s or time to load with and without: {name}")


def _settings(folder: str, *words: str) -> Settings:
    content, experiment = compose((*_PAPER, f"results={folder}", *words))
    return settings_from(content, experiment, "culture-ray plan")


def _gpu_hours(judged: Settings, alone: Settings) -> Iterator[Figure]:
    plan = RunContext(judged).plan
    requested = _requested(judged)
    used = sum(row.gpu_hours or 0.0 for row in plan.rows)
    assert judged.cluster.slurm is not None
    together = replace(judged.cluster.slurm, separate_jobs=False)
    whole = replace(judged, cluster=replace(judged.cluster, slurm=together))
    yield Figure("GPU-hours used, six models with an API judge", used, "h")
    yield Figure("GPU-hours requested for them over used", requested / used, "x")
    yield Figure("GPU-hours requested by one job for both", _requested(whole), "h")
    held = requested - _requested(alone)
    yield Figure("GPU-hours held while an API judges", held, "h", 0.0, "lower")


def _requested(settings: Settings) -> float:
    found = requested_jobs(settings, RunContext(settings).plan)
    return float(found.figures["gpu_hours_requested"])


def _gpus(name: str, model: Model) -> Iterator[Figure]:
    """Yield the chosen size's tokens per second and GPU over those of one GPU and of the best."""
    found = roofs(replace(model, engine_args={}), H100, LOAD)
    chosen = best_roof(found)
    assert chosen is not None
    best = max(found, key=lambda one: one.per_gpu)
    one = next((size for size in found if size.gpus == 1), None)
    label = f"tokens/s and GPU by the roofline, {name} on {chosen.gpus}"
    if one is not None:
        yield Figure(f"{label}, over one GPU", chosen.per_gpu / one.per_gpu, "x", 1.2)
    yield Figure(f"{label}, over the best size", chosen.per_gpu / best.per_gpu, "x", 0.85)


def _sequences(name: str, model: Model, target: float) -> Figure:
    free = roof(replace(model, engine_args={}), H100, LOAD, 1)
    fixed = roof(replace(model, engine_args={"max_num_seqs": SEQUENCES}), H100, LOAD, 1)
    assert free is not None
    assert fixed is not None
    label = f"tokens/s by the roofline, {name}, sequences from memory over {SEQUENCES}"
    return Figure(label, free.tokens_per_s / fixed.tokens_per_s, "x", target)
