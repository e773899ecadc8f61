"""Words for connections that fail, and the refusal of redirects that would turn POST into GET."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2

_ENDPOINTS = ("/chat/completions", "/responses", "/files", "/batches")


class RedirectedPost(httpx2.RequestError):
    """A server redirects a request with a body; the message says where to."""

    def __init__(self, status: int, address: str, target: str) -> None:
        base = next((target.removesuffix(e) for e in _ENDPOINTS if target.endswith(e)), None)
        change = f"set api.base_url to {base}" if base else "a login page, or a wrong api.base_url?"
        super().__init__(f"{address} redirects to {target}: {change}")
        self.status = status


async def refuse_redirected_post(response: httpx2.Response) -> None:
    """Raise RedirectedPost where following would turn POST into GET, or send the key elsewhere."""
    if response.has_redirect_location and response.request.method != "GET":
        target = response.request.url.join(_location(response))
        raise RedirectedPost(response.status_code, _shown(response.request.url), _shown(target))


def connection_words(error: BaseException, url: httpx2.URL) -> str:
    """Return the reason why a connection to `url` failed, and the remedy where that is known."""
    causes = list(_causes(error))
    for cause in causes:
        match cause:
            case ssl.SSLCertVerificationError():
                return (
                    f"the certificate of {url.host} does not verify ({cause.verify_message}): set "
                    f"SSL_CERT_FILE to the file of its certificate authority, or correct "
                    f"api.base_url"
                )
            case ssl.SSLError(reason="WRONG_VERSION_NUMBER" | "HTTP_REQUEST"):
                return f"{_shown(url)} does not speak TLS: is api.base_url http:// instead?"
            case socket.gaierror():
                return (
                    f"the name {url.host} does not resolve: no network here, or a wrong "
                    f"api.base_url"
                )
            case ConnectionRefusedError():
                return f"{url.host}:{_port(url)} refuses connections: is the server running?"
    cause = causes[1] if len(causes) > 1 else error
    return f"{type(cause).__name__} {cause}".strip()


def proxy_status(error: httpx2.ProxyError) -> int | None:
    """Return the status with which a proxy refuses to connect; None if it cannot just now."""
    status = str(error).split(" ")[0]
    return int(status) if status.isdigit() and 400 <= int(status) < 500 else None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and its causes, the outermost first."""
    cause: BaseException | None = error
    for _ in range(20):
        if cause is None:
            return
        yield cause
        cause = cause.__cause__ or cause.__context__


def _location(response: httpx2.Response) -> str:
    """Return the target of a redirect, the address itself if it is not one."""
    location = response.headers["location"]
    try:
        urlsplit(location)
        httpx2.URL(location)
    except (ValueError, httpx2.InvalidURL):
        return str(response.request.url)
    return location


def _shown(url: httpx2.URL) -> str:
    """Return an address without credentials, query and fragment."""
    return str(url.copy_with(username=None, password=None, query=None, fragment=None))


def _port(url: httpx2.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)
