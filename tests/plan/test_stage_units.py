"""The number of shards is known before a run is made, and told where it is large."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.plan.requests import request_plan
from culture_ray.plan.stage_units import (
    asked_shards,
    elicit_units,
    requests_per_unit,
    shard_count,
)
from culture_ray.stages.context import RunContext
from tests.small import small_settings


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("design.prompts_per_language=13",),
        ("model=[gemma_2_2b,gemma_2_9b]", "judge=[gemma_2_27b,gemma_3_270m]"),
        ("protocol=[hypothetical_interviews_short,direct_item]",),
        ("protocol=[battery,sequence]", "judge=[]", "cluster.unit_size=5"),
        ("stages=[elicit,report]",),
        ("cluster.most_units=3",),
        ("stages=[judge]",),
        ("stages=[report]",),
    ],
)
def test_as_many_shards_are_planned_as_the_stages_make(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    settings = small_settings(tmp_path, *words)
    plan = request_plan(settings)
    units = list(elicit_units(settings, plan))
    shards = list(asked_shards(settings.run, settings.stages, settings.judges, units))
    assert shard_count(settings, plan) == len(shards) == len(set(shards))


def test_a_plan_names_many_files_and_how_to_have_fewer(tmp_path: Path) -> None:
    words = ("design.prompts_per_language=6000", "cluster.unit_size=1")
    many = [
        note
        for size in (words, (*words[:1], "cluster.unit_size=8"))
        for note in RunContext(small_settings(tmp_path, *size)).plan.notices
        if "files in" in note
    ]
    assert len(many) == 1
    assert many[0].startswith("24,000 files in ")
    assert "cluster.unit_size" in many[0]


@pytest.mark.parametrize(("most", "size"), [("null", 8), ("100000", 8), ("100", 240), ("1", 1024)])
def test_units_grow_with_the_requests_of_all_models_up_to_the_largest(
    tmp_path: Path, most: str, size: int
) -> None:
    words = ("model=[gemma_2_2b,gemma_2_9b]", "design.prompts_per_language=6000")
    settings = small_settings(tmp_path, *words, f"cluster.most_units={most}")
    assert requests_per_unit(request_plan(settings), 2, settings.cluster) == size
