"""Preparation of the embedded model before a sweep that asks it."""

from __future__ import annotations

from collections.abc import Callable

from culture_ray.engines import embedded
from culture_ray.plan.engines import models_and_judges
from culture_ray.stages.context import RunContext


def prepare_embedded(context: RunContext, say: Callable[[str], None]) -> None:
    """Name the terms of the embedded model if the run has it, and make its folder if missing."""
    models = models_and_judges(context.settings.models, context.settings.judges)
    if not any(model.source == embedded.SOURCE for model in models.values()):
        return
    say(embedded.TERMS)
    if context.asks_models and not embedded.is_ready():
        say("preparing the embedded model, once: about a minute")
        embedded.prepare()
