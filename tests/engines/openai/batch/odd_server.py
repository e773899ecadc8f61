"""Batch service on loopback whose every answer a test can replace; counts what it was asked."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Any]
"""Status and body: text and bytes as they are, anything else as JSON."""


def error(message: str, code: str | None = None, status: int = 400) -> Answer:
    """Return a refusal in OpenAI's form."""
    return status, {"error": {"message": message, "type": "invalid_request_error", "code": code}}


def failed(*errors: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a batch that failed its validation."""
    return {"status": "failed", "errors": {"object": "list", "data": list(errors)}}


def answered(name: str, text: str = "1. Yes.", **fields: Any) -> dict[str, Any]:
    """Return a row of an output file."""
    body = {
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"content": text}}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5},
    }
    response = {"status_code": 200, "request_id": "q", "body": body}
    return {"id": "r", "custom_id": name, "response": response, "error": None} | fields


@dataclass
class OddServer:
    """Service that answers every line; `upload`, `create`, `retrieve` and `content` may return an
    answer instead of None, `end` the fields of a batch that is over, `output` the lines of its
    output file."""

    upload: Callable[[int, str], Answer | None] = lambda n, text: None
    create: Callable[[int], Answer | None] = lambda n: None
    retrieve: Callable[[int], Answer | None] = lambda n: None
    content: Callable[[int, str], Answer | None] = lambda n, name: None
    end: Callable[[int, list[str]], dict[str, Any]] = lambda n, names: {}
    output: Callable[[int, list[str]], list[Any]] = lambda n, names: [answered(x) for x in names]
    errors: Callable[[int, list[str]], list[Any]] = lambda n, names: []
    files: dict[str, str] = field(default_factory=dict)
    batches: list[dict[str, Any]] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    paid: Counter[str] = field(default_factory=Counter)
    base_url: str = ""

    def names(self, batch: dict[str, Any]) -> list[str]:
        """Return the request ids in a batch's input file."""
        lines = self.files[batch["input_file_id"]].splitlines()
        return [json.loads(line)["custom_id"] for line in lines]

    @property
    def sent(self) -> list[list[str]]:
        """Return the request ids of each batch that was created."""
        return [self.names(batch) for batch in self.batches]

    def answer(self, method: str, path: str, content: bytes) -> Answer:
        """Return the answer to a call; `path` begins after /v1."""
        kind = path.strip("/").split("?")[0].split("/")
        match (method, *kind):
            case ("POST", "files"):
                parts = [p for p in content.split(b"\r\n--") if b"custom_id" in p]
                text = parts[0].split(b"\r\n\r\n", 1)[1].decode()
                return self.upload(self._count("upload"), text) or self._store(text)
            case ("POST", "batches"):
                return self.create(self._count("create")) or self._create(json.loads(content))
            case ("GET", "batches"):
                return 200, {"object": "list", "data": self.batches[::-1], "has_more": False}
            case ("GET", "batches", name):
                answer = self.retrieve(self._count("retrieve"))
                return answer or (200, self._ended(self.batches[int(name.removeprefix("b"))]))
            case ("GET", "files", name, "content"):
                answer = self.content(self._count("content"), name)
                return answer or (200, self.files[name])
            case _:
                return error(f"no route {method} {path}", status=404)

    def _count(self, call: str) -> int:
        self.calls[call] += 1
        return self.calls[call]

    def _store(self, text: str) -> Answer:
        name = f"f{len(self.files)}"
        self.files[name] = text
        return 200, {"id": name, "object": "file", "status": "processed"}

    def _create(self, asked: dict[str, Any]) -> Answer:
        batch = {
            "id": f"b{len(self.batches)}", "object": "batch", "status": "validating",
            "input_file_id": asked["input_file_id"], "metadata": asked["metadata"],
            "created_at": 1, "output_file_id": None, "error_file_id": None, "errors": None,
        }  # fmt: skip
        self.batches.append(batch)
        return 200, batch

    def _ended(self, batch: dict[str, Any]) -> dict[str, Any]:
        if batch["status"] != "validating":
            return batch
        number, names = int(batch["id"][1:]) + 1, self.names(batch)
        batch |= {"status": "completed"} | self.end(number, names)
        if batch["status"] == "failed":
            return batch
        for kind, rows in (
            ("output_file_id", self.output(number, names)),
            ("error_file_id", self.errors(number, names)),
        ):
            if rows:
                if kind == "output_file_id":
                    self.paid.update(_answered_in(rows, names))
                lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
                batch[kind] = self._store("\n".join(lines) + "\n")[1]["id"]
        return batch


def _answered_in(rows: list[Any], names: list[str]) -> list[str]:
    objects = [row for row in rows if isinstance(row, dict) and row.get("response")]
    return [row["custom_id"] for row in objects if row.get("custom_id") in names]


@contextmanager
def running(server: OddServer) -> Iterator[OddServer]:
    """Serve on loopback, in a thread of this process."""

    class Handler(BaseHTTPRequestHandler):
        def _respond(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, body = server.answer(self.command, self.path.removeprefix("/v1"), content)
            is_raw = isinstance(body, str | bytes)
            raw = (body.encode() if isinstance(body, str) else body) if is_raw else None
            sent = json.dumps(body).encode() if raw is None else raw
            self.send_response(status)
            self.send_header("content-type", "text/plain" if is_raw else "application/json")
            self.send_header("content-length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = _respond  # noqa: N815 - the names of the base class

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    server.base_url = f"http://127.0.0.1:{listener.server_port}/v1"
    try:
        yield server
    finally:
        listener.shutdown()
        listener.server_close()
