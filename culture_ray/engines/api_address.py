"""Address of an API: the part that paths are added to, its query, and what may be shown; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlsplit

_ENDPOINTS = ("/chat/completions", "/completions", "/responses", "/files", "/batches")

_SECRET = re.compile(r"(?:^|[_-])(?:key|apikey|token|secret|password|sig|signature)$", re.I)
"""Names of parameters whose values are secrets."""


@dataclass(frozen=True)
class ApiAddress:
    """Parts of a `base_url`, such as https://NAME.openai.azure.com/openai/v1?api-version=preview."""

    url: str
    """Without query and fragment; paths such as /chat/completions are added to it."""
    query: Mapping[str, str]
    """Parameters that every call carries."""
    shown: str
    """Without credentials and query, for files and messages."""


def address_of(base_url: str) -> ApiAddress:
    """Return the parts of an address; one that `address_problem` refuses is taken as it is."""
    try:
        parts = urlsplit(base_url.strip())
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
    except ValueError:
        return ApiAddress(base_url, {}, base_url)
    url = parts._replace(query="", fragment="").geturl()
    host = parts.netloc.rpartition("@")[2]
    return ApiAddress(url, query, parts._replace(netloc=host, query="", fragment="").geturl())


def address_problem(base_url: str) -> str | None:
    """Return the problem of an address and the line to write instead, None if it can be used.

    The words contain no credentials.
    """
    try:
        parts = urlsplit(base_url.strip())
        parts.port  # noqa: B018 - raises ValueError for a port that is not a number
    except ValueError:
        return "is not an address: expected one such as https://gpu-box.example:8000/v1"
    shown = address_of(base_url).shown
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return (
            f"is {shown!r}: expected http:// or https:// and a host, such as https://{_host(parts)}"
        )
    if "@" in parts.netloc:
        return (
            f"holds a user name or password: write base_url: {shown}, and headers: "
            f"{{Authorization: Basic $VARIABLE}} with their base64 form in that environment "
            f"variable"
        )
    names = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
    if len(set(names)) < len(names):
        return f"has a parameter twice: write each once after {shown}?"
    secret = next((name for name in names if _SECRET.search(name)), None)
    if secret is not None:
        return (
            f"holds a secret in its parameter {secret}: write it as a header, such as headers: "
            f"{{api-key: $VARIABLE}}, or name its environment variable in key_variable"
        )
    if parts.fragment:
        return f"ends in a fragment, which no server sees: write base_url: {shown}"
    endpoint = next((e for e in _ENDPOINTS if parts.path.rstrip("/").endswith(e)), None)
    if endpoint is not None:
        base = shown.rstrip("/").removesuffix(endpoint)
        query = f"?{parts.query}" if parts.query else ""
        return f"ends in {endpoint}, which is added to it: write base_url: {base}{query}"
    return None


def _host(parts: SplitResult) -> str:
    """Return the probable host and path of an address without a scheme."""
    rest = parts.geturl().rpartition("@")[2].rpartition("://")[2].lstrip("/")
    return rest.partition("?")[0] or "gpu-box.example:8000/v1"
