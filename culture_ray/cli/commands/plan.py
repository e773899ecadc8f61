"""`culture-ray plan`: the requests, hardware, time and cost of a sweep; no run is changed."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from culture_ray.cli.commands.publish.preregister import preregistered_words, written_registration
from culture_ray.cli.console import Screen
from culture_ray.config.compose import compose_and_run
from culture_ray.config.launchers import Content
from culture_ray.redaction.visible import visible_json

if TYPE_CHECKING:
    from culture_ray.plan.cost import Quote
    from culture_ray.plan.plan import RunPlan
    from culture_ray.settings.run import Settings
    from culture_ray.simulation.power import Power
    from culture_ray.stages.context import RunContext


def act(overrides: list[str]) -> int:
    """Print the plan, as JSON with --json, and preregister it with --preregister; return 0."""
    words, hypotheses = preregistered_words([word for word in overrides if word != "--json"])

    def run(content: Content, experiment: str) -> None:
        # Only now, when no word has been refused: all that planning needs takes long to import.
        from culture_ray.config.run_settings import settings_from
        from culture_ray.report.screen.plan import plan_lines, power_lines
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
            screen = Screen()
            sentences = (*_retry(context), *jobs.sentences, *cost.sentences())
            last = ("nothing was written",) if written is None else written.sentences()
            power = power_of_plan(context)
            refusals = (f"sweep would refuse: {sentence}" for sentence in plan.refusals)
            lines = (*plan_lines(settings, plan), *([] if power is None else power_lines(power)))
            for line in (*lines, *sentences, *plan.notices, *refusals, *last):
                screen.print(line, highlight=False)

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
        from culture_ray.report.formatting import counted

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
