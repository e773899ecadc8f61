"""Names of a run's models: engine names of judges, all models, and models without a template."""

from __future__ import annotations

from collections.abc import Mapping

from culture_ray.engines.model import Model
from culture_ray.settings.hardware import Hardware
from culture_ray.settings.judging import Judge


def engine_names(models: Mapping[str, Model], judges: Mapping[str, Judge]) -> dict[str, str]:
    """Return, for each judge, the name under which its model is loaded.

    A judge that is one of the run's models shares that model's replicas.
    """
    names = {}
    for name, judge in judges.items():
        same = [model for model, described in models.items() if described == judge.model]
        names[name] = same[0] if same else f"judge-{name}"
    return names


def models_and_judges(models: Mapping[str, Model], judges: Mapping[str, Judge]) -> dict[str, Model]:
    """Return all models of a run by name; the models of judges are named `judge NAME`."""
    return {**models, **{f"judge {name}": judge.model for name, judge in judges.items()}}


def is_asked(model: Model, hardware: Hardware) -> bool:
    """Return True if a session that is limited to this hardware asks the model."""
    on_gpus = not model.is_api and model.gpus_per_replica > 0
    return hardware == "all" or on_gpus == (hardware == "gpus")


def base_models(models: Mapping[str, Model]) -> frozenset[str]:
    """Return the names of the models without a chat template."""
    return frozenset(name for name, model in models.items() if not model.chat)
