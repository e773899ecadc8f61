"""Token counts of texts, by the model's own tokenizer if it is on this machine, else by a ratio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from culture_ray.engines.architecture import local_file
from culture_ray.engines.model import Model

OTHER = "other"
_CAREFUL = 3.0
"""Characters per token where nothing was measured."""


class TokenCounter:
    """Counts the tokens of texts for one model."""

    def __init__(self, model: Model, characters_per_token: Mapping[str, float]) -> None:
        self._ratios = characters_per_token
        self._tokenizer = _tokenizer(model)

    @property
    def exact(self) -> bool:
        """Return True if the model's own tokenizer does the counting."""
        return self._tokenizer is not None

    def count(self, texts: Sequence[str], language: str) -> float:
        """Return the tokens of all texts together."""
        if self._tokenizer is not None:
            found = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
            return float(sum(len(one.ids) for one in found))
        ratio = self._ratios.get(language) or self._ratios.get(OTHER) or _CAREFUL
        return sum(len(text) for text in texts) / ratio


def _tokenizer(model: Model) -> Any:
    """Return a tokenizer from the files on this machine, None without them or the library."""
    path = local_file(model, "tokenizer.json") if model.engine == "vllm" else None
    if path is None or not path.exists():
        return None
    try:
        from tokenizers import Tokenizer
    except ImportError:
        return None
    return Tokenizer.from_file(str(path))
