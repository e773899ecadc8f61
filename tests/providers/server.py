"""Scripted HTTP server on loopback, in the event loop of the test."""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.api_server.answers import Completion
from tests.api_server.bills import Bills
from tests.api_server.settings import Money
from tests.providers.batch_store import BatchRoutes
from tests.providers.exchange import Ask, Reply, Script, good_reply

MONEY = Money()


@dataclass
class ScriptedServer:
    """Provider that follows one script at one route, and is good at all others."""

    at: str
    """Route of the script: ask, upload, create, retrieve, output, errors, list; or other."""
    script: Script
    tier: str = "default"
    bills: Bills = field(default_factory=Bills)
    asks: list[Ask] = field(default_factory=list)
    """Requests for answers, batch lines included."""
    counts: Counter[str] = field(default_factory=Counter)
    """Requests per route."""
    started: float | None = None
    base_url: str = ""

    def __post_init__(self) -> None:
        self.batches = BatchRoutes(self)
        self._connections: set[asyncio.Task[Any]] = set()

    async def start(self, folder: Path | None = None) -> None:
        """Listen on a free port; with a certificate that nobody trusts, made in `folder`."""
        context = None if folder is None else self_signed(folder)
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", 0, limit=2**20, ssl=context
        )
        scheme, port = "http" if context is None else "https", self._server.sockets[0]
        self.base_url = f"{scheme}://127.0.0.1:{port.getsockname()[1]}/v1"

    async def stop(self) -> None:
        """Close the port and all connections."""
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def reply(self, route: str, ask_body: Mapping[str, Any], **facts: Any) -> Reply:
        """Return the answer to a request, and bill it; `good` is the answer without faults."""
        self.counts[route] += 1
        self.started = time.monotonic() if self.started is None else self.started
        seconds = time.monotonic() - self.started
        ask = Ask(route, self.counts[route], seconds, ask_body, batches=self.batches, **facts)
        if route == "ask":
            self.asks.append(ask)
        found = self.script(ask) if route == self.at else ask.good()
        if any(found.billed):
            completion = Completion("", "", found.billed[0], 0, found.billed[1], self.tier)
            self.bills.add(ask.request_id, completion, MONEY, self.tier)
        self.bills.dollars += found.fee
        return found

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while await self._exchange(reader, writer):
                pass
        writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; return False if the connection has to be closed."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = {
            name.lower(): value
            for name, _, value in (line.partition(": ") for line in head[1:] if line)
        }
        if headers.get("transfer-encoding") == "chunked":
            content = await _chunks(reader)
        else:
            content = await reader.readexactly(int(headers.get("content-length", 0)))
        found = self._routed(method, target, headers, content)
        if found.after_s:
            await asyncio.sleep(found.after_s)
        if found.ending == "dropped":
            return False
        writer.write(_message(found))
        await writer.drain()
        return found.ending == "whole" and found.framing != "until closed"

    def _routed(
        self, method: str, target: str, headers: Mapping[str, str], content: bytes
    ) -> Reply:
        path = target.partition("?")[0]
        form = {"completions": "chat", "responses": "responses"}.get(path.rpartition("/")[2])
        if form is not None and method == "POST":
            body = json.loads(content)
            number = self.counts["ask"]
            return self.reply(
                "ask",
                body,
                good=lambda: good_reply(body, form, number),
                headers=headers | {":target": target},
                request_id=headers.get("x-client-request-id", ""),
            )
        if "/files" in path or "/batches" in path:
            return self.batches.routed(method, path, headers, content)
        missing = Reply(405, {"error": {"message": f"Method Not Allowed: {method} {path}"}})
        return self.reply("other", {}, good=lambda: missing, headers=headers)


def _message(reply: Reply) -> bytes:
    """Return the bytes of an answer, half of its body if it is cut."""
    body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
    headers = {"content-type": "application/json"}
    match reply.framing:
        case "length":
            headers["content-length"] = str(len(body))
        case "chunked":
            headers["transfer-encoding"] = "chunked"
    protocol = "HTTP/1.0" if reply.framing == "until closed" else "HTTP/1.1"
    lines = [
        f"{protocol} {reply.status} x",
        *map(": ".join, (headers | dict(reply.headers)).items()),
    ]
    if reply.ending == "cut":
        body = body[: len(body) // 2]
    if reply.framing == "chunked":
        end = b"" if reply.ending == "cut" else b"0\r\n\r\n"
        body = b"%x\r\n%b\r\n" % (len(body), body) + end
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    content = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        content += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return content


def self_signed(folder: Path) -> ssl.SSLContext:
    """Return the context of a server with a certificate of its own making."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subject = ["-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
    paths = ["-keyout", str(key), "-out", str(certificate)]
    command = ["openssl", "req", "-x509", *subject, *paths]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
