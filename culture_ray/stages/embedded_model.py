"""The embedded model: show its terms of use, and convert it before its first use."""

from __future__ import annotations

from collections.abc import Iterable

from culture_ray.engines import embedded
from culture_ray.engines.model import Model
from culture_ray.sweep.progress.progress import Progress


def prepare_embedded_model(
    models: Iterable[Model], progress: Progress, *, loads: bool = True
) -> None:
    """Show the terms of the embedded model if it is among `models`, and convert it once.

    With `loads=False` no model will be loaded, so nothing is converted.
    """
    if all(model.source != embedded.SOURCE for model in models):
        return
    progress.say(embedded.TERMS)
    if loads and not embedded.is_ready():
        progress.say("preparing the embedded model; this happens once and takes about a minute")
        embedded.prepare()
