"""Known secrets of this process, and their removal from text in every form a server echoes."""

from __future__ import annotations

import re
from functools import lru_cache

from culture_ray.redaction.encoded import base64_form, encoded_form, inner_base64
from culture_ray.redaction.patterns import without_credentials, without_key_like

REMOVED = "[key]"
"""Replacement of a secret."""

SHORTEST = 8
"""Fewest characters of a secret that is removed: shorter keys are placeholders for servers without
keys, such as EMPTY, and could not be told from words."""

_FEWEST_SHOWN = 3
"""Characters that a masked key shows at least at its start or end, as in sk-a***xyz."""

_MASK = r"(?:[*•…·]+|\.{3,}|[xX]{4,}|\[?(?:redacted|hidden|truncated)\]?)"


class Secrets:
    """Set of secrets that are removed from text."""

    def __init__(self) -> None:
        self._secrets: tuple[str, ...] = ()

    def add(self, secret: str) -> None:
        """Add a secret; one that is too short to be one is ignored."""
        if len(secret) >= SHORTEST and secret not in self._secrets:
            # A secret that contains another is removed first.
            self._secrets = tuple(sorted((*self._secrets, secret), key=len, reverse=True))

    def scrub(self, text: str, *, masked: bool = False) -> str:
        """Return the text without the secrets, whether raw, escaped, encoded or cut short.

        With `masked`, what a server shows of a masked key goes too, as in sk-abc***xyz.
        """
        for secret in self._secrets:
            text = _scrubbed(text, secret, masked)
        return text


KNOWN = Secrets()
"""Secrets of this process: every key that it has read from its environment."""


def scrub(text: str) -> str:
    """Return a text, such as a model's response, without the secrets of this process."""
    return KNOWN.scrub(text)


def scrub_bytes(content: bytes) -> bytes:
    """Return a downloaded file without the secrets of this process."""
    scrubbed = KNOWN.scrub(content.decode("utf-8", "surrogateescape"))
    return scrubbed.encode("utf-8", "surrogateescape")


def scrub_message(text: str) -> str:
    """Return a message without known secrets, credentials in addresses, and what looks like a key.

    For a provider's words about a request; a model's response may discuss keys and is not changed
    beyond `scrub`. Half of a character, which no file can hold, is replaced by its escape.
    """
    text = text.encode("utf-8", "backslashreplace").decode()
    return without_key_like(without_credentials(KNOWN.scrub(text, masked=True)))


def _scrubbed(text: str, secret: str, masked: bool) -> str:
    text = text.replace(secret, REMOVED)
    if any(mark in text for mark in "\\%&+="):  # nothing is encoded without one of these
        text = _encoded(secret).sub(REMOVED, text)
    if any(inner in text for inner in _inner_base64(secret)):
        text = _base64(secret).sub(REMOVED, text)
    half = _half(secret)
    if secret[:half] in text or secret[-half:] in text:
        text = _parts(secret, half).sub(REMOVED, text)
    if masked and (secret[:_FEWEST_SHOWN] in text or secret[-_FEWEST_SHOWN:] in text):
        text = _masked(secret).sub(REMOVED, text)
    return text


def _half(secret: str) -> int:
    """Return the number of characters from which a start or end of the secret gives it away."""
    return max(SHORTEST, -(-len(secret) // 2))


@lru_cache(maxsize=64)
def _encoded(secret: str) -> re.Pattern[str]:
    return re.compile(encoded_form(secret))


@lru_cache(maxsize=64)
def _inner_base64(secret: str) -> tuple[str, ...]:
    return inner_base64(secret)


@lru_cache(maxsize=64)
def _base64(secret: str) -> re.Pattern[str]:
    return re.compile(base64_form(secret))


@lru_cache(maxsize=64)
def _parts(secret: str, fewest: int) -> re.Pattern[str]:
    """Return a pattern for a start or an end of the secret, as in a message that was cut off."""
    return re.compile(f"{_starts(secret, fewest)}|{_ends(secret, fewest)}")


@lru_cache(maxsize=64)
def _masked(secret: str) -> re.Pattern[str]:
    """Return a pattern for the secret around a mask: its start, its end, or both."""
    start, end = _starts(secret, _FEWEST_SHOWN), _ends(secret, _FEWEST_SHOWN)
    return re.compile(f"{start}{_MASK}{end}?|{_MASK}{end}")


def _starts(secret: str, fewest: int) -> str:
    lengths = range(len(secret), fewest - 1, -1)
    return f"(?:{'|'.join(re.escape(secret[:n]) for n in lengths)})"


def _ends(secret: str, fewest: int) -> str:
    lengths = range(len(secret), fewest - 1, -1)
    return f"(?:{'|'.join(re.escape(secret[-n:]) for n in lengths)})"
