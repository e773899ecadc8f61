"""Embedded models: show their terms of use, and convert them before their first use."""

from __future__ import annotations

from collections.abc import Iterable

from culture_ray.engines import embedded
from culture_ray.engines.model import Model
from culture_ray.sweep.progress.progress import Progress


def prepare_embedded_models(
    models: Iterable[Model], progress: Progress, *, loads: bool = True
) -> None:
    """Show the terms of the embedded models among `models`, and convert each of them once.

    With `loads=False` no model will be loaded, so nothing is converted. Raises ModelFilesMissing.
    """
    used = {model.source for model in models}
    for model in (model for source, model in embedded.MODELS.items() if source in used):
        progress.say(model.terms)
        if loads and not model.is_ready:
            progress.say(
                f"preparing the embedded model {model.name}; this happens once and takes about a "
                f"minute"
            )
            model.prepare()
