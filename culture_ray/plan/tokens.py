"""Token counts of texts, from the model's tokenizer if it is on this machine, else from a ratio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from culture_ray.engines.architecture import local_file
from culture_ray.engines.model import Model
from culture_ray.survey.language_tags import nearest_code

OTHER = "other"
_DEFAULT_RATIO = 3.0
"""Characters per token where no ratio was measured; chosen to overestimate tokens."""


class TokenCounter:
    """Token counter of one model."""

    def __init__(self, model: Model, characters_per_token: Mapping[str, float]) -> None:
        self._ratios = characters_per_token
        self._tokenizer = _tokenizer(model)

    @property
    def exact(self) -> bool:
        """Return True if the model's own tokenizer does the counting."""
        return self._tokenizer is not None

    def count(self, texts: Sequence[str], language: str) -> float:
        """Return the total number of tokens of the texts."""
        return sum(self.lengths(texts, language))

    def lengths(self, texts: Sequence[str], language: str) -> list[float]:
        """Return the number of tokens of each text."""
        if self._tokenizer is not None:
            encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
            return [float(len(encoding.ids)) for encoding in encodings]
        code = nearest_code(language, self._ratios) or OTHER
        ratio = self._ratios.get(code) or _DEFAULT_RATIO
        return [len(text) / ratio for text in texts]


def _tokenizer(model: Model) -> Any:
    """Return the model's tokenizer; None if its files or the library are not on this machine."""
    path = local_file(model, "tokenizer.json") if model.engine == "vllm" else None
    if path is None or not path.exists():
        return None
    return _read_tokenizer(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read_tokenizer(path: Path, changed_ns: int) -> Any:
    """Return the tokenizer of a file, read once while the file stays as it is.

    A large one takes a second, and a model that judges itself has the same one twice.
    """
    try:
        from tokenizers import Tokenizer
    except ImportError:
        return None
    return Tokenizer.from_file(str(path))
