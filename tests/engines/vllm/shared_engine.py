"""One loaded engine for tests that each have an event loop of their own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any

from culture_ray.engines.interface import Request, Response
from culture_ray.engines.vllm.engine import VllmEngine


class SharedEngine:
    """An engine that lives on the event loop of a thread, and may be started and closed often.

    Only `shut_down` closes the engine itself.
    """

    def __init__(self, engine: VllmEngine) -> None:
        self.engine = engine
        self.in_flight = engine.in_flight
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._submit(engine.start()).result()

    async def start(self) -> None:
        """Do nothing: it is loaded."""

    async def generate(self, request: Request) -> Response:
        """Ask the engine."""
        return await asyncio.wrap_future(self._submit(self.engine.generate(request)))

    async def close(self) -> None:
        """Do nothing: others go on."""

    def shut_down(self) -> None:
        """Close the engine and end its loop."""
        self._submit(self.engine.close()).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _submit(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)
