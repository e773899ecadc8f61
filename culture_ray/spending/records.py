"""Ledger records and their encoding: one line each, a checksum and a JSON array."""

from __future__ import annotations

import json
import zlib
from dataclasses import astuple, dataclass
from typing import Any

VERSION = 1


@dataclass(frozen=True)
class AccountOpened:
    """First record: owner and format version of the ledger."""

    owner: str
    version: int = VERSION


@dataclass(frozen=True)
class Reserved:
    """Reservation of an attempt that may be sent at `at`; charged at its maximum until resolved."""

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
    """Rate-limit pool that it counts against; empty for none."""
    tokens: float
    """Tokens charged to that pool."""
    at: float
    """Seconds since 1970."""


@dataclass(frozen=True)
class Settled:
    """Settlement of an attempt: the provider reported what it billed."""

    ticket: str
    nano: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    reasoning_tokens: int
    tier: str
    tokens: float
    """Tokens charged to the rate limit in the end."""
    at: float


@dataclass(frozen=True)
class Voided:
    """Cancellation of a reservation: the provider billed nothing."""

    ticket: str
    reason: str
    at: float


@dataclass(frozen=True)
class Unresolved:
    """Attempt whose cost will never be known: it stays charged at its maximum."""

    ticket: str
    reason: str
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


def encode(record: Record) -> bytes:
    """Return the line of a record."""
    text = json.dumps([_NAMES[type(record)], *astuple(record)], separators=(",", ":"))
    body = text.encode()
    return b"%08x %s\n" % (zlib.crc32(body), body)


def decode(text: bytes) -> Record | None:
    """Return the record of a line, None for an incomplete or damaged one."""
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
