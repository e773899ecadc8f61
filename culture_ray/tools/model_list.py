"""List of models: size, licence, languages, price, needs, and whether each would run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from culture_ray.engines.model import EngineName, Model
from culture_ray.errors import BadKey, MissingKey, UnknownPrice
from culture_ray.report.formatting import counted
from culture_ray.spending.prices import price_of
from culture_ray.sweep.plan.roofline import EngineLoad, Gpu, roofs

_LOAD = EngineLoad(prompt=200, output=600)
"""Tokens of a request that has to fit beside the weights."""


@dataclass(frozen=True)
class Host:
    """Hardware and packages that models are to run with."""

    name: str
    gpu: Gpu | None
    """Kind of GPU; None without one."""
    gpus: int
    cpus: int
    memory_gib: float
    has_vllm: bool = True


@dataclass(frozen=True)
class ListedModel:
    """Row of the list; None is what no file and no card says."""

    name: str
    family: str
    engine: EngineName
    source: str
    parameters: float | None
    active_parameters: float | None
    weights_gib: float | None
    licence: str
    languages: tuple[str, ...] | None
    dollars_in: float | None
    """Dollars per million tokens of prompts; None for a model that runs locally."""
    dollars_out: float | None
    structured_output: bool | None
    logprobs: bool | None
    seeds: bool | None
    batches: bool | None
    system_role: bool | None
    gated: bool | None
    shut_down: str | None
    """Day from which its provider does not answer for it any more, as YYYY-MM-DD."""
    needs: str
    obstacle: str | None
    """Reason why it would not run; None if it would."""
    page: str | None

    @property
    def is_api(self) -> bool:
        """Return True if it runs at a provider."""
        return self.engine != "vllm"


@dataclass(frozen=True)
class ModelFilter:
    """Choice of models; None leaves a field open."""

    name: str | None = None
    family: str | None = None
    engine: EngineName | None = None
    licence: str | None = None
    speaks: str | None = None
    """Code of a language that the card names."""
    billions_at_most: float | None = None
    runs: bool = False

    def keeps(self, model: ListedModel, aliases: tuple[str, ...]) -> bool:
        """Return True if a model is one of the chosen."""
        names = " ".join((model.name, model.source, *aliases)).lower()
        size = model.parameters
        return (
            (self.name is None or self.name.lower() in names)
            and self.family in (None, model.family)
            and self.engine in (None, model.engine)
            and (self.licence is None or self.licence.lower() in model.licence.lower())
            and (self.speaks is None or self.speaks in (model.languages or ()))
            and (
                self.billions_at_most is None
                or (size is not None and size <= self.billions_at_most * 1e9)
            )
            and not (self.runs and model.obstacle)
        )


def listed_models(
    models: Mapping[str, Model], machine: Host, chosen: ModelFilter, today: date
) -> Iterator[ListedModel]:
    """Yield the chosen models by family and size."""
    rows = ((_row(name, model, machine, today), model.aliases) for name, model in models.items())
    kept = [row for row, aliases in rows if chosen.keeps(row, aliases)]
    yield from sorted(kept, key=lambda row: (row.family, row.parameters or 0.0, row.name))


def _row(name: str, model: Model, machine: Host, today: date) -> ListedModel:
    local, card, shape = not model.is_api, model.card, model.architecture
    needs, obstacle = _of_api(name, model) if model.is_api else _of_weights(model, machine)
    if card.shut_down is not None and card.shut_down <= today:
        obstacle = "its provider has shut it down"
    price = None if local else _price(name, model)
    return ListedModel(
        name=name,
        family=model.family,
        engine=model.engine,
        source=model.source,
        parameters=model.parameters,
        active_parameters=shape.active_parameters if shape else None,
        weights_gib=model.weight_gib,
        licence=model.licence,
        languages=card.languages,
        dollars_in=price[0] if price else None,
        dollars_out=price[1] if price else None,
        structured_output=True if local else card.structured_output,
        logprobs=True if local else model.api.logprobs,
        seeds=True if local else card.seeds,
        batches=None if local else card.batches,
        system_role=None if local else model.api.system_role,
        gated=card.gated,
        shut_down=card.shut_down.isoformat() if card.shut_down else None,
        needs=needs,
        obstacle=obstacle,
        page=card.page,
    )


def _price(name: str, model: Model) -> tuple[float, float] | None:
    """Return the standard dollars per million tokens of prompt and response, None if unknown."""
    try:
        rate = price_of(name, model.source, model.api.base_url, model.prices).tiers["standard"][0]
    except UnknownPrice:
        return None
    return rate.input / 1e6, rate.output / 1e6


def _of_api(name: str, model: Model) -> tuple[str, str | None]:
    needs = model.api.key_variable or "no key"
    try:
        model.api.key(name)
    except MissingKey:
        return needs, "the key is not set"
    except BadKey:
        return needs, "the key cannot be sent"
    return needs, None


def _of_weights(model: Model, machine: Host) -> tuple[str, str | None]:
    missing = None if machine.has_vllm else "vLLM is not installed"
    size = model.memory_gib if not model.gpus_per_replica else model.weight_gib
    needs = "an unknown size" if size is None else f"{size:.1f} GiB"
    if not model.gpus_per_replica:
        needs += f", {counted(model.cpus_per_replica, 'core')}"
        if machine.cpus < model.cpus_per_replica:
            return needs, f"{machine.name} has {counted(machine.cpus, 'core')}"
        if size is not None and machine.memory_gib < size:
            return needs, f"{machine.name} has {machine.memory_gib:.1f} GiB"
        return needs, missing
    if machine.gpu is None or not machine.gpus:
        return needs, f"{machine.name} has no GPU"
    if model.weight_gib is None or model.architecture is None:
        return needs, "its config.json is not on this machine"
    found = roofs(model, machine.gpu, _LOAD)
    if not found:
        return needs, f"it fits on no number of {machine.gpu.name}"
    needs += f", {found[0].gpus} x {machine.gpu.name}"
    if found[0].gpus > machine.gpus:
        return needs, f"{machine.name} has {counted(machine.gpus, 'GPU')}"
    return needs, missing
