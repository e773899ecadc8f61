"""`culture-ray plan`: what a sweep would do; writes nothing."""

from __future__ import annotations

import shlex

from rich.console import Console
from rich.table import Table

from culture_ray.config.compose import Content, with_composed
from culture_ray.config.settings import settings_from
from culture_ray.report.words import counted
from culture_ray.stages.estimates import Planned, planned
from culture_ray.stages.money import Quote, quote
from culture_ray.stages.settings import Settings
from culture_ray.verbs.console import Screen


def act(overrides: list[str]) -> int:
    """Print the plan; return 0."""

    def run(content: Content, experiment: str) -> None:
        command = shlex.join(["culture-ray", "plan", *overrides])
        settings = settings_from(content, experiment, command)
        _print(Screen(), settings, planned(settings), quote(settings))

    with_composed("culture-ray plan", overrides, run)
    return 0


def _print(console: Console, settings: Settings, plan: Planned, cost: Quote) -> None:
    design = settings.design
    size = " x ".join(
        counted(number, noun)
        for number, noun in (
            (len(settings.models), "model"),
            (len(settings.languages), "language"),
            (plan.prompts_per_language, "prompt"),
        )
    )
    times = "once" if design.samples == 1 else f"{design.samples} times"
    console.print(f"run {settings.run.name}: {size}", highlight=False)
    console.print(
        f"{design.kind} design over {counted(len(settings.topics), 'topic')}, each prompt sampled "
        f"{times}",
        highlight=False,
    )
    table = Table(box=None, padding=(0, 1), pad_edge=False, collapse_padding=True)
    table.add_column("stage")
    table.add_column("model", overflow="fold")
    for name in ("requests", "tokens in", "tokens out", "weights"):
        table.add_column(name, justify="right")
    table.add_column("needs", overflow="fold")
    for row in plan.rows:
        weights = row.estimate.weights_gib
        table.add_row(
            row.stage,
            row.model,
            f"{row.estimate.requests:,}",
            _large(row.estimate.prompt_tokens),
            f"<= {_large(row.estimate.output_tokens)}",
            "" if weights is None else f"{weights:.1f} GiB",
            row.estimate.hardware,
        )
    console.print(table)
    counts = sorted(set(plan.per_topic.values()))
    spread = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    console.print(
        f"per model and language each topic is asked {spread} times; tokens are estimated from "
        f"characters, output at its limit",
        highlight=False,
    )
    for sentence in plan.notices:
        console.print(sentence, highlight=False)
    for sentence in cost.sentences():
        console.print(sentence, highlight=False)
    console.print("nothing was written", highlight=False)


def _large(tokens: float) -> str:
    return f"{tokens / 1e6:.2f} M" if tokens >= 1e6 else f"{tokens / 1e3:.0f} k"
