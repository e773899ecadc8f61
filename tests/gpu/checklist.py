"""One line of the checklist: the real path with dummy weights, and how near it comes to the limit.

The sweep's own stages, executor, replica and engine run; only the weights are made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.dataset as ds

from culture_ray.engines.architecture import with_own_config
from culture_ray.engines.factory import make_engine
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.generate import generate
from culture_ray.sweep.plan.roofline import EngineLoad, Gpu, roof
from tests.clocked import Clocked
from tests.small import small_settings


@dataclass(frozen=True)
class Line:
    """Result of one model on a number of GPUs."""

    model: str
    gpus: int
    responses: int
    failed: int
    tokens_per_s: float
    """Output tokens per second, from the engine being ready to the last commit."""
    limit: float | None
    """The same by the roofline, at the lengths that were measured."""
    sequences: int | None = None
    """Sequences at once that the engine was given."""

    def __str__(self) -> str:
        share = f"{self.tokens_per_s / self.limit:.2f} of {self.limit:,.0f}" if self.limit else "-"
        return (
            f"{self.model} on {self.gpus} GPU: {self.tokens_per_s:,.0f} tokens/s ({share} by the "
            f"roofline), {self.responses:,} responses, {self.failed} failed"
        )


def settings_for(
    model: str,
    folder: Path,
    results: Path,
    gpus: int | str,
    *changes: str,
    prompts: int = 512,
    output: int = 256,
) -> Settings:
    """Return the settings of an elicit stage with a model of dummy weights on so many GPUs.

    `gpus` may be `auto`; `changes` are further words of the command line.
    """
    return small_settings(
        results,
        f"model=[{model}]", "judge=[]", "stages=[elicit]", "cluster.unit_size=64",
        f"design.prompts_per_language={prompts}",
        f"protocol.hypothetical_interviews.sampling.max_tokens={output}",
        f"model.{model}.source={folder}", f"model.{model}.gpus_per_replica={gpus}",
        f"+model.{model}.engine_args.load_format=dummy", f"+model.{model}.chat=false", *changes,
    )  # fmt: skip


def run(settings: Settings, card: Gpu | None) -> Line:
    """Elicit every response and return the line."""
    context, clocked = RunContext(settings), Clocked()
    ((name, model),) = context.sized.models.items()
    failed = generate(context, context.open(), make_engine, clocked)
    if failed:
        raise RuntimeError(failed[name])
    shards = [str(path) for path in settings.run.shards("responses")]
    columns = ["prompt_tokens", "output_tokens", "failure"]
    table = ds.dataset(shards, format="arrow").to_table(columns=columns)
    load = EngineLoad(*(float(pc.mean(table.column(c)).as_py()) for c in columns[:2]))
    found = None
    if card is not None and load.output:
        described = with_own_config(name, model)
        found = roof(described, card, load, model.gpus_per_replica)
    return Line(
        model=name,
        gpus=model.gpus_per_replica,
        responses=table.num_rows,
        failed=table.num_rows - table.column("failure").null_count,
        tokens_per_s=clocked.tokens / clocked.seconds,
        limit=found.tokens_per_s if found else None,
        sequences=model.engine_args.get("max_num_seqs"),
    )
