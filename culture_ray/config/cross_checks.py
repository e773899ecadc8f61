"""Values of the right type that no run can use."""

from __future__ import annotations

from collections.abc import Iterator

from culture_ray.config.cluster_ranges import least_of, positive_of
from culture_ray.config.files import choices
from culture_ray.engines.interface import Sampling
from culture_ray.engines.model import Model
from culture_ray.errors import UnknownName, WrongValue
from culture_ray.labels.measured import FIRST, MAJORITY
from culture_ray.labels.read import RULE
from culture_ray.prompts.protocols import find_protocol
from culture_ray.settings.run import Settings
from culture_ray.stages.judge.task import check_answers


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
    _check_judging(settings)
    for name, judge in settings.judges.items():
        check_answers(name, judge)
    if settings.inference.design not in settings.inference.designs:
        raise UnknownName("inference.design", settings.inference.design, settings.inference.designs)
    for key, figure in _positive(settings):
        if not figure > 0:
            raise WrongValue(key, figure, "above 0")
    if settings.cluster.efficiency > 1:
        raise WrongValue("cluster.efficiency", settings.cluster.efficiency, "at most 1")


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
    for name, protocol in settings.protocols.items():
        key, countries = f"protocol.{name}.countries", protocol.countries
        if find_protocol(name).has_persona and len(countries) < 1:
            raise WrongValue(key, list(countries), "at least one country, such as [DK, US]")
        if countries and not find_protocol(name).has_persona:
            raise WrongValue(key, list(countries), "none: its prompts name no country")
        if len(set(countries)) != len(countries):
            raise WrongValue(key, list(countries), "no country twice")
    if RULE in settings.judges:
        raise WrongValue("judge", RULE, "another name: it stands for labels without a judge")
    judged = any(find_protocol(name).judged for name in settings.protocols)
    if judged and "judge" in settings.stages and not settings.judges:
        raise WrongValue("judge", [], f"at least one of {', '.join(choices('judge'))}")
    if not settings.populations.compare:
        raise WrongValue("populations.compare", [], "[all] or at least one population")


def _check_judging(settings: Settings) -> None:
    use, names = settings.judging.use, list(settings.judges)
    for name in names:
        if name in (FIRST, MAJORITY):
            raise WrongValue(
                f"judge.{name}", "a judge", f"another name: {name} means more than one"
            )
    if use == MAJORITY and len(names) < 2:
        raise WrongValue("judging.use", use, f"at least two judges to vote, and there is {names}")
    if use not in (FIRST, MAJORITY, *names):
        raise UnknownName("judging.use", use, (FIRST, MAJORITY, *names))
    error = settings.judging.judge_error
    if isinstance(error, float) and not 0 <= error <= 0.5:
        raise WrongValue("judging.judge_error", error, "from 0 to 0.5, measured or paper")


def _positive(settings: Settings) -> Iterator[tuple[str, float]]:
    for key, figure in positive_of(settings.cluster):
        if figure is not None:
            yield key, figure
    for language, ratio in settings.characters_per_token.items():
        yield f"characters_per_token.{language}", ratio
    for key, model in _models(settings):
        if model.tokens_per_s is not None:
            yield f"{key}.tokens_per_s", model.tokens_per_s


def _least(settings: Settings) -> Iterator[tuple[str, float, int]]:
    yield "design.prompts_per_language", settings.design.prompts_per_language, 1
    yield "design.samples", settings.design.samples, 1
    for name, protocol in settings.protocols.items():
        for key in ("prompts_per_language", "samples"):
            if (value := getattr(protocol, key)) is not None:
                yield f"protocol.{name}.{key}", value, 1
    yield "inference.rounds", settings.inference.rounds, 2
    yield "inference.permutations", settings.inference.permutations, 0
    yield "inference.published_rounds", settings.inference.published_rounds, 2
    for key, value, least in least_of(settings.cluster):
        if value is not None:
            yield key, value, least
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
