"""`culture-ray plan`: the requests, hardware, time and cost of a sweep; no run is changed."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.table import Table

from culture_ray.cli.commands.publish.preregister import preregistered_words, written_registration
from culture_ray.cli.console import Screen
from culture_ray.config.compose import compose_and_run
from culture_ray.config.launchers import Content
from culture_ray.redaction.visible import visible_json
from culture_ray.report.formatting import counted
from culture_ray.sweep.progress.display import format_duration

if TYPE_CHECKING:
    from culture_ray.plan.cost import Quote
    from culture_ray.plan.plan import ProtocolPlan, RunPlan
    from culture_ray.settings.run import Settings
    from culture_ray.simulation.power import Power
    from culture_ray.stages.context import RunContext
    from culture_ray.sweep.plan.cluster import Cluster


def act(overrides: list[str]) -> int:
    """Print the plan, as JSON with --json, and preregister it with --preregister; return 0."""
    words, hypotheses = preregistered_words([word for word in overrides if word != "--json"])

    def run(content: Content, experiment: str) -> None:
        # Only now, when no word has been refused: all that planning needs takes long to import.
        from culture_ray.config.run_settings import settings_from
        from culture_ray.stages.context import RunContext
        from culture_ray.stages.power import power_of_plan
        from culture_ray.submission.requested import requested_jobs

        command = shlex.join(["culture-ray", "plan", *words])
        settings = settings_from(content, experiment, command)
        context = RunContext(settings)
        plan, cost = context.checked_plan(), context.quote()
        jobs = requested_jobs(settings, plan)
        written = None if hypotheses is None else written_registration(context, hypotheses)
        if "--json" in overrides:
            shown = as_json(settings, plan, cost, power_of_plan(context))
            shown |= {**_retry_as_json(context.asked_again), **jobs.figures}
            shown |= {} if written is None else {"preregistration": written.as_json()}
            print(visible_json(json.dumps(shown, indent=2, ensure_ascii=False)))
        else:
            sentences = (*_retry(context), *jobs.sentences, *cost.sentences())
            last = ("nothing was written",) if written is None else written.sentences()
            power = power_of_plan(context)
            _print(Screen(), settings, plan, (*sentences, *plan.notices), power, last)

    compose_and_run("culture-ray plan", words, run)
    return 0


def as_json(settings: Settings, plan: RunPlan, cost: Quote, power: Power | None) -> dict[str, Any]:
    """Return the plan for JSON, with unrounded figures."""
    cluster = settings.cluster
    return {
        "run": settings.run.name,
        "models": len(settings.models),
        "languages": list(settings.languages),
        "protocols": [asdict(protocol) for protocol in plan.protocols],
        "benchmarks": [asdict(benchmark) for benchmark in plan.benchmarks],
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
        "power": None if power is None else asdict(power),
        "notices": list(plan.notices),
        "refusals": list(plan.refusals),
    }


def _retry(context: RunContext) -> Iterator[str]:
    """Yield a sentence on the failed requests that a sweep with retry=failed asks again."""
    if context.retried:
        counts = context.asked_again
        by_stage = ", ".join(f"{stage} {name} {count:,}" for (stage, name), count in counts.items())
        total = counted(sum(counts.values()), "failed request")
        yield f"retry=failed: {total} to ask again{f': {by_stage}' if by_stage else ''}"


def _retry_as_json(counts: Mapping[tuple[str, str], int]) -> dict[str, Any]:
    return {
        "failed_requests_asked_again": [
            {"stage": stage, "model": name, "requests": count}
            for (stage, name), count in counts.items()
        ]
    }


def _print(
    screen: Screen,
    settings: Settings,
    plan: RunPlan,
    notes: Sequence[str],
    power: Power | None,
    last: Sequence[str],
) -> None:
    sizes = [(len(settings.models), "model"), (len(settings.languages), "language")]
    sizes += [(protocol.prompts, "prompt") for protocol in plan.protocols[:1]]
    size = " x ".join(counted(number, noun) for number, noun in sizes)
    screen.print(f"run {settings.run.name}: {size}", highlight=False)
    if plan.protocols:
        _print_design(screen, settings.design.kind, len(settings.topics))
    screen.print(_requests(plan))
    if plan.protocols:
        screen.print("per model and language:", highlight=False)
    for place, protocol in enumerate(plan.protocols):
        screen.print(f"  {_design(protocol, main=place == 0)}", highlight=False)
    for benchmark in plan.benchmarks:
        screen.print(benchmark.sentence, highlight=False)
    if any(row.estimate.parameters for row in plan.rows):
        screen.print()
        screen.print(_rates(plan))
        screen.print(_explanation(settings.cluster, plan), highlight=False)
    if power is not None:
        _print_power(screen, power)
    refusals = [f"sweep would refuse: {sentence}" for sentence in plan.refusals]
    for sentence in (*notes, *refusals, *last):
        screen.print(sentence, highlight=False)


def _print_power(screen: Screen, power: Power) -> None:
    from culture_ray.report.screen.power import no_power, power_meaning, power_table, power_title

    screen.print()
    if reason := no_power(power):
        screen.print(reason, highlight=False)
        return
    screen.print(power_title(power), highlight=False)
    screen.print(power_table(power))
    screen.print(power_meaning(power), highlight=False)


def _print_design(screen: Screen, kind: str, topics: int) -> None:
    same = ", the same in every language" if kind != "independent" else ""
    screen.print(f"{kind} design over {counted(topics, 'topic')}{same}", highlight=False)


def _requests(plan: RunPlan) -> Table:
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


def _rates(plan: RunPlan) -> Table:
    """Return size, rates and time of each model that is loaded on the cluster."""
    table = _table(
        "stage", "model", "size", "fit/best", "replicas", "limit/s", "expected/s", "GPU h",
        "time",
    )  # fmt: skip
    for row in plan.rows:
        estimate = row.estimate
        if estimate.parameters is None:
            continue
        sizes = f"{estimate.smallest or '-'}/{estimate.best or '-'}" if estimate.gpus else ""
        seconds = None
        if estimate.busy_s is not None and row.replicas:
            seconds = estimate.load_s + estimate.busy_s / row.replicas
        table.add_row(
            row.stage,
            row.model,
            _large(estimate.parameters),
            sizes,
            f"{row.replicas} x {estimate.gpus}" if estimate.gpus else f"{row.replicas}",
            _rate(estimate.limit),
            _rate(estimate.expected),
            "" if row.gpu_hours is None else f"{row.gpu_hours:.2f}",
            "" if seconds is None else format_duration(seconds),
        )
    return table


def _explanation(cluster: Cluster, plan: RunPlan) -> str:
    """Return the total time, and the meaning of the columns on rates and time."""
    hours = sum(row.gpu_hours or 0.0 for row in plan.rows)
    where = f"{cluster.gpus} x {cluster.card.name}" if hours else f"cluster {cluster.name}"
    spent = f"{hours:.2f} GPU hours; " if hours else ""
    unsized = [row.model for row in plan.rows if row.estimate.gpus and row.gpu_hours is None]
    without = f", without {', '.join(dict.fromkeys(unsized))} (rate unknown)" if unsized else ""
    time = (
        f"{spent}{format_duration(plan.wall_s)} on {where}, one stage after the other{without}; "
        f"less if responses end early.\n"
    )
    meaning = (
        f"fit/best: GPUs of the smallest replica that fits, and of a fast one per GPU; limit: "
        f"output tokens/s of a replica by memory bandwidth and FLOPS; expected: "
        f"{cluster.efficiency:g} of it, until the run has measured its own rate"
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


def _design(protocol: ProtocolPlan, *, main: bool) -> str:
    counts = sorted(set(protocol.per_topic.values()))
    spread = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    times = "once" if protocol.samples == 1 else f"{protocol.samples} times"
    text = f"{protocol.protocol}{' (main)' if main else ''}: {counted(protocol.prompts, 'prompt')}"
    if protocol.countries:
        text += f" with respondents from each of {', '.join(protocol.countries)}"
    if protocol.profiles:
        counts_of = ", ".join(f"{count} in {code}" for code, count in protocol.profiles.items())
        text += f" without a persona, and as each profile of respondents ({counts_of})"
    if protocol.varied:
        levels = "; ".join(f"{name} {', '.join(each)}" for name, each in protocol.varied.items())
        text += f" in {counted(protocol.variants, 'variant')} ({levels})"
    return f"{text}, each sampled {times}; each topic is asked {spread} times"
