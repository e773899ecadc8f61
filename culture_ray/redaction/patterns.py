"""Patterns of keys and of credentials in addresses, whoever they belong to; pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

_PREFIXES = (
    r"sk[-_][\w*.-]{8,}", r"key-[\w*-]{8,}", r"gsk_\w{16,}", r"xai-[\w-]{16,}", r"pplx-\w{16,}",
    r"AIza[\w-]{20,}", r"hf_[A-Za-z0-9]{16,}", r"nvapi-[\w-]{16,}", r"csk-\w{16,}", r"fw_\w{16,}",
    r"tgp_v1_[\w-]{16,}", r"r8_\w{16,}", r"ya29\.[\w.-]{16,}", r"eyJ[\w-]{10,}\.[\w.-]{10,}",
    r"AKIA[A-Z0-9]{12,}", r"ghp_\w{16,}",
)  # fmt: skip
"""Keys by the prefixes that providers give them; the last digits may be masked."""

_KEY_LIKE = re.compile(rf"(?<![\w-])(?:{'|'.join(_PREFIXES)})")
_BEARER = re.compile(r"(?i)\b(bearer|basic)(\s+)(?!\[key\])[\w.~+/*-]{8,}=*")
_CREDENTIALS = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/?#@\"'<>]+@")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RANDOM_LENGTH = 20
"""Length from which a name with digits and small letters is a key rather than a variable."""

_SECRET_PARAMETERS = re.compile(r"(?i)(?:^|[_-])(?:key|token|secret|password|sig|signature)$")


def without_key_like(text: str) -> str:
    """Return a text with everything replaced that has the form of a provider's key."""
    return _BEARER.sub(r"\1\2[key]", _KEY_LIKE.sub("[key]", text))


def without_credentials(text: str) -> str:
    """Return a text with user names and passwords in its addresses replaced."""
    return _CREDENTIALS.sub(r"\1[credentials]@", text)


def looks_like_key(value: str) -> bool:
    """Return True if a value has the form of a provider's key."""
    text = value.strip()
    return bool(_KEY_LIKE.search(text) or _BEARER.search(text))


def is_variable_name(value: str) -> bool:
    """Return True if a value can be the name of an environment variable, and not a key itself."""
    if not _VARIABLE.fullmatch(value) or looks_like_key(value):
        return False
    random = len(value) >= _RANDOM_LENGTH and re.search(r"\d", value) and re.search("[a-z]", value)
    return not (random and not re.search(r"[a-z]{3,}_|_[a-z]{3,}|[A-Z]{3,}_|_[A-Z]{3,}", value))


def credentials_in(address: str) -> str | None:
    """Return a description of the secret in an address, without showing it; None without one."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "credentials" if _CREDENTIALS.search(address) else None
    if "@" in parts.netloc:
        return "a user name or password"
    for name, value in parse_qsl(parts.query):
        if value and _SECRET_PARAMETERS.search(name):
            return f"the parameter {name}"
    return "a key" if looks_like_key(address) else None
