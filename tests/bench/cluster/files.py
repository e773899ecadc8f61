"""Files of a run of 1,000,000 requests that a judge labels, as a cluster's settings cut it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from culture_ray.plan.requests import request_plan
from culture_ray.plan.stage_units import requests_per_unit, shard_count
from tests.bench.figure import Figure
from tests.bench.scale import REQUESTS
from tests.bench.scale_acts import LANGUAGES, MODELS
from tests.small import small_settings


def figures() -> Iterator[Figure]:
    """Yield the shards of responses and labels before units grew with a run, and now."""
    per_language = REQUESTS // len(MODELS) // len(LANGUAGES)
    words = (f"model=[{','.join(MODELS)}]", f"design.prompts_per_language={per_language}",
             "judge=[gemma_2_9b]", "cluster=slurm", "cluster.unit_size=64")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        fixed = small_settings(Path(folder), *words, "cluster.most_units=null")
        plan = request_plan(fixed)
        before = shard_count(fixed, plan)
        grown = small_settings(Path(folder), *words)
        now = shard_count(grown, plan)
        size = requests_per_unit(plan, len(MODELS), grown.cluster)
    yield Figure("shards of 1,000,000 judged requests, units of 64", before, "")
    yield Figure(f"shards of 1,000,000 judged requests, units of {size}", now, "", 5000, "lower")
    yield Figure("shards of 1,000,000 judged requests, before over now", before / now, "x", 6.0)
