"""Settings of chats and thoughts that cannot be used are refused before anything is loaded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from culture_ray.config.build import build
from culture_ray.config.model_checks import check_models
from culture_ray.engines.model import Model
from culture_ray.engines.thoughts.marks import ThoughtMarks
from culture_ray.engines.vllm.parser_names import parser_names
from culture_ray.errors import UnknownName, WrongValue

LOCAL = Model("vllm", "qwen", "Qwen/Qwen3-8B")
REMOTE = Model("openai", "qwen", "Qwen/Qwen3-8B")
BASE = replace(LOCAL, chat=False)
ARGS = {"enable_thinking": False}


def refused(model: Model) -> str:
    with pytest.raises((WrongValue, UnknownName)) as problem:
        check_models({"model.mine": model})
    return str(problem.value)


@pytest.mark.parametrize(
    ("model", "key", "words"),
    [
        (replace(REMOTE, chat_template="a.jinja"), "chat_template", "server"),
        (replace(REMOTE, reasoning_parser="qwen3"), "reasoning_parser", "server"),
        (replace(BASE, chat_template="a.jinja"), "chat_template", "chat: false"),
        (replace(BASE, chat_template_args=ARGS), "chat_template_args", "chat: false"),
        (replace(LOCAL, thought_marks=(ThoughtMarks("", "x"),)), "thought_marks.0", "two"),
        (replace(LOCAL, thought_marks=(ThoughtMarks("x", "x"),)), "thought_marks.0", "two"),
        (replace(LOCAL, chat_template="none.jinja"), "chat_template", "cannot be read"),
    ],
)
def test_a_setting_without_a_use_is_refused(model: Model, key: str, words: str) -> None:
    said = refused(model)
    assert said.startswith(f"model.mine.{key}=")
    assert words in said


def test_template_arguments_are_stated_in_one_place() -> None:
    api = replace(REMOTE.api, body={"chat_template_kwargs": ARGS})
    assert "one place" in refused(replace(REMOTE, api=api, chat_template_args=ARGS))
    check_models({"m": replace(REMOTE, api=api), "n": replace(REMOTE, chat_template_args=ARGS)})


def test_a_parser_that_vllm_does_not_have_names_the_nearest() -> None:
    if not parser_names():
        pytest.skip("vLLM is not installed")
    assert "did you mean 'qwen3'" in refused(replace(LOCAL, reasoning_parser="qwen3x"))
    check_models({"m": replace(LOCAL, reasoning_parser="qwen3")})
    assert {"deepseek_r1", "openai_gptoss", "mistral", "granite"} <= set(parser_names())


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{% for m in messages %}{{ m.content }}", "line 1 is not"),
        ("{{ raise_exception('only tools') }}", "it says: only tools"),
        ("{{ messages[5].content.nothing }}", "it says: "),
        ("Hello.", "leaves its content out"),
    ],
)
def test_a_template_that_does_not_render_is_refused(
    template: str, words: str, tmp_path: Path
) -> None:
    file = tmp_path / "template.jinja"
    file.write_text(template, encoding="utf-8")
    assert words in refused(replace(LOCAL, chat_template=str(file)))


def test_a_template_in_the_language_of_transformers_is_accepted(tmp_path: Path) -> None:
    file = tmp_path / "template.jinja"
    file.write_text(
        "{{ bos_token }}{% for m in messages %}{% if m.role == 'tool' %}{% continue %}{% endif %}"
        "{% generation %}{{ m.content | trim }}{% endgeneration %}{% endfor %}"
        "{{ strftime_now('%Y') }}{% if not enable_thinking %}no thoughts{% endif %}",
        encoding="utf-8",
    )
    check_models({"m": replace(LOCAL, chat_template=str(file), chat_template_args=ARGS)})


def test_a_model_in_a_folder_without_a_template_is_not_asked_to_chat(tmp_path: Path) -> None:
    (tmp_path / "tokenizer_config.json").write_text('{"bos_token": "<s>"}')
    model = replace(LOCAL, source=str(tmp_path))
    assert "model.mine.chat=True" in refused(model)
    check_models({"m": replace(model, chat=False)})
    (tmp_path / "chat_template.jinja").write_text("{{ messages[0].content }}")
    check_models({"m": model})


def test_the_settings_are_read_from_yaml() -> None:
    content: dict[str, Any] = {
        "engine": "vllm",
        "family": "f",
        "source": "s",
        "thinking_tokens": 100,
        "reasoning_parser": "qwen3",
        "thought_marks": [{"start": "<a>", "end": "</a>"}],
        "chat_template_args": ARGS,
    }
    model = build(Model, content, "model.mine")
    assert model.thinks
    assert model.thought_marks == (ThoughtMarks("<a>", "</a>"),)
    assert model.decisive["thinking_tokens"] == 100
    assert set(LOCAL.decisive) == {"engine", "source", "revision", "chat", "dtype"}
    with pytest.raises(WrongValue, match=r"thinking_tokens"):
        build(Model, {**content, "thinking_tokens": -1}, "model.mine")
