"""Folders that vLLM loads with `load_format=dummy`: a config.json and a tokenizer, no weights."""

from __future__ import annotations

import json
from pathlib import Path

GEMMA_2 = {
    "gemma_2_2b": {
        "hidden_size": 2304, "intermediate_size": 9216, "num_hidden_layers": 26,
        "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256,
        "query_pre_attn_scalar": 256,
    },
    "gemma_2_9b": {
        "hidden_size": 3584, "intermediate_size": 14336, "num_hidden_layers": 42,
        "num_attention_heads": 16, "num_key_value_heads": 8, "head_dim": 256,
        "query_pre_attn_scalar": 256,
    },
    "gemma_2_27b": {
        "hidden_size": 4608, "intermediate_size": 36864, "num_hidden_layers": 46,
        "num_attention_heads": 32, "num_key_value_heads": 16, "head_dim": 128,
        "query_pre_attn_scalar": 144,
    },
}  # fmt: skip
"""Dimensions in which the sizes differ, as in the models' own config files."""

_ALIKE = {
    "architectures": ["Gemma2ForCausalLM"], "model_type": "gemma2", "dtype": "bfloat16",
    "vocab_size": 256000, "sliding_window": 4096, "max_position_embeddings": 8192,
    "attn_logit_softcapping": 50.0, "final_logit_softcapping": 30.0,
    "hidden_activation": "gelu_pytorch_tanh", "attention_bias": False, "rms_norm_eps": 1e-6,
    "rope_theta": 10000.0, "pad_token_id": 0, "eos_token_id": 1, "bos_token_id": 2,
}  # fmt: skip


def make_folder(folder: Path, shape: dict[str, int], vocabulary: int = 256000) -> Path:
    """Write the model's folder and return it; every word of a prompt is one token."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    config = _ALIKE | shape | {"vocab_size": vocabulary}
    (folder / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
    special = ["<pad>", "<eos>", "<bos>", "<unk>"]
    words = special + [f"w{index}" for index in range(len(special), vocabulary)]
    tokenizer = Tokenizer(
        models.WordLevel({word: index for index, word in enumerate(words)}, unk_token="<unk>")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<eos>", bos_token="<bos>",
        unk_token="<unk>",
    ).save_pretrained(folder)  # fmt: skip
    return folder


def write_weights(folder: Path) -> list[Path]:
    """Write random weights into a model's folder, as files that vLLM loads; return the files."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.from_pretrained(folder)
    model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    model.save_pretrained(folder, safe_serialization=True)
    return sorted(folder.glob("*.safetensors"))
