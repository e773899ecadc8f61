"""A plan says which models may think without a budget, and which judges answer without a schema."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from culture_ray.engines.model import Model
from culture_ray.plan.thinking_notices import thinking_notices
from culture_ray.settings.judging import Judge

PLAIN = Model("vllm", "f", "org/nowhere")


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
