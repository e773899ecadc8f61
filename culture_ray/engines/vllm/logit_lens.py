"""Logit lens: what a model on a CPU would say next if it ended after each of its layers.

The state of the last token after a layer is passed through the model's final norm and output
matrix, as if the later layers did nothing (nostalgebraist 2020; Wendler et al. 2024, arXiv
2402.10588). vLLM returns no states, so the model is loaded a second time, by transformers.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from culture_ray.errors import EngineFailed

_NORMS = ("norm", "final_layernorm", "final_layer_norm", "ln_f")
"""Names of the final norm in a decoder of transformers."""


@dataclass(frozen=True)
class LayerReading:
    """Reading of one prompt."""

    layers: tuple[tuple[float | None, ...], ...]
    """Probability of each group of words after each layer, the first layer first."""
    token: int
    """The most probable next token of the whole model."""


class LogitLens:
    """Reader of the layers of one model; it loads the model when it is first asked."""

    def __init__(self, folder: str, revision: str | None, dtype: str) -> None:
        self._folder, self._revision, self._dtype = folder, revision, dtype
        self._lock = threading.Lock()
        self._model: Any = None

    def read(self, tokens: Sequence[int], groups: Sequence[Sequence[int]]) -> LayerReading:
        """Return the probability of the tokens of each group as the next one, layer by layer.

        A group without tokens has None. Raises EngineFailed for a model whose final norm is not
        known.
        """
        import torch

        with self._lock, torch.inference_mode():  # one at a time: the cores are shared
            model = self._loaded()
            found = model(
                input_ids=torch.tensor([list(tokens)]), output_hidden_states=True, use_cache=False
            )
            *states, last = (state[0, -1] for state in found.hidden_states[1:])
            norm, head = _final_norm(model), model.get_output_embeddings()
            rows = [head(norm(state)) for state in states] + [head(last)]
            logits = _capped(torch.stack(rows).float(), model.config)
            shares = torch.softmax(logits, dim=-1)
            layers = tuple(
                tuple(float(row[list(own)].sum()) if own else None for own in groups)
                for row in shares
            )
            return LayerReading(layers, int(found.logits[0, -1].argmax()))

    def _loaded(self) -> Any:
        if self._model is None:
            from transformers import AutoModelForCausalLM

            self._model = AutoModelForCausalLM.from_pretrained(
                self._folder, revision=self._revision, dtype=self._dtype
            ).eval()
        return self._model


def first_tokens(tokenizer: Any, groups: Sequence[Sequence[str]]) -> list[list[int]]:
    """Return the first tokens of the words of each group, with and without a blank before them.

    A token that begins words of two groups tells nothing of either, and is left out of both.
    """
    of_group = [
        {
            tokenizer.encode(spelling, add_special_tokens=False)[0]
            for word in words
            for spelling in (word, f" {word}")
        }
        for words in groups
    ]
    return [
        sorted(own.difference(*(other for other in of_group if other is not own)))
        for own in of_group
    ]


def _final_norm(model: Any) -> Any:
    decoder = model.get_decoder()
    for name in _NORMS:
        if hasattr(decoder, name):
            return getattr(decoder, name)
    raise EngineFailed(f"the layers of {type(model).__name__} cannot be read: it has no final norm")


def _capped(logits: Any, config: Any) -> Any:
    """Return logits as the model caps them, such as Gemma 2."""
    import torch

    cap = getattr(config.get_text_config(), "final_logit_softcapping", None)
    return torch.tanh(logits / cap) * cap if cap else logits
