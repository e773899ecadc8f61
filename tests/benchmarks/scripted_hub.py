"""A hub of data sets on loopback, as the library of Hugging Face asks it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import unquote, urlsplit


class ScriptedHub(ThreadingHTTPServer):
    """One data set with one commit; a test can let downloads break off or be refused."""

    daemon_threads = True

    def __init__(self, name: str, commit: str, files: Mapping[str, bytes]) -> None:
        self.name, self.commit, self.files = name, commit, files
        self.forget()
        super().__init__(("127.0.0.1", 0), _Handler)

    def forget(self) -> None:
        """Forget all requests and faults."""
        self.asked: list[str] = []
        self.ranges: dict[str, list[str]] = {}
        """Range of every download, by file; empty for a whole one."""
        self.breaks: dict[str, int] = {}
        """Number of bytes after which the next download of a file breaks off."""
        self.refused: set[str] = set()

    @property
    def url(self) -> str:
        """Return the endpoint."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ScriptedHub

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        hub, path = self.server, unquote(urlsplit(self.path).path)
        hub.asked.append(path)
        api = f"/api/datasets/{hub.name}"
        if path in (f"{api}/revision/main", f"{api}/revision/{hub.commit}"):
            self._json({"id": hub.name, "sha": hub.commit, "siblings": []})
        elif path.startswith(f"{api}/tree/{hub.commit}"):
            self._json([
                {"type": "file", "path": file, "size": len(content), "oid": _etag(content)}
                for file, content in hub.files.items()
            ])  # fmt: skip
        elif (start := f"/datasets/{hub.name}/resolve/{hub.commit}/") in path:
            self._file(path.removeprefix(start), body)
        else:
            self._send(404, b"{}", {"X-Error-Code": "RepoNotFound"})

    def _file(self, name: str, body: bool) -> None:
        hub, content = self.server, self.server.files.get(name)
        if content is None:
            self._send(404, b"", {"X-Error-Code": "EntryNotFound"})
            return
        wanted = self.headers.get("Range", "")
        start = int(wanted.removeprefix("bytes=").partition("-")[0]) if wanted else 0
        facts = {"X-Repo-Commit": hub.commit, "ETag": f'"{_etag(content)}"'}
        if not body:
            self._send(200, content, facts, body=False)
            return
        hub.ranges.setdefault(name, []).append(wanted)
        if name in hub.refused:
            self._send(503, b"", {})
            return
        end = hub.breaks.pop(name, len(content))
        if wanted:
            facts["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self._send(206 if wanted else 200, content[start:], facts, sent=end - start)

    def _json(self, value: object) -> None:
        self._send(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _send(
        self,
        status: int,
        content: bytes,
        headers: Mapping[str, str],
        *,
        body: bool = True,
        sent: int | None = None,
    ) -> None:
        """Send an answer, of its content only `sent` bytes before the connection is closed."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content[:sent])
        self.close_connection = sent is not None and sent < len(content)

    def log_message(self, *_: object) -> None:
        """Keep standard error clean."""


def _etag(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


@contextmanager
def scripted_hub(name: str, commit: str, files: Mapping[str, bytes]) -> Iterator[ScriptedHub]:
    """Run a hub with one data set in a thread of this process."""
    server = ScriptedHub(name, commit, files)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
