"""A plan says which models may think without a budget, and which have been shut down."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from culture_ray.engines.interface import Sampling
from culture_ray.engines.model import Model
from culture_ray.engines.model_card import ModelCard
from culture_ray.plan.model_notices import (
    quantised_notices,
    seed_notices,
    shut_down_notices,
    thinking_notices,
)
from culture_ray.settings.judging import Judge

PLAIN = Model("vllm", "f", "org/nowhere")
ENDS = date(2027, 1, 14)
API = Model(
    "openai", "f", "some-model", card=ModelCard(page="https://example.org/m", shut_down=ENDS)
)  # fmt: skip


def test_a_template_with_marks_of_thoughts_needs_a_budget_or_an_argument(tmp_path: Path) -> None:
    template = json.dumps({"chat_template": "{{ messages[0].content }}<think>\n"})
    (tmp_path / "tokenizer_config.json").write_text(template, encoding="utf-8")
    model = replace(PLAIN, source=str(tmp_path))
    (notice,) = thinking_notices({"qwen": model, "other": PLAIN}, {})
    assert "qwen; set thinking_tokens" in notice
    for settled in (
        replace(model, thinking_tokens=1000),
        replace(model, chat_template_args={"enable_thinking": False}),
        replace(model, chat=False),
    ):
        assert thinking_notices({"qwen": settled}, {}) == []


def test_a_judge_that_thinks_without_a_parser_has_no_schema() -> None:
    thinking = replace(PLAIN, thinking_tokens=1000)
    (notice,) = thinking_notices({}, {"mine": Judge(thinking), "other": Judge(PLAIN)})
    assert notice.endswith("judge mine")
    parsed = replace(thinking, reasoning_parser="qwen3")
    for judge in (Judge(parsed), Judge(thinking, answers="words")):
        assert thinking_notices({}, {"mine": judge}) == []


def notices(model: Model, today: date) -> list[str]:
    return list(shut_down_notices({"mine": model}, {}, today))


@pytest.mark.parametrize(
    ("today", "said"),
    [
        (date(2026, 11, 14), None),
        (date(2026, 11, 15), "will be shut down on 2027-01-14"),
        (date(2027, 1, 13), "will be shut down on 2027-01-14"),
        (ENDS, "was shut down on 2027-01-14"),
        (date(2030, 1, 1), "was shut down on 2027-01-14"),
    ],
)
def test_a_model_is_named_from_sixty_days_before_its_end(today: date, said: str | None) -> None:
    found = notices(API, today)
    assert len(found) == (said is not None)
    for notice in found:
        assert said is not None
        assert notice.startswith(f"model.mine: some-model {said} (see https://example.org/m)")


def test_a_model_that_has_ended_can_be_set_to_another_server() -> None:
    (notice,) = notices(API, ENDS)
    assert "set model.mine.card.shut_down=null" in notice
    assert notices(replace(API, card=ModelCard()), ENDS) == []


def test_weights_on_this_machine_do_not_end() -> None:
    assert notices(replace(API, engine="vllm"), ENDS) == []


def test_a_judge_is_named_by_its_own_setting() -> None:
    (notice,) = shut_down_notices({}, {"mine": Judge(API)}, ENDS)
    assert notice.startswith("judge.mine.model: ")
    assert "judge.mine.model.card.shut_down=null" in notice


def test_the_price_of_seeds_is_said_where_models_sample_on_gpus() -> None:
    free = replace(PLAIN, request_seeds=False)
    on_cpu = replace(PLAIN, gpus_per_replica=0)
    nucleus = [Sampling(temperature=0.7, top_p=0.95)]
    models = {"small": PLAIN, "free": free, "cpu": on_cpu, "api": API}
    seeded, unseeded = seed_notices(models, nucleus)
    assert "without FlashInfer: small; model.NAME.request_seeds=false is faster" in seeded
    assert unseeded.endswith("exactly: free")
    assert list(seed_notices({"cpu": on_cpu, "api": API}, nucleus)) == []
    for sampling in (Sampling(temperature=0.7, top_p=1.0), Sampling(temperature=0.0, top_p=0.9)):
        assert list(seed_notices(models, [sampling])) == []


def test_a_judge_in_fp8_is_to_be_checked() -> None:
    fp8 = replace(PLAIN, engine_args={"quantization": "fp8"})
    (of_model, of_judge) = quantised_notices({"m": fp8}, {"j": Judge(fp8), "other": Judge(PLAIN)})
    assert of_model.endswith("published weights: m")
    assert of_judge.startswith("judge j is quantised to fp8")
    assert "culture-ray judge-check" in of_judge
