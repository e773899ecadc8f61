"""Card of a model: what its maker or provider states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class ModelCard:
    """Statements of a model's maker or provider; null for what its page does not say.

    `culture-ray models` shows it, and plans say when a model ends; sweeps do not use it.
    """

    page: str | None = None
    """Address of the page."""
    languages: tuple[str, ...] | None = None
    """Codes of the languages that the page names."""
    structured_output: bool | None = None
    """True if responses can be constrained to a JSON schema; vLLM can with every model."""
    seeds: bool | None = None
    batches: bool | None = None
    """True for a Batch API like OpenAI's, as `engine: openai_batch` uses it."""
    gated: bool | None = None
    """True if the hub asks for a login and for the licence to be accepted before a download."""
    shut_down: date | None = None
    """Day from which the provider does not answer for the model any more; null if none is known."""
