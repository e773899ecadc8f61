"""A worker's side of an account: tickets in, verdicts out, gathered into few round trips."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping
from typing import Protocol

from culture_ray.errors import EngineFailed
from culture_ray.spending.account import Ask, TokenUsage
from culture_ray.spending.messages import (
    Flying,
    Heard,
    Hold,
    MarkUnresolved,
    Message,
    Overloaded,
    Reply,
    Reserve,
    Settle,
    Verdict,
    Void,
)
from culture_ray.spending.prices import Price, dollars

GATHER_S = 0.05
"""At most one round trip in so long carries what a worker has to say."""

_AGAIN_S, _AWAY_S = 0.5, 120.0
"""How soon a governor that is away is tried again, and how long before that is the end."""


class Transport(Protocol):
    """The way to a desk, in this process or another."""

    async def post(self, worker: str, messages: list[Message]) -> str:
        """Deliver messages; raise GovernorAway when nobody is there just now."""

    async def poll(self, worker: str) -> Reply:
        """Return verdicts; raise GovernorAway when nobody is there just now."""

    async def flush(self) -> None:
        """Wait until all that was posted is on disk."""


class GovernorAway(Exception):
    """The governor is not there; it comes back."""


class Client:
    """One model's Account in one worker."""

    def __init__(self, transport: Transport, model: str, price: Price) -> None:
        self._transport, self._model, self._price = transport, model, price
        self._worker = f"{model}-{secrets.token_hex(4)}"
        self._outbox: list[Message] = []
        self._waiting: dict[str, tuple[Reserve, asyncio.Future[float]]] = {}
        self._flying: set[str] = set()
        self._governor = ""
        self._told = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._posting = asyncio.Lock()

    def __reduce__(self) -> tuple[type[Client], tuple[Transport, str, Price]]:
        """Travel without what is under way: the other end is a worker of its own."""
        return Client, (self._transport, self._model, self._price)

    async def reserve(self, ask: Ask) -> str:
        """As Account.reserve."""
        ticket = f"{ask.request_id}/{ask.attempt}-{secrets.token_hex(5)}"
        message = Reserve(ticket, self._model, ask)
        answer: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._waiting[ticket] = (message, answer)
        self._say(message)
        try:
            delay = await answer
            self._flying.add(ticket)
            if delay > 0:
                await asyncio.sleep(delay)
        except asyncio.CancelledError:
            self._flying.discard(ticket)
            self._say(Void(ticket, "never sent", sent=False))
            raise
        finally:
            self._waiting.pop(ticket, None)
        return ticket

    async def settle(self, ticket: str, usage: TokenUsage) -> float:
        """As Account.settle."""
        self._end(Settle(ticket, self._model, usage))
        return dollars(self._price.cost(usage))

    async def void(self, ticket: str, why: str) -> None:
        """As Account.void."""
        self._end(Void(ticket, why))

    async def give_up(self, ticket: str, why: str) -> None:
        """As Account.give_up."""
        self._end(MarkUnresolved(ticket, why))

    async def observe(self, ticket: str, headers: Mapping[str, str]) -> None:
        """As Account.observe."""
        kept = {k.lower(): v for k, v in headers.items() if k.lower().startswith("x-ratelimit-")}
        if kept:
            self._say(Heard(ticket, kept))

    async def hold(self, seconds: float | None = None) -> None:
        """As Account.hold."""
        self._say(Hold(self._model, seconds))

    async def overloaded(self) -> None:
        """As Account.overloaded."""
        self._say(Overloaded(self._model))

    async def close(self) -> None:
        """As Account.close."""
        while self._outbox:
            await self._deliver()
        if self._governor:
            await self._transport.flush()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def _end(self, message: Settle | Void | MarkUnresolved) -> None:
        self._flying.discard(message.ticket)
        self._say(message)

    def _say(self, message: Message) -> None:
        self._outbox.append(message)
        self._told.set()
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._post()), asyncio.create_task(self._poll())]

    async def _post(self) -> None:
        while True:
            await self._told.wait()
            self._told.clear()
            await self._deliver()
            await asyncio.sleep(GATHER_S)

    async def _deliver(self) -> None:
        async with self._posting:
            messages, self._outbox = self._outbox, []
            if not messages:
                return
            try:
                self._meet(await self._transport.post(self._worker, messages))
            except GovernorAway:
                self._outbox = messages + self._outbox
                self._told.set()
                await asyncio.sleep(_AGAIN_S)

    async def _poll(self) -> None:
        since: float | None = None
        while True:
            try:
                reply = await self._transport.poll(self._worker)
            except GovernorAway as away:
                await asyncio.sleep(_AGAIN_S)
                since = time.monotonic() if since is None else since
                if time.monotonic() > since + _AWAY_S:
                    self._lose(away)
                continue
            since = None
            self._meet(reply.governor)
            for verdict in reply.verdicts:
                self._take(verdict)

    def _take(self, verdict: Verdict) -> None:
        _, answer = self._waiting.get(verdict.ticket, (None, None))
        if answer is None or answer.done():
            return
        if verdict.refused is not None:
            answer.set_exception(verdict.refused)
        else:
            answer.set_result(verdict.delay)

    def _lose(self, away: GovernorAway) -> None:
        for _, answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(EngineFailed(f"the spending governor is gone: {away}"))

    def _meet(self, governor: str) -> None:
        """Tell a governor that is new what the one before it knew."""
        if self._governor and governor != self._governor:
            asked = [message for message, answer in self._waiting.values() if not answer.done()]
            self._outbox += [Flying(tuple(self._flying)), *asked]
            self._told.set()
        self._governor = governor
