"""`culture-ray plan`: what a sweep would do; writes nothing."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from culture_ray.cli.console import Screen
from culture_ray.config.compose import compose_and_run
from culture_ray.config.launchers import Content
from culture_ray.config.run_settings import settings_from
from culture_ray.plan.cost import Quote
from culture_ray.plan.plan import Plan, ProtocolPlan
from culture_ray.report.formatting import counted
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.progress.display import format_duration


def act(overrides: list[str]) -> int:
    """Print the plan, as JSON with --json; return 0."""
    words = [word for word in overrides if word != "--json"]

    def run(content: Content, experiment: str) -> None:
        command = shlex.join(["culture-ray", "plan", *words])
        settings = settings_from(content, experiment, command)
        context = RunContext(settings)
        plan, cost = context.checked_plan(), context.quote()
        if words != overrides:
            print(json.dumps(as_json(settings, plan, cost), indent=2, ensure_ascii=False))
        else:
            _print(Screen(), settings, plan, cost)

    compose_and_run("culture-ray plan", words, run)
    return 0


def as_json(settings: Settings, plan: Plan, cost: Quote) -> dict[str, Any]:
    """Return the plan as JSON can hold it: figures as they are, units in the names or docs."""
    cluster = settings.cluster
    return {
        "run": settings.run.name,
        "models": len(settings.models),
        "languages": list(settings.languages),
        "protocols": [asdict(asks) for asks in plan.protocols],
        "cluster": {"name": cluster.name, "gpu": cluster.card.name, "gpus": cluster.gpus},
        "rows": [
            {"stage": row.stage, "model": row.model}
            | asdict(row.estimate)
            | {"replicas": row.replicas, "gpu_hours": row.gpu_hours}
            for row in plan.rows
        ],
        "gpu_hours": sum(row.gpu_hours or 0.0 for row in plan.rows),
        "wall_s": plan.wall_s,
        "cost": asdict(cost),
        "notices": list(plan.notices),
    }


def _print(console: Console, settings: Settings, plan: Plan, cost: Quote) -> None:
    design = settings.design
    size = " x ".join(
        counted(number, noun)
        for number, noun in (
            (len(settings.models), "model"),
            (len(settings.languages), "language"),
            (plan.protocols[0].prompts, "prompt"),
        )
    )
    console.print(f"run {settings.run.name}: {size}", highlight=False)
    console.print(
        f"{design.kind} design over {counted(len(settings.topics), 'topic')}, the same in every "
        f"language"
        if design.kind != "independent"
        else f"independent design over {counted(len(settings.topics), 'topic')}",
        highlight=False,
    )
    console.print(_asked(plan))
    console.print("per model and language:", highlight=False)
    for place, asks in enumerate(plan.protocols):
        console.print(f"  {_design(asks, main=place == 0)}", highlight=False)
    if any(row.estimate.parameters for row in plan.rows):
        console.print()
        console.print(_rates(plan))
        console.print(_reckoned(settings.cluster, plan), highlight=False)
    for sentence in (*cost.sentences(), *plan.notices):
        console.print(sentence, highlight=False)
    console.print("nothing was written", highlight=False)


def _asked(plan: Plan) -> Table:
    table = _table("stage", "model", "requests", "tokens in", "tokens out", "needs")
    for row in plan.rows:
        table.add_row(
            row.stage,
            row.model,
            f"{row.estimate.requests:,}",
            _large(row.estimate.prompt_tokens),
            f"<= {_large(row.estimate.output_tokens)}",
            row.estimate.hardware,
        )
    return table


def _rates(plan: Plan) -> Table:
    """Return what each model is and how fast it can be; only for models that run here."""
    table = _table(
        "stage", "model", "size", "fit/best", "replicas", "limit/s", "reckoned/s", "GPU h",
        "time",
    )  # fmt: skip
    for row in plan.rows:
        one = row.estimate
        if one.parameters is None:
            continue
        sizes = f"{one.smallest or '-'}/{one.best or '-'}" if one.gpus else ""
        alone = None
        if one.busy_s is not None and row.replicas:
            alone = one.load_s + one.busy_s / row.replicas
        table.add_row(
            row.stage,
            row.model,
            _large(one.parameters),
            sizes,
            f"{row.replicas} x {one.gpus}" if one.gpus else f"{row.replicas}",
            _rate(one.limit),
            _rate(one.expected),
            "" if row.gpu_hours is None else f"{row.gpu_hours:.2f}",
            "" if alone is None else format_duration(alone),
        )
    return table


def _reckoned(cluster: Cluster, plan: Plan) -> str:
    """Return the sentences that say what the figures of rates and time mean."""
    hours = sum(row.gpu_hours or 0.0 for row in plan.rows)
    there = f"{cluster.gpus} x {cluster.card.name}" if hours else f"cluster {cluster.name}"
    spent = f"{hours:.2f} GPU hours; " if hours else ""
    time = (
        f"{spent}{format_duration(plan.wall_s)} on {there}, stages one after the other, "
        f"at most that long where responses end early.\n"
    )
    meaning = (
        f"fit/best: GPUs of a replica that fits, and of the fastest per GPU; limit: its output "
        f"tokens/s by memory bandwidth and FLOPS; reckoned: {cluster.efficiency:g} of it, until "
        f"the run measures its own"
    )
    return (time if plan.wall_s else "") + meaning


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 1), pad_edge=False, collapse_padding=True)
    for name in columns:
        left = name in {"stage", "model", "needs"}
        table.add_column(name, justify="left" if left else "right", overflow="fold")
    return table


def _rate(tokens: float | None) -> str:
    return "?" if tokens is None else f"{tokens:,.0f}"


def _large(number: float) -> str:
    for size, unit in ((1e9, "G"), (1e6, "M")):
        if number >= size:
            return f"{number / size:.2f} {unit}"
    return f"{number / 1e3:.0f} k"


def _design(asks: ProtocolPlan, *, main: bool) -> str:
    counts = sorted(set(asks.per_topic.values()))
    spread = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    times = "once" if asks.samples == 1 else f"{asks.samples} times"
    words = f"{asks.protocol}{' (main)' if main else ''}: {counted(asks.prompts, 'prompt')}"
    if asks.countries:
        words += f" with respondents from each of {', '.join(asks.countries)}"
    return f"{words}, each sampled {times}; each topic is asked {spread} times"
