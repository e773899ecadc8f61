"""Clients of one model, each with few connections: a request then costs less processor time.

The pool of a client looks at all of its connections, and asks the system about the idle ones, when
a request begins and when it ends: with 64 of them that is a third of a replica's processor time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
from openai import AsyncOpenAI

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.openai.client import openai_client

_PER_CLIENT = 8
"""Requests in flight of one client while all have the same share."""


class ClientGroup:
    """Clients of one model; the one with the fewest requests in flight takes the next."""

    def __init__(self, api: ApiSettings, key: str, in_flight: int) -> None:
        verified = httpx2.create_ssl_context()  # the slowest part of a client, so only once
        self._clients = [
            openai_client(api, key, in_flight, verified)
            for _ in range(-(-in_flight // _PER_CLIENT))
        ]
        self._busy = [0] * len(self._clients)

    @contextmanager
    def client(self) -> Iterator[AsyncOpenAI]:
        """Yield a client for one request."""
        number = min(range(len(self._busy)), key=self._busy.__getitem__)
        self._busy[number] += 1
        try:
            yield self._clients[number]
        finally:
            self._busy[number] -= 1

    async def close(self) -> None:
        """Close all connections."""
        for client in self._clients:
            await client.close()
