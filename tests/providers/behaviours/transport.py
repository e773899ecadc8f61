"""Transport: how bytes travel, are compressed, and end; proxies and redirects on the way."""

from __future__ import annotations

import gzip
from dataclasses import replace

from tests.providers.behaviour import (
    CHAT,
    CHAT_AND_BATCH,
    EVERYWHERE,
    ONLINE,
    Behaviour,
    answered,
    fails,
    retried,
    stops,
)
from tests.providers.exchange import Ask, Reply
from tests.providers.vocabulary import (
    cut,
    error,
    every,
    first,
    framed,
    html,
    of_request,
    padded,
    raw,
    status,
    zipped,
)

_FIRST = "1. Citizen 1"
_GATEWAY = "nginx: nginx.org/en/docs/http/ngx_http_proxy_module.html"
_UTF16 = "utf-16: RFC 8259, 8.1"


def _as_it_is(content: bytes) -> bytes:
    return content


def _half(content: bytes) -> bytes:
    compressed = gzip.compress(content)
    return compressed[: len(compressed) // 2]


def _in_utf16(ask: Ask) -> Reply:
    reply = padded(b"")(ask)
    return replace(reply, body=reply.body.decode().encode("utf-16"))


TRANSPORT = (
    Behaviour("compressed answers", "Cloudflare: developers.cloudflare.com/speed/optimization/content/compression", zipped(gzip.compress), answered(_FIRST), ONLINE),
    Behaviour("plain answers that are called compressed, once", "Portkey: github.com/Portkey-AI/gateway/issues/398", first(1, zipped(_as_it_is)), retried("maximum"), ONLINE),
    Behaviour("plain answers that are called compressed, always", "dify: github.com/langgenius/dify/issues/9275", zipped(_as_it_is), stops("cannot be decompressed"), ONLINE),
    Behaviour("a compressed answer that ends early, once", "a proxy: github.com/psf/requests/issues/3849", first(1, zipped(_half)), retried("maximum"), ONLINE),
    Behaviour("answers in chunks", "vLLM: docs.vllm.ai/en/latest/serving/openai_compatible_server.html", framed("chunked"), answered(_FIRST), ONLINE),
    Behaviour("the chunks of an answer end early, once", "Cloudflare: github.com/earendil-works/pi/issues/9627", first(1, framed("chunked", cut)), retried("maximum"), ONLINE),
    Behaviour("answers that end with the connection", f"{_GATEWAY}#proxy_http_version", framed("until closed"), answered(_FIRST), ONLINE),
    Behaviour("an answer that ends early with the connection, once", f"{_GATEWAY}#proxy_http_version", first(1, framed("until closed", cut)), retried("maximum"), ONLINE),
    Behaviour("answers in UTF-16", _UTF16, _in_utf16, answered(_FIRST), CHAT),
    Behaviour("a redirect that keeps POST, as 307", "FastAPI servers: github.com/mostlygeek/llama-swap/pull/322", status(307, None, location="/v1/elsewhere"), stops("redirect"), ONLINE),
    Behaviour("a redirect that keeps POST, as 308", "llama-swap: github.com/mostlygeek/llama-swap/pull/322", status(308, None, location="/v1/elsewhere/"), stops("redirect"), ONLINE),
    Behaviour("a proxy asks for a password, as 407", "a proxy of a company: github.com/vibrantlabsai/ragas/issues/940", html(407, "Proxy Authentication Required"), stops("407"), ONLINE),
    Behaviour("a firewall refuses now and then, as 403", "Cloudflare: developers.cloudflare.com/waf", every(5, html(403, "Attention Required! | Cloudflare")), retried("nothing"), ONLINE),
    Behaviour("a key is refused now and then, as 401", "OpenAI: platform.openai.com/docs/guides/error-codes", every(4, status(401, error("Incorrect API key provided.", "invalid_api_key"))), retried("nothing"), ONLINE),
    Behaviour("headers are too large, as 431", f"{_GATEWAY}#large_client_header_buffers", html(431, "Request Header Fields Too Large"), stops("431"), ONLINE),
    Behaviour("one address is too long, as 414", f"{_GATEWAY}#large_client_header_buffers", of_request("r3", html(414, "Request-URI Too Large")), fails("414", 1, charge="nothing"), ONLINE),
    Behaviour("423 once", "Azure: learn.microsoft.com/rest/api/azure", first(1, status(423, error("The resource is locked", "ResourceLocked"))), retried("nothing"), EVERYWHERE),
    Behaviour("425 once", "RFC 8470, 5.2", first(1, raw(b"", "text/plain", 425)), retried("nothing"), ONLINE),
    Behaviour("499 for every third", "Gemini: github.com/vertesia/llumiverse/pull/467", every(3, status(499, [{"error": {"code": 499, "message": "The operation was cancelled.", "status": "CANCELLED"}}])), retried(), EVERYWHERE),
    Behaviour("521 once, and 525 once", "Cloudflare: developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors", first(1, html(521, "Web server is down"), first(2, html(525, "SSL handshake failed"))), retried("nothing"), ONLINE),
    Behaviour("a refusal in UTF-16", _UTF16, of_request("r3", raw('{"error": {"message": "prompt is too odd"}}'.encode("utf-16"), code=400)), fails("prompt is too odd", 1, charge="nothing"), CHAT_AND_BATCH[:1]),
)  # fmt: skip
