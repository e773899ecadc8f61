"""The power of a planned study as a table and a sentence for the terminal."""

from __future__ import annotations

from rich.table import Table

from culture_ray.measures.result import FEWEST_TOPICS
from culture_ray.report.formatting import counted, shown
from culture_ray.simulation.power import EFFECTS, Power

_HEADERS = {
    "slope": "slope",
    "slope_of_family": "of family",
    "us_bias_cell": "US bias",
    "us_bias": "mean",
    "difference_cell": "models",
    "difference": "mean",
}


def power_title(power: Power) -> str:
    """Return the sentence above the table: what was simulated."""
    design = power.design
    return (
        f"smallest effects that this study finds with 80 % power (from simulated studies with "
        f"{counted(design.topics, 'topic')}, {counted(design.responses, 'usable response')} per "
        f"model and language, and a judge that errs in {100 * design.judge_error:.0f} %):"
    )


def no_power(power: Power) -> str:
    """Return why the table would have no figure at all; empty if it may have one."""
    found = (getattr(effects, name) for effects in power.effects.values() for name in EFFECTS)
    if power.design.topics >= FEWEST_TOPICS or any(effect is not None for effect in found):
        return ""
    return (
        f"no interval and no smallest effect that this study finds: they need {FEWEST_TOPICS} "
        f"topics or more, and {counted(power.design.topics, 'is', 'are')} asked about"
    )


def power_table(power: Power) -> Table:
    """Return the smallest effects, one row per variant of the design."""
    table = Table(box=None, padding=(0, 1), pad_edge=False, collapse_padding=True)
    table.add_column("")
    for name in EFFECTS:
        table.add_column(_HEADERS[name], justify="right")
    for variant, effects in power.effects.items():
        table.add_row(variant, *(shown(getattr(effects, name), 2) for name in EFFECTS))
    return table


def power_meaning(power: Power) -> str:
    """Return the meaning of the columns, and why there is no slope where there is none."""
    text = (
        "slope: alignment per unit of capability (0..1) among models of a family, one slope for "
        "all families or one per family; US bias of one model in one language, and the mean over "
        "cells; models: difference in alignment between two, in one language and over all"
    )
    planned = power.effects["as planned"]
    if planned.slope is None:
        text += "; too few models share a family to find a slope"
    return text
