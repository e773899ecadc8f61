"""One line of the table: a behaviour of a provider, and the outcome that is expected of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from culture_ray.spending.limits import Limits
from tests.providers.exchange import Script

Mode = Literal[
    "chat elicit", "responses elicit", "batch elicit", "chat judge", "responses judge",
    "batch judge",
]  # fmt: skip
"""Form of the API and stage of the requests; batches are of Chat Completions."""

CHAT: tuple[Mode, ...] = ("chat elicit",)
RESPONSES: tuple[Mode, ...] = ("responses elicit",)
ONLINE: tuple[Mode, ...] = ("chat elicit", "responses elicit")
BATCH: tuple[Mode, ...] = ("batch elicit",)
BATCHES: tuple[Mode, ...] = ("batch elicit", "batch judge")
CHAT_AND_BATCH: tuple[Mode, ...] = ("chat elicit", "batch elicit")
EVERYWHERE: tuple[Mode, ...] = ("chat elicit", "responses elicit", "batch elicit")
CHAT_JUDGE: tuple[Mode, ...] = ("chat judge", "batch judge")
JUDGE: tuple[Mode, ...] = ("chat judge", "responses judge", "batch judge")
ALL: tuple[Mode, ...] = EVERYWHERE + JUDGE

Charge = Literal["tokens", "maximum", "nothing", "any"]
"""Charge of the affected attempts: usage, the reservation, nothing, or not stated here."""

REQUESTS = 8
"""Requests of a run, if a behaviour does not need more."""

ALIKE = 5
"""Largest number of failed rows before a model stops that fails alike."""


@dataclass(frozen=True)
class Expect:
    """Expected outcome of a run of `REQUESTS` requests; the ones left over are unasked."""

    texts: tuple[int, int] | None = None
    """Smallest and largest number of rows with a text; None: all that are neither failed nor
    unasked."""
    failed: tuple[int, int] = (0, 0)
    reason: str = ""
    """Words in the reason of every failed row."""
    unasked: bool = False
    """True if the model stops and leaves requests unasked."""
    says: str = ""
    """Words in the sentence with which the model stops."""
    waits_s: float = 0.0
    """Smallest time that the run takes."""
    repeats: tuple[int, int] = (0, 10**6)
    """Smallest and largest number of requests to the server beyond one per row."""
    text: str | None = None
    """Words in the text of the first row."""
    thoughts: str | None = None
    """Words in the thoughts of every row; empty: no row has thoughts; None: not stated here."""
    reasoning_tokens: int | None = None
    """Tokens of thoughts in every row; None: not stated here."""
    finish: str = ""
    """Reason for which every failed row ended."""
    without: str = ""
    """Field that is absent from the body of the last request."""
    charge: Charge = "any"
    over_ok: bool = False
    """True if the provider bills more than was charged, which nobody can know."""


def answered(text: str | None = None, charge: Charge = "tokens") -> Expect:
    """Expect a text in every row, with one request each."""
    return Expect(text=text, repeats=(0, 0), charge=charge)


def thought(
    words: str, text: str | None = None, *, tokens: int | None = None, charge: Charge = "tokens"
) -> Expect:
    """Expect a text and thoughts in every row, with one request each."""
    return Expect(text=text, repeats=(0, 0), charge=charge, thoughts=words, reasoning_tokens=tokens)


def retried(charge: Charge = "any", *, at_most: int = 10**6, waits_s: float = 0.0) -> Expect:
    """Expect a text in every row, after requests were repeated."""
    return Expect(repeats=(1, at_most), charge=charge, waits_s=waits_s)


def fails(words: str, count: int = REQUESTS, charge: Charge = "any") -> Expect:
    """Expect failed rows with a reason, and texts in the others."""
    return Expect(failed=(count, count), reason=words, charge=charge)


def stops(
    words: str, *, texts: tuple[int, int] = (0, 0), failed: int = ALIKE, charge: Charge = "any"
) -> Expect:
    """Expect that the model stops with a sentence, few failed rows, and the others unasked."""
    return Expect(texts, (0, failed), unasked=True, says=words, charge=charge)


def left_out(name: str) -> Expect:
    """Expect a text in every row, once a parameter is left out."""
    return Expect(without=name, repeats=(1, REQUESTS), charge="nothing")


@dataclass(frozen=True)
class Behaviour:
    """Behaviour of a provider."""

    name: str
    source: str
    """Provider, and the public report or page that describes it."""
    script: Script
    expected: Expect
    modes: tuple[Mode, ...] = EVERYWHERE
    at: str = "ask"
    """Route of the server that follows the script."""
    api: Mapping[str, Any] = field(default_factory=dict)
    """Settings of the model's `api`."""
    model: Mapping[str, Any] = field(default_factory=dict)
    """Other settings of the model."""
    limits: Limits = field(default_factory=lambda: Limits(600.0, 1e9))
    requests: int = REQUESTS
    cap: float | None = None
    """Spending cap in dollars."""
    slow: bool = False
    """True if it takes more than about a third of a second."""
    key: str = "sk-conformance-0123456789abcdef"
