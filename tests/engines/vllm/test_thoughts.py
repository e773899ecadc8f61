"""Thoughts in outputs of local models, by vLLM's own parsers and by marks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from culture_ray.engines.thoughts.marks import ThoughtMarks
from culture_ray.engines.thoughts.split import SplitResponse
from culture_ray.engines.vllm.thoughts import ThoughtReader
from culture_ray.errors import UnknownName
from tests.engines.vllm.small_tokenizers import GEMMA, QWEN, tokenizer_of

pytestmark = pytest.mark.slow  # transformers, and vLLM's parsers, take seconds to import

THINKS = replace(QWEN, special=(*QWEN.special, "<think>", "</think>"))
PROMPT = "<|im_start|>assistant\n"


@pytest.mark.parametrize("parser", ["deepseek_r1", "qwen3"])
def test_a_parser_of_vllm_splits_as_vllm_does(parser: str) -> None:
    pytest.importorskip("vllm")
    reader = ThoughtReader(tokenizer_of(THINKS), parser=parser)
    assert reader.needs_special_tokens
    found = reader.read("<think>hm</think>\n\n1. Yes.<|im_end|>", PROMPT, cut=False)
    assert found == SplitResponse("hm", "1. Yes.")
    assert reader.read("<think>hm", PROMPT, cut=True) == SplitResponse("hm", None)
    # The beginning stands in the prompt.
    assert reader.read("hm</think>1. Yes.", PROMPT + "<think>\n", cut=False).text == "1. Yes."


def test_a_parser_that_is_told_that_thinking_is_off_returns_the_text() -> None:
    pytest.importorskip("vllm")
    off = ThoughtReader(
        tokenizer_of(THINKS), parser="qwen3", template_args={"enable_thinking": False}
    )
    prompt = PROMPT + "<think>\n\n</think>\n\n"
    assert off.read("1. Yes.", prompt, cut=False) == SplitResponse(None, "1. Yes.")


def test_a_parser_without_whole_outputs_leaves_them_to_the_channels() -> None:
    pytest.importorskip("vllm")
    marks = ("<|channel|>", "<|message|>", "<|end|>", "<|start|>", "<|return|>")
    tokenizer = tokenizer_of(replace(GEMMA, special=marks))
    raw = (
        "<|channel|>analysis<|message|>hm<|end|><|start|>assistant"
        "<|channel|>final<|message|>1. Yes."
    )
    for parser in ("openai_gptoss", None):
        reader = ThoughtReader(tokenizer, parser=parser)
        assert reader.needs_special_tokens
        found = reader.read(raw, "<|start|>assistant", cut=False)
        assert found == SplitResponse("hm", "1. Yes.")


def test_without_a_parser_marks_and_the_prompt_decide() -> None:
    plain = ThoughtReader(tokenizer_of(GEMMA), marks=(ThoughtMarks("((", "))"),))
    assert not plain.needs_special_tokens
    assert plain.read("((hm))1. Yes.", "prompt", cut=False) == SplitResponse("hm", "1. Yes.")
    assert plain.read("hm", "prompt((", cut=True) == SplitResponse("hm", None)
    assert plain.read("1. Yes.", "prompt", cut=True) == SplitResponse(None, "1. Yes.")
    assert plain.tokens_of("hm") == 2
    assert plain.tokens_of(None) == 0


def test_an_unknown_parser_names_the_nearest() -> None:
    pytest.importorskip("vllm")
    with pytest.raises(UnknownName, match="did you mean 'qwen3'"):
        ThoughtReader(tokenizer_of(GEMMA), parser="qwen33")
