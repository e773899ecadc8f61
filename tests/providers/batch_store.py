"""Batch service of the scripted server: the store of `tests/api_server` with scripted lines."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tests.api_server.batches import Batch, BatchStore
from tests.api_server.bills import Bills
from tests.api_server.settings import Batching, Settings
from tests.providers.exchange import Reply, good_reply

if TYPE_CHECKING:
    from tests.providers.server import ScriptedServer

WORK_S = 90.0
"""Time that a batch takes."""

_SETTINGS = Settings(batching=Batching(share=1.0))


class BatchRoutes(BatchStore):
    """Files and batches of the scripted server."""

    def __init__(self, server: ScriptedServer) -> None:
        super().__init__(Bills(), lambda: _SETTINGS)
        self._server = server

    def routed(self, method: str, path: str, headers: Mapping[str, str], content: bytes) -> Reply:
        """Return the answer of a route under /files or /batches."""
        name = path.rstrip("/").split("/")[-2 if path.endswith(("/content", "/cancel")) else -1]
        route: str
        make: Callable[[], Any]
        if path.endswith("/files"):
            route, make = "upload", lambda: self.upload(_uploaded(headers, content))
        elif path.endswith("/content"):
            route = (
                "errors" if any(b.error_file == name for b in self.batches.values()) else "output"
            )
            make = lambda: self.files[name]  # noqa: E731
        elif path.endswith("/cancel"):
            route, make = "cancel", lambda: self.cancel(name, time.time())
        elif path.endswith("/batches") and method == "POST":
            route, make = "create", lambda: self.create(json.loads(content), time.time())
        elif path.endswith("/batches"):
            route, make = "list", self._page
        else:
            route, make = "retrieve", lambda: self.shown(name, time.time())
        return self._server.reply(route, {}, good=lambda: Reply(body=make()), headers=headers)

    def fail(self, code: str, message: str, of: str | None = None) -> None:
        """Let the newest batch fail in its validation, if it has the request `of`."""
        batch = self._newest()
        ids = [line["custom_id"] for line in batch.lines]
        if of is None or of in ids:
            line = None if of is None else ids.index(of) + 1
            batch.status = "failed"
            batch.errors = [{"code": code, "message": message, "line": line, "param": None}]

    def refuse(self, field: str, code: str, message: str) -> None:
        """Let the newest batch fail in its validation, if a line's body has a field."""
        batch = self._newest()
        batch.errors = [
            {"code": code, "message": message, "line": place, "param": f"body.{field}"}
            for place, line in enumerate(batch.lines, 1)
            if field in line["body"]
        ]
        if batch.errors:
            batch.status = "failed"

    def end_early(self, share: float, status: str, code: str) -> None:
        """Let the newest batch end after a share of its lines."""
        batch = self._newest()
        self._work(batch, int(share * len(batch.lines)))
        self._end(batch, status, code)

    def _newest(self) -> Batch:
        return list(self.batches.values())[-1]

    def _page(self) -> dict[str, Any]:
        data = [self.shown(name, time.time()) for name in reversed(self.batches)]
        return {"object": "list", "data": data, "has_more": False}

    def _advance(self, batch: Batch, now: float) -> None:
        if now >= batch.created + WORK_S:
            super()._advance(batch, now)

    def _work(self, batch: Batch, goal: int) -> None:
        for index in range(len(batch.done) + len(batch.failed), goal):
            line = batch.lines[index]
            form = "responses" if batch.endpoint.endswith("/responses") else "chat"
            found = self._server.reply(
                "ask",
                line["body"],
                good=lambda body=line["body"], form=form, index=index: good_reply(
                    body, form, index
                ),
                request_id=line["custom_id"],
            )
            row = {"id": f"{batch.name}_{index}", "custom_id": line["custom_id"], "error": None}
            if found.line_error is not None:
                row |= {"response": None, "error": found.line_error}
            else:
                row["response"] = {
                    "status_code": found.status,
                    "request_id": "q",
                    "body": found.body,
                }
            good = found.line_error is None and found.status == 200
            (batch.done if good else batch.failed).append(json.dumps(row))


def _uploaded(headers: Mapping[str, str], content: bytes) -> bytes:
    """Return the file in a multipart form."""
    boundary = re.search(r"boundary=\"?([^\";]+)", headers["content-type"])
    assert boundary is not None
    for part in content.split(b"--" + boundary[1].encode()):
        head, _, value = part.partition(b"\r\n\r\n")
        if b'name="file"' in head:
            return value.removesuffix(b"\r\n")
    raise ValueError("the form has no file")
