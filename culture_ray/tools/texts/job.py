"""Job of `translate` or `vary`, and its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from culture_ray.engines.interface import Sampling
from culture_ray.prompts.text_entries import Path
from culture_ray.tools.texts.drafts import Draft


@dataclass(frozen=True)
class TargetLanguage:
    """Code and English name of a language."""

    code: str
    name: str


@dataclass(frozen=True)
class TextJob:
    """Job of `translate` or `vary`: source texts, target language, models that write and check."""

    source: Mapping[Any, Any]
    """Content of the language file that texts are made from."""
    source_tongue: TargetLanguage
    existing: Mapping[Any, Any]
    """Content of the language file that texts go into; empty for a new one."""
    tongue: TargetLanguage
    maker: str
    checker: str
    sampling: Sampling
    neighbours: tuple[str, ...]
    """Codes that the language detector chooses from, besides source and target."""
    tries: int = 2
    only: tuple[str, ...] = ()
    again: bool = False
    """True to replace texts that a model wrote and that no person has changed or confirmed."""


@dataclass(frozen=True)
class TextResult:
    """Result of a job: the drafts, and the number of texts that were kept."""

    made: tuple[Draft, ...]
    names: Mapping[Path, str] = field(default_factory=dict)
    """Names of entries, copied from the source."""
    kept: int = 0
    """Number of existing texts that were kept."""

    @property
    def good(self) -> tuple[Draft, ...]:
        """Return the texts that go into the file."""
        return tuple(draft for draft in self.made if draft.text is not None)
