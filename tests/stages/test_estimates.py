"""A plan counts what a sweep would ask, and what stops a sweep stops its plan too."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.errors import MissingGroundTruth
from culture_ray.stages.asked import asked, elicit_units
from culture_ray.stages.elicit import Elicit
from culture_ray.stages.estimates import planned
from culture_ray.stages.generate import base_models
from culture_ray.sweep.estimate import CHARACTERS_PER_TOKEN
from tests.small import small_settings

TWO = ("model=[gemma_2_2b,gpt_4o]", "judge=[gemma_2_9b]")


def test_every_model_and_judge_has_a_line_with_its_requests(tmp_path: Path) -> None:
    plan = planned(small_settings(tmp_path, *TWO))
    lines = [(row.stage, row.model, row.estimate.requests) for row in plan.rows]
    assert lines == [
        ("elicit", "gemma_2_2b", 48),
        ("elicit", "gpt_4o", 48),
        ("judge", "gemma_2_9b", 96),
    ]
    assert plan.prompts_per_language == 24
    assert sum(plan.per_topic.values()) == 24
    assert not list(tmp_path.iterdir())


def test_prompt_tokens_are_those_of_the_prompts_that_would_be_sent(tmp_path: Path) -> None:
    settings = small_settings(tmp_path)
    sampling = {name: p.sampling for name, p in settings.protocols.items()}
    task = Elicit(settings.languages, sampling, base_models(settings))
    sent = [
        len(request.prompt)
        for unit in elicit_units(settings, asked(settings))
        for request in task.load(unit).requests
        if request is not None
    ]
    assert len(sent) == 48
    elicit = planned(settings).rows[0].estimate
    assert elicit.prompt_tokens == pytest.approx(sum(sent) / CHARACTERS_PER_TOKEN)
    assert elicit.output_tokens == 48 * 112


def test_judges_read_at_most_what_models_may_write(tmp_path: Path) -> None:
    few, many = (
        planned(
            small_settings(
                tmp_path, f"protocol.hypothetical_interviews.sampling.max_tokens={most}"
            )
        ).rows[1].estimate
        for most in (100, 300)
    )  # fmt: skip
    assert many.prompt_tokens - few.prompt_tokens == pytest.approx(48 * 200)


def test_notices_name_prompts_that_nobody_confirmed(tmp_path: Path) -> None:
    notices = " ".join(planned(small_settings(tmp_path, *TWO)).notices)
    assert "prompts not yet confirmed by a person: da, en" in notices


def test_a_plan_is_stopped_by_what_would_stop_the_sweep(tmp_path: Path) -> None:
    settings = small_settings(tmp_path, "populations.compare=['speakers:da']")
    with pytest.raises(MissingGroundTruth, match="speakers:en"):
        planned(settings)
