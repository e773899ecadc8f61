"""Server on loopback that answers each request with what a test tells it to."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.interface import Request, Response
from culture_ray.engines.model import Model
from culture_ray.engines.openai.engine import OpenAiEngine
from tests.engines.accounts import RecordingAccount


@dataclass(frozen=True)
class Received:
    """One request as the server received it."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """One answer of the server."""

    content: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def as_json(value: object, status: int = 200, **headers: str) -> Reply:
    """Return a value as an answer."""
    return Reply(json.dumps(value).encode(), status, {"content-type": "application/json"} | headers)


def completion(text: str | None = "text", **message: object) -> dict[str, Any]:
    """Return a good answer of Chat Completions."""
    return {
        "choices": [{"message": {"content": text, **message}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 8, "completion_tokens": 5, "total_tokens": 13},
    }


class Loopback(ThreadingHTTPServer):
    """Server whose `answer` is called for every request; `received` are all so far."""

    daemon_threads = True

    def __init__(self, answer: Callable[[Received], Reply]) -> None:
        self.answer, self.received = answer, list[Received]()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def base_url(self) -> str:
        """Return the base_url for a model."""
        scheme = "https" if isinstance(self.socket, ssl.SSLSocket) else "http"
        return f"{scheme}://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Loopback

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        headers = {name.lower(): value for name, value in self.headers.items()}
        received = Received(self.path, headers, body)
        self.server.received.append(received)
        reply = self.server.answer(received)
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(reply.content)))
        self.end_headers()
        self.wfile.write(reply.content)

    def do_GET(self) -> None:
        self.send_error(405)

    def log_message(self, *_: object) -> None:
        """Keep standard error clean."""


@contextmanager
def loopback(
    answer: Callable[[Received], Reply], context: ssl.SSLContext | None = None
) -> Iterator[Loopback]:
    """Run a server in a thread of this process, with TLS if a context is given."""
    server = Loopback(answer)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def ask(
    *requests: Request, api: ApiSettings, account: RecordingAccount | None = None
) -> tuple[list[Response], RecordingAccount]:
    """Send requests one after another through a started engine; return responses and account."""
    account = account or RecordingAccount()

    async def run(folder: Path) -> list[Response]:
        engine = OpenAiEngine(Model("openai", "lab", "m", api=api), account, folder)
        await engine.start()
        try:
            return [await engine.generate(request) for request in requests]
        finally:
            await engine.close()

    with TemporaryDirectory() as folder:
        return asyncio.run(run(Path(folder))), account
