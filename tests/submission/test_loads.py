"""Loads of a run's jobs: hours of what is left, by rates on GPUs and by limits of an API."""

from __future__ import annotations

from dataclasses import replace

import pytest

from culture_ray.engines.model import Model
from culture_ray.plan.plan import PlanRow
from culture_ray.settings.judging import Judge
from culture_ray.spending.limits import Limits
from culture_ray.submission.loads import asked_together, loads_of
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.plan.estimate import estimate

LOCAL = Model("vllm", "gemma", "org/gemma", parameters=2e9, tokens_per_s=1000.0)
API = Model("openai", "gpt", "gpt-4.1", limits=Limits(requests_per_minute=60, pool="lab"))
CLUSTER = Cluster(start_s=36.0, read_gib_s=1e9)
ROWS = [
    PlanRow("elicit", "gemma", estimate(LOCAL, 3600, 1e6, 3.6e6, CLUSTER)),
    PlanRow("judge", "gpt", estimate(API, 3600, 1e6, 1e6, CLUSTER)),
]
MODELS, JUDGES = {"gemma": LOCAL}, {"gpt": Judge(API)}


def test_a_model_on_gpus_needs_its_tokens_and_an_api_its_limits() -> None:
    local, api = loads_of(ROWS, MODELS, JUDGES)
    assert (local.gpus_per_replica, local.stage, local.pool) == (1, "elicit", None)
    assert (local.hours, local.load_hours) == (pytest.approx(1.0), pytest.approx(0.01))
    # An API needs no GPU whatever its file says, and no time to load.
    assert (api.gpus_per_replica, api.stage, api.pool, api.load_hours) == (0, "judge", "lab", 0.0)
    assert api.hours == pytest.approx(1.0)


def test_what_is_done_asks_for_no_job() -> None:
    left = loads_of(ROWS, MODELS, JUDGES, {("elicit", "gemma"): 3600, ("judge", "gpt"): 900})
    assert [(load.name, load.hours) for load in left] == [("gpt", pytest.approx(0.75))]


def test_a_judge_of_a_share_sends_that_share() -> None:
    sampled = {"gpt": replace(JUDGES["gpt"], share=0.1)}
    assert loads_of(ROWS[1:], MODELS, sampled)[0].hours == pytest.approx(0.1)


def test_models_that_answer_are_asked_together_and_every_judge_alone() -> None:
    other = replace(API, source="gpt-4o")
    rows = [replace(ROWS[0], stage=stage) for stage in ("elicit", "benchmark")]
    rows += [replace(ROWS[1], model=name) for name in ("gpt", "other")]
    judges = JUDGES | {"other": Judge(other)}
    loads = loads_of(rows, MODELS, judges)
    assert asked_together(loads, MODELS, judges) == [[LOCAL], [API], [other]]
    assert asked_together(loads[2:3], MODELS, judges) == [[], [API]]
