"""Small tokenizers with chat templates in the style of well-known families, made for the tests.

Their vocabulary is the 256 bytes and the family's special tokens. The templates are short ones of
the tests' own that keep the traits of the family: its marks, its BOS, and what it makes of a system
message.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Family:
    """Traits of the tokenizers of a family."""

    template: str | None
    special: tuple[str, ...]
    bos: str | None = None
    adds_bos: bool = False
    """True if the tokenizer writes a BOS before every text by itself."""
    system_role: bool = True


GEMMA = Family(
    "{{ bos_token }}{% for m in messages %}"
    "{% if m.role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "<start_of_turn>{{ 'model' if m.role == 'assistant' else 'user' }}\n"
    "{{ m.content | trim }}<end_of_turn>\n{% endfor %}"
    "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}",
    ("<start_of_turn>", "<end_of_turn>"),
    bos="<bos>",
    adds_bos=True,
    system_role=False,
)
LLAMA = Family(
    "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n"
    "{{ m.content | trim }}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}",
    ("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
    bos="<|begin_of_text|>",
    adds_bos=True,
)
QWEN = Family(
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n"
    "{% if enable_thinking is defined and not enable_thinking %}<think>\n\n</think>\n\n{% endif %}"
    "{% endif %}",
    ("<|im_start|>", "<|im_end|>"),
)
MISTRAL = Family(
    "{{ bos_token }}{% for m in messages %}"
    "{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Conversation roles must alternate user/assistant') }}{% endif %}"
    "{% if m.role == 'user' %}[INST] {{ m.content }} [/INST]"
    "{% else %}{{ m.content }}</s>{% endif %}{% endfor %}",
    ("[INST]", "[/INST]", "</s>"),
    bos="<s>",
    adds_bos=True,
    system_role=False,
)
OLMO = Family(
    "{{ bos_token }}{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}",
    (),
    bos="<|endoftext|>",
)
SMOLLM = Family(
    "{% if messages[0].role != 'system' %}<|im_start|>system\nBe helpful.<|im_end|>\n{% endif %}"
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}",
    ("<|im_end|>",),
    bos="<|im_start|>",
)
PHI = Family(
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}",
    ("<|end|>",),
    bos="<|endoftext|>",
)
DEEPSEEK = Family(
    "{{ bos_token }}{% for m in messages %}{% if m.role == 'system' %}{{ m.content }}"
    "{% elif m.role == 'user' %}<｜User｜>{{ m.content }}"
    "{% else %}<｜Assistant｜>{{ m.content }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<｜Assistant｜><think>\n{% endif %}",
    ("<｜User｜>", "<｜Assistant｜>"),
    bos="<｜begin▁of▁sentence｜>",
    adds_bos=True,
)

FAMILIES = {
    "gemma": GEMMA,
    "llama": LLAMA,
    "qwen": QWEN,
    "mistral": MISTRAL,
    "olmo": OLMO,
    "smollm": SMOLLM,
    "phi": PHI,
    "deepseek": DEEPSEEK,
}


def tokenizer_of(family: Family) -> Any:
    """Return a tokenizer of transformers with the traits of a family."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({letter: i for i, letter in enumerate(letters)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([*family.special, *([family.bos] if family.bos else [])])
    if family.bos and family.adds_bos:
        bos = (family.bos, tokenizer.token_to_id(family.bos))
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{family.bos} $A", pair=f"{family.bos} $A $B", special_tokens=[bos]
        )
    wrapped = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=family.bos)
    wrapped.chat_template = family.template
    return wrapped
