"""The plan of a sweep for the terminal: design, requests, hardware, rates and power."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.table import Table

from culture_ray.report.formatting import counted
from culture_ray.report.screen.power import no_power, power_meaning, power_table, power_title
from culture_ray.sweep.progress.display import format_duration

if TYPE_CHECKING:
    from culture_ray.plan.plan import ProtocolPlan, RunPlan
    from culture_ray.settings.run import Settings
    from culture_ray.simulation.power import Power
    from culture_ray.sweep.plan.cluster import Cluster


def plan_lines(settings: Settings, plan: RunPlan) -> Iterator[str | Table]:
    """Yield the size of a run, its requests per stage and model, its designs and its rates."""
    sizes = [(len(settings.models), "model"), (len(settings.languages), "language")]
    sizes += [(protocol.prompts, "prompt") for protocol in plan.protocols[:1]]
    size = " x ".join(counted(number, noun) for number, noun in sizes)
    yield f"run {settings.run.name}: {size}"
    if plan.protocols:
        yield _design_line(settings.design.kind, len(settings.topics))
    yield _requests(plan)
    if plan.protocols:
        yield "per model and language:"
    for place, protocol in enumerate(plan.protocols):
        yield f"  {_design(protocol, main=place == 0)}"
    for benchmark in plan.benchmarks:
        yield benchmark.sentence
    if any(row.estimate.parameters for row in plan.rows):
        yield ""
        yield _rates(plan)
        yield _explanation(settings.cluster, plan)


def power_lines(power: Power) -> Iterator[str | Table]:
    """Yield the smallest effects that a study would find, or why none can be stated."""
    yield ""
    if reason := no_power(power):
        yield reason
        return
    yield power_title(power)
    yield power_table(power)
    yield power_meaning(power)


def _design_line(kind: str, topics: int) -> str:
    same = ", the same in every language" if kind != "independent" else ""
    return f"{kind} design over {counted(topics, 'topic')}{same}"


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
