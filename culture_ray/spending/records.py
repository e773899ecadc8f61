"""The lines of a ledger: each record is a JSON array behind a checksum, on a line of its own."""

from __future__ import annotations

import json
import zlib
from dataclasses import astuple, dataclass
from typing import Any

VERSION = 1


@dataclass(frozen=True)
class AccountOpened:
    """The first line: whose ledger this is."""

    owner: str
    version: int = VERSION


@dataclass(frozen=True)
class Reserved:
    """An attempt may be sent at `at`; until it is resolved it is charged at its maximum."""

    ticket: str
    run: str
    stage: str
    model: str
    tier: str
    input_tokens: int
    output_tokens: int
    nano: int
    """Nanodollars."""
    pool: str
    """Whose rate limit it counts against; empty for none."""
    tokens: float
    """What it counts there."""
    at: float
    """Seconds since 1970."""


@dataclass(frozen=True)
class Settled:
    """The provider reported what it billed."""

    ticket: str
    nano: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    reasoning_tokens: int
    tier: str
    tokens: float
    """What it counted against the rate limit in the end."""
    at: float


@dataclass(frozen=True)
class Voided:
    """The provider billed nothing."""

    ticket: str
    why: str
    at: float


@dataclass(frozen=True)
class Unresolved:
    """Nobody will know what it cost: it stays charged at its maximum."""

    ticket: str
    why: str
    at: float


Record = AccountOpened | Reserved | Settled | Voided | Unresolved

_KINDS: dict[str, type[Any]] = {
    "ledger": AccountOpened,
    "reserve": Reserved,
    "settle": Settled,
    "void": Voided,
    "keep": Unresolved,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def line(record: Record) -> bytes:
    """Return a record as a line."""
    text = json.dumps([_NAMES[type(record)], *astuple(record)], separators=(",", ":"))
    body = text.encode()
    return b"%08x %s\n" % (zlib.crc32(body), body)


def read(text: bytes) -> Record | None:
    """Return the record of a line, None for a line that is not whole."""
    if not text.endswith(b"\n") or text[8:9] != b" ":
        return None
    body = text[9:-1]
    try:
        if int(text[:8], 16) != zlib.crc32(body):
            return None
        name, *values = json.loads(body)
        record: Record = _KINDS[name](*values)
    except (ValueError, KeyError, TypeError):
        return None
    return record
