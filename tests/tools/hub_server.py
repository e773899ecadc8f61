"""A hub on loopback: data sets with commits, as far as uploads and downloads of the client need."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

TOKEN = "hf_" + "a" * 30


@dataclass
class Hub:
    """State of the hub: files of each data set at its newest commit, and what was asked of it."""

    address: str = ""
    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    private: dict[str, bool] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)

    def commit_of(self, name: str) -> str:
        """The commit of a data set: a hash of its files."""
        content = sorted((path, _sha1(data)) for path, data in self.files[name].items())
        return hashlib.sha1(json.dumps(content).encode()).hexdigest()


@contextmanager
def serving() -> Iterator[Hub]:
    """Serve an empty hub on a free port of loopback."""
    hub = Hub()

    class Handler(_Handler):
        served = hub

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    served: Hub
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = self._chunks()
        path = urlsplit(self.path).path
        if not self._authorised(write=True):
            return
        if path == "/api/validate-yaml":
            self._json({"errors": [], "warnings": []})
        elif path == "/api/repos/create":
            self._create(json.loads(body))
        elif found := re.fullmatch(r"/api/datasets/(.+)/preupload/main", path):
            asked = [one["path"] for one in json.loads(body)["files"]]
            self._json({"files": [
                {"path": p, "uploadMode": "regular", "shouldIgnore": False, "oid": None}
                for p in asked
            ]})  # fmt: skip
        elif found := re.fullmatch(r"/api/datasets/(.+)/commit/main", path):
            self._commit(found[1], [json.loads(line) for line in body.splitlines()])
        else:
            self._json({"error": f"unknown path {path}"}, 404)

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        if not self._authorised(write=False):
            return
        hub = self.served
        if found := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)(?:/revision/.+)?", path):
            if found[1] not in hub.files:
                self._missing()
                return
            siblings = [{"rfilename": name} for name in hub.files[found[1]]]
            self._json({"id": found[1], "sha": hub.commit_of(found[1]), "siblings": siblings})
        elif found := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)/tree/.+", path):
            self._json([
                {"type": "file", "path": name, "size": len(data), "oid": _sha1(data)}
                for name, data in hub.files[found[1]].items()
            ])  # fmt: skip
        elif found := re.fullmatch(r"/datasets/([^/]+/[^/]+)/resolve/[^/]+/(.+)", path):
            self._file(found[1], found[2])
        else:
            self._missing()

    def do_HEAD(self) -> None:
        self.do_GET()

    def _create(self, asked: dict[str, Any]) -> None:
        name = f"{asked['organization']}/{asked['name']}"
        url = f"{self.served.address}/datasets/{name}"
        if name in self.served.files:
            self._json({"error": "You already created this dataset repo", "url": url}, 409)
            return
        self.served.files[name] = {}
        self.served.private[name] = asked.get("visibility") == "private"
        self._json({"url": url})

    def _commit(self, name: str, lines: list[dict[str, Any]]) -> None:
        files = self.served.files[name]
        for line in lines:
            value = line["value"]
            if line["key"] == "header":
                self.served.messages.append(value["summary"])
            elif line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "deletedFile":
                files.pop(value["path"])
        commit = self.served.commit_of(name)
        url = f"{self.served.address}/datasets/{name}/commit/{commit}"
        self._json({"success": True, "commitOid": commit, "commitUrl": url})

    def _file(self, name: str, path: str) -> None:
        data = self.served.files[name].get(path)
        if data is None:
            self._missing()
            return
        headers = {
            "X-Repo-Commit": self.served.commit_of(name),
            "ETag": f'"{_sha1(data)}"',
        }
        self._send(200, data, "application/octet-stream", headers)

    def _authorised(self, *, write: bool) -> bool:
        given = self.headers.get("authorization") == f"Bearer {TOKEN}"
        if given or not write:
            return True
        self._json({"error": "Invalid username or password."}, 401)
        return False

    def _missing(self) -> None:
        self._send(404, b"{}", "application/json", {"X-Error-Code": "RepoNotFound"})

    def _json(self, content: Any, status: int = 200) -> None:
        self._send(status, json.dumps(content).encode(), "application/json", {})

    def _send(self, status: int, data: bytes, kind: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {
            **headers,
            "Content-Type": kind,
            "Content-Length": str(len(data)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _chunks(self) -> bytes:
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _sha1(data: bytes) -> str:
    return hashlib.sha1(data).hexdigest()
