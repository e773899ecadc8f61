"""Server process for tests, and the calls that control it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.api_server.settings import Settings

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Running:
    """Running server."""

    host: str
    port: int
    key: str

    @property
    def base_url(self) -> str:
        """Return the base_url for a model."""
        return f"http://{self.host}:{self.port}/v1"

    def stats(self) -> dict[str, Any]:
        """Return all counts of the server so far."""
        found: dict[str, Any] = self._call("stats")
        return found

    def change(self, **parts: Mapping[str, Any]) -> None:
        """Change settings: change(limits={"rpm": 60})."""
        self._call("settings", parts)

    def next(self, *faults: str, path: str = "/v1") -> None:
        """Queue faults for the next requests with this path prefix."""
        self._call("next", [(path, fault) for fault in faults])

    def _call(self, what: str, content: object = None) -> Any:
        data = None if content is None else json.dumps(content).encode()
        url = f"http://{self.host}:{self.port}/control/{what}"
        with urllib.request.urlopen(url, data, timeout=30) as answer:
            return json.load(answer)


@contextmanager
def api_server(settings: Settings | None = None, host: str = "127.0.0.1") -> Iterator[Running]:
    """Run the server in a separate process, at an address of this machine."""
    settings = settings or Settings()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.api_server", json.dumps(asdict(settings)), host],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        assert process.stdout is not None
        yield Running(host, int(process.stdout.readline()), settings.key)
    finally:
        process.kill()
        process.wait()
