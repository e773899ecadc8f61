"""The logit lens ends at the model itself, and counts words by tokens that are theirs alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from culture_ray.engines.vllm.logit_lens import LogitLens, first_tokens

TOKENS = [3, 14, 15, 9, 26]
GROUPS = [[5, 8], [11], []]


class Letters:
    """A tokenizer whose tokens are letters; a blank joins the letter after it."""

    def encode(self, text: str, add_special_tokens: bool) -> list[int]:
        blank = text.startswith(" ")
        return [100 * (blank and not n) + ord(one) for n, one in enumerate(text.strip())]


def test_words_are_known_by_first_tokens_that_no_other_group_has() -> None:
    assert first_tokens(Letters(), [["hus", "hjem"], ["home", "dwelling"], ["apple"]]) == [
        [], [100, 200], [97, 197],
    ]  # fmt: skip


def _small(config_class: str, model_class: str) -> Any:
    import torch
    import transformers

    sizes = {
        "vocab_size": 64, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3,
        "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 16,
    }  # fmt: skip
    torch.manual_seed(5)
    return getattr(transformers, model_class)(getattr(transformers, config_class)(**sizes))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("config_class", "model_class"),
    [
        ("LlamaConfig", "LlamaForCausalLM"),
        ("Gemma2Config", "Gemma2ForCausalLM"),
        ("Gemma3TextConfig", "Gemma3ForCausalLM"),
        ("Olmo2Config", "Olmo2ForCausalLM"),
    ],
)
def test_the_last_layer_says_what_the_model_says_and_earlier_ones_something_else(
    config_class: str, model_class: str, tmp_path: Path
) -> None:
    import torch

    model = _small(config_class, model_class).eval()
    model.save_pretrained(tmp_path)
    found = LogitLens(str(tmp_path), None, "float32").read(TOKENS, GROUPS)
    with torch.inference_mode():
        logits = model(input_ids=torch.tensor([TOKENS])).logits[0, -1]
    shares = torch.softmax(logits.float(), dim=-1)
    assert len(found.layers) == 3
    last = found.layers[-1]
    assert last[0] == pytest.approx(float(shares[[5, 8]].sum()), rel=1e-4)
    assert last[1] == pytest.approx(float(shares[11]), rel=1e-4)
    assert [layer[2] for layer in found.layers] == [None] * 3
    assert found.token == int(logits.argmax())
    assert found.layers[0][0] != pytest.approx(last[0], rel=1e-3)
