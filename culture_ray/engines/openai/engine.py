"""The OpenAI engine: any server that speaks Chat Completions or Responses, one attempt at a time.

Every attempt is a reservation of its own, made before it is sent and settled on what the answer
says it used. Limits and money are the account's; retries are here.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from culture_ray.engines.interface import Request, Response
from culture_ray.engines.model import Model
from culture_ray.engines.openai.answer_cache import AnswerCache, CachedAnswer
from culture_ray.engines.openai.body import ask_of, body_of
from culture_ray.engines.openai.client import client_of, problem_of
from culture_ray.engines.openai.parsing import ParsedAnswer, nothing, read, response_of
from culture_ray.engines.openai.problems import Decision, Problem, decide, pause_s
from culture_ray.errors import ModelStops
from culture_ray.spending.account import Account

if TYPE_CHECKING:
    from openai import AsyncOpenAI

MOST_WAITS = 100
"""Times that one request may be refused by the rate limit."""


LINGER_S = 20.0
"""What is under way when an engine closes is waited for so long: it is paid for."""


_NOT_SENT = Problem("unsent", "")


@dataclass(frozen=True)
class _Tried:
    """One attempt, and what all attempts so far have cost in dollars, as far as that is known."""

    attempt: int
    ticket: str
    spent: float | None
    outcome: ParsedAnswer | Problem = _NOT_SENT
    seconds: float = 0.0

    def answer(self, request: Request, reading: ParsedAnswer) -> CachedAnswer:
        response = response_of(request, reading, self.seconds, self.spent)
        return CachedAnswer(replace(response, attempts=self.attempt), self.ticket, reading.usage)

    def failure(self, request: Request, why: str) -> CachedAnswer:
        sent = f" (sent {self.attempt} times)" if self.attempt > 1 else ""
        response = nothing(request, why + sent)
        return CachedAnswer(
            replace(response, seconds=self.seconds, dollars=self.spent, attempts=self.attempt)
        )


class OpenAiEngine:
    """One account of an API, asked for one model."""

    def __init__(self, model: Model, account: Account, folder: Path) -> None:
        self._model, self._api, self._account = model, model.api, account
        self._kept = AnswerCache(folder)
        self._client: AsyncOpenAI | None = None
        self._key = ""
        self._logprobs = self._api.logprobs
        self._chance = random.Random()
        self._under_way: set[asyncio.Task[_Tried]] = set()
        self.in_flight = model.in_flight

    async def start(self) -> None:
        """Make the client; raises MissingKey, which names the variable, and DiskProblem."""
        self._key = self._api.key(self._model.source)
        self._client = client_of(self._api, self._key, self.in_flight)
        self._kept.open()

    async def generate(self, request: Request) -> Response:
        """Return the response; a refusal, a cut or a request that fails is one with a reason.

        Raises ModelStops when no request of this model can work any more.
        """
        if (kept := self._kept.find(request.request_id)) is not None:
            if kept.ticket is not None and kept.usage is not None:
                await self._account.settle(kept.ticket, kept.usage)
            return kept.response
        attempt, waits, repaired, spent = 1, 0, False, None
        while True:
            tried = await self._attempt(request, attempt, spent, again=repaired)
            outcome, spent = tried.outcome, tried.spent
            may_repair = not repaired and attempt < self._api.attempts
            if isinstance(outcome, ParsedAnswer):
                if outcome.well_formed:
                    return tried.answer(request, outcome).response
                if not may_repair:
                    return self._keep(tried.answer(request, outcome))
                attempt, repaired = attempt + 1, True
                continue
            decision = decide(outcome)
            match decision.act:
                case "stop":
                    raise ModelStops(f"{self._model.source} cannot be asked: {decision.why}")
                case "wait" if waits < MOST_WAITS:
                    waits += 1
                case "repair" if may_repair:
                    attempt, repaired = attempt + 1, True
                case "retry" if attempt < self._api.attempts:
                    attempt += 1
                    await asyncio.sleep(pause_s(attempt, self._chance.random()))
                case "record" if request.options and self._logprobs and _about_logprobs(outcome):
                    self._logprobs = False
                case _:
                    return self._keep(tried.failure(request, decision.why))

    def stored(self, request_ids: Iterable[str]) -> None:
        """Forget answers that stand in a shard."""
        self._kept.stored(request_ids)

    async def close(self) -> None:
        """Wait a little for what is paid and under way, and write it down."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=LINGER_S)
        if self._client is not None:
            await self._client.close()
            self._kept.close()
        await self._account.close()

    async def _attempt(
        self, request: Request, attempt: int, spent: float | None, *, again: bool
    ) -> _Tried:
        """Send once. Once it is sent, it comes to its end even if nobody waits any more."""
        body = body_of(
            request, self._model.source, self._api, unread=int(again), logprobs=self._logprobs
        )
        ask = ask_of(request, body, attempt, self._api.tier, limited=True)
        ticket = await self._account.reserve(ask)
        sent = asyncio.create_task(self._finish(request, body, _Tried(attempt, ticket, spent)))
        self._under_way.add(sent)
        sent.add_done_callback(self._under_way.discard)
        return await asyncio.shield(sent)

    async def _finish(self, request: Request, body: dict[str, Any], tried: _Tried) -> _Tried:
        began = time.monotonic()
        outcome = await self._send(tried.ticket, body, request)
        tried = replace(tried, outcome=outcome, seconds=time.monotonic() - began)
        if isinstance(outcome, Problem):
            await self._account_for(tried.ticket, decide(outcome), outcome)
            return tried
        if outcome.usage is None:
            await self._account.give_up(tried.ticket, "the answer does not say what it used")
        else:
            dollars = await self._account.settle(tried.ticket, outcome.usage)
            tried = replace(tried, spent=(tried.spent or 0.0) + dollars)
        if outcome.well_formed:
            self._keep(tried.answer(request, outcome))
        return tried

    def _keep(self, answer: CachedAnswer) -> Response:
        self._kept.keep(answer)
        return answer.response

    async def _send(
        self, ticket: str, body: dict[str, Any], request: Request
    ) -> ParsedAnswer | Problem:
        from openai import APIError

        if self._client is None:
            raise ModelStops("the engine is not started")
        kind = self._client.chat.completions if self._api.form == "chat" else self._client.responses
        try:
            raw = await kind.with_raw_response.create(
                **body, extra_headers={"X-Client-Request-Id": request.request_id}
            )
        except APIError as error:
            headers = getattr(getattr(error, "response", None), "headers", None)
            if headers is not None:
                await self._account.observe(ticket, headers)
            return problem_of(error, self._key)
        await self._account.observe(ticket, raw.headers)
        return read(raw.http_response.content, request)

    async def _account_for(self, ticket: str, decision: Decision, problem: Problem) -> None:
        if decision.billed == "nothing":
            await self._account.void(ticket, decision.why)
        else:
            await self._account.give_up(ticket, decision.why)
        if decision.act == "wait":
            await self._account.hold(problem.retry_after_s)
        if decision.busy:
            await self._account.overloaded()


def _about_logprobs(problem: Problem) -> bool:
    return "logprobs" in f"{problem.param} {problem.message}"
