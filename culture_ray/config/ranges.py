"""Values of the right type that no run can use."""

from __future__ import annotations

from collections.abc import Iterator

from culture_ray.config.files import choices
from culture_ray.engines.interface import Sampling
from culture_ray.engines.model import Model
from culture_ray.errors import UnknownName, WrongValue
from culture_ray.prompts.protocols import find_protocol
from culture_ray.stages.settings import Settings


def check_ranges(settings: Settings) -> None:
    """Raise WrongValue for the first value out of its range, and for a choice that is empty."""
    _check_chosen(settings)
    _check_spending(settings)
    for key, value, least in _least(settings):
        if value < least:
            raise WrongValue(key, value, f"at least {least}")
    for key, sampling in _samplings(settings):
        if not 0 < sampling.top_p <= 1:
            raise WrongValue(f"{key}.top_p", sampling.top_p, "above 0, at most 1")
    if settings.inference.design not in settings.inference.designs:
        raise UnknownName("inference.design", settings.inference.design, settings.inference.designs)
    if not settings.cluster.gpu_memory_gib > 0:
        raise WrongValue("cluster.gpu_memory_gib", settings.cluster.gpu_memory_gib, "above 0")


def _check_spending(settings: Settings) -> None:
    spending = settings.spending
    models, stages = spending.models or {}, spending.stages or {}
    for key, cap in (
        ("spending.cap_dollars", spending.cap_dollars),
        *((f"spending.models.{name}", cap) for name, cap in models.items()),
        *((f"spending.stages.{name}", cap) for name, cap in stages.items()),
    ):
        if cap is not None and not cap > 0:
            raise WrongValue(key, cap, "above 0 dollars; to spend nothing, leave API models out")
    for group, caps, known in (
        ("models", models, {*settings.models, *settings.judges}),
        ("stages", stages, {"elicit", "judge"}),
    ):
        for name in caps:
            if name not in known:
                whole = [f"spending.{group}.{one}" for one in known]
                raise UnknownName("key", f"spending.{group}.{name}", whole)
    for key, model in _models(settings):
        limits, prices = model.limits, model.prices
        if limits is not None:
            for name in ("requests_per_minute", "tokens_per_minute", "window_seconds"):
                value = getattr(limits, name)
                if value is not None and not value > 0:
                    raise WrongValue(f"{key}.limits.{name}", value, "above 0, or null")
        if prices is not None and min(prices.input, prices.output) < 0:
            raise WrongValue(f"{key}.prices", min(prices.input, prices.output), "0 or above")


def _check_chosen(settings: Settings) -> None:
    for key, chosen in {
        "model": settings.models,
        "language": settings.languages,
        "protocol": settings.protocols,
    }.items():
        if not chosen:
            raise WrongValue(key, [], f"at least one of {', '.join(choices(key))}")
    judged = any(find_protocol(name).judged for name in settings.protocols)
    if judged and "judge" in settings.stages and not settings.judges:
        raise WrongValue("judge", [], f"at least one of {', '.join(choices('judge'))}")
    if not settings.populations.compare:
        raise WrongValue("populations.compare", [], "[all] or at least one population")


def _least(settings: Settings) -> Iterator[tuple[str, float, int]]:
    yield "design.prompts_per_language", settings.design.prompts_per_language, 1
    yield "design.samples", settings.design.samples, 1
    yield "cluster.unit_size", settings.cluster.unit_size, 1
    yield "inference.rounds", settings.inference.rounds, 2
    yield "inference.permutations", settings.inference.permutations, 0
    yield "inference.published_rounds", settings.inference.published_rounds, 2
    if settings.cluster.max_replicas is not None:
        yield "cluster.max_replicas", settings.cluster.max_replicas, 1
    for key, sampling in _samplings(settings):
        yield f"{key}.temperature", sampling.temperature, 0
        yield f"{key}.max_tokens", sampling.max_tokens, 1
    for key, model in _models(settings):
        yield f"{key}.in_flight", model.in_flight, 1
        if model.most_replicas is not None:
            yield f"{key}.most_replicas", model.most_replicas, 1
        yield f"{key}.api.attempts", model.api.attempts, 1
        yield f"{key}.api.timeout_s", model.api.timeout_s, 1
        batching = model.api.batching
        for name in ("most_requests", "most_bytes", "in_flight"):
            yield f"{key}.api.batching.{name}", getattr(batching, name), 1
        for name in ("gather_s", "poll_s"):
            yield f"{key}.api.batching.{name}", getattr(batching, name), 0
        yield f"{key}.max_model_len", model.max_model_len, 1
        yield f"{key}.gpus_per_replica", model.gpus_per_replica, 0
        yield f"{key}.cpus_per_replica", model.cpus_per_replica, 0


def _samplings(settings: Settings) -> Iterator[tuple[str, Sampling]]:
    for name, protocol in settings.protocols.items():
        yield f"protocol.{name}.sampling", protocol.sampling
    for name, judge in settings.judges.items():
        yield f"judge.{name}.sampling", judge.sampling


def _models(settings: Settings) -> Iterator[tuple[str, Model]]:
    for name, model in settings.models.items():
        yield f"model.{name}", model
    for name, judge in settings.judges.items():
        yield f"judge.{name}.model", judge.model
