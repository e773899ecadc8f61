"""OpenAI engine: sends requests to any server that implements Chat Completions or Responses.

Every attempt has its own reservation, made before it is sent and settled with the usage that the
answer reports. The account handles limits and money; this module handles retries.
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
from culture_ray.engines.openai.body import request_body, usage_bound
from culture_ray.engines.openai.client import openai_client, problem_of
from culture_ray.engines.openai.parsing import ParsedAnswer, failed_response, parse, to_response
from culture_ray.engines.openai.problems import Decision, Problem, backoff_s, decide
from culture_ray.errors import ModelStops
from culture_ray.spending.account import Account

if TYPE_CHECKING:
    from openai import AsyncOpenAI

MAX_RATE_LIMITS = 100
"""Number of 429s after which a request fails."""

LINGER_S = 20.0
"""Time that a closing engine waits for requests in flight, which are paid for."""

_NOT_SENT = Problem("unsent", "")


@dataclass(frozen=True)
class _Attempt:
    """One attempt, and the known cost in dollars of all attempts so far."""

    number: int
    ticket: str
    spent: float | None
    outcome: ParsedAnswer | Problem = _NOT_SENT
    seconds: float = 0.0

    def answer(self, request: Request, parsed: ParsedAnswer) -> CachedAnswer:
        response = to_response(request, parsed, self.seconds, self.spent)
        return CachedAnswer(replace(response, attempts=self.number), self.ticket, parsed.usage)

    def failure(self, request: Request, reason: str) -> CachedAnswer:
        sent = f" (sent {self.number} times)" if self.number > 1 else ""
        response = failed_response(request, reason + sent)
        return CachedAnswer(
            replace(response, seconds=self.seconds, dollars=self.spent, attempts=self.number)
        )


class OpenAiEngine:
    """Engine for one model of an API."""

    def __init__(self, model: Model, account: Account, folder: Path) -> None:
        self._model, self._api, self._account = model, model.api, account
        self._cache = AnswerCache(folder)
        self._client: AsyncOpenAI | None = None
        self._key = ""
        self._logprobs = self._api.logprobs
        self._random = random.Random()
        self._sending: set[asyncio.Task[_Attempt]] = set()
        self.in_flight = model.in_flight

    async def start(self) -> None:
        """Create the client; raises MissingKey, which names the variable, and DiskProblem."""
        self._key = self._api.key(self._model.source)
        self._client = openai_client(self._api, self._key, self.in_flight)
        self._cache.open()

    async def generate(self, request: Request) -> Response:
        """Return the response; a refusal or a failed request is a response with a failure.

        Raises ModelStops if no request to this model can succeed any more.
        """
        if (cached := self._cache.find(request.request_id)) is not None:
            if cached.ticket is not None and cached.usage is not None:
                await self._account.settle(cached.ticket, cached.usage)
            return cached.response
        number, rate_limits, repaired, spent = 1, 0, False, None
        while True:
            attempt = await self._send_attempt(request, number, spent, repair=repaired)
            outcome, spent = attempt.outcome, attempt.spent
            may_repair = not repaired and number < self._api.attempts
            if isinstance(outcome, ParsedAnswer):
                if outcome.well_formed:
                    return attempt.answer(request, outcome).response
                if not may_repair:
                    return self._cached(attempt.answer(request, outcome))
                number, repaired = number + 1, True
                continue
            decision = decide(outcome)
            match decision.act:
                case "stop":
                    raise ModelStops(f"{self._model.source} cannot be used: {decision.reason}")
                case "wait" if rate_limits < MAX_RATE_LIMITS:
                    rate_limits += 1
                case "repair" if may_repair:
                    number, repaired = number + 1, True
                case "retry" if number < self._api.attempts:
                    number += 1
                    await asyncio.sleep(backoff_s(number, self._random.random()))
                case "record" if request.options and self._logprobs and _about_logprobs(outcome):
                    self._logprobs = False
                case _:
                    return self._cached(attempt.failure(request, decision.reason))

    def stored(self, request_ids: Iterable[str]) -> None:
        """Forget answers that are in a committed shard."""
        self._cache.stored(request_ids)

    async def close(self) -> None:
        """Wait a little for paid requests in flight, and write their answers to disk."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=LINGER_S)
        if self._client is not None:
            await self._client.close()
            self._cache.close()
        await self._account.close()

    async def _send_attempt(
        self, request: Request, number: int, spent: float | None, *, repair: bool
    ) -> _Attempt:
        """Reserve and send once; a sent attempt is completed even if the caller is cancelled."""
        body = request_body(
            request, self._model.source, self._api, unreadable=int(repair), logprobs=self._logprobs
        )
        bound = usage_bound(request, body, number, self._api.tier, limited=True)
        ticket = await self._account.reserve(bound)
        task = asyncio.create_task(self._complete(request, body, _Attempt(number, ticket, spent)))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
        return await asyncio.shield(task)

    async def _complete(
        self, request: Request, body: dict[str, Any], attempt: _Attempt
    ) -> _Attempt:
        started = time.monotonic()
        outcome = await self._send(attempt.ticket, body, request)
        attempt = replace(attempt, outcome=outcome, seconds=time.monotonic() - started)
        if isinstance(outcome, Problem):
            await self._account_for(attempt.ticket, decide(outcome), outcome)
            return attempt
        if outcome.usage is None:
            reason = "the answer does not say what it used"
            await self._account.mark_unresolved(attempt.ticket, reason)
        else:
            dollars = await self._account.settle(attempt.ticket, outcome.usage)
            attempt = replace(attempt, spent=(attempt.spent or 0.0) + dollars)
        if outcome.well_formed:
            self._cached(attempt.answer(request, outcome))
        return attempt

    def _cached(self, answer: CachedAnswer) -> Response:
        """Write an answer to the cache; return its response."""
        self._cache.add(answer)
        return answer.response

    async def _send(
        self, ticket: str, body: dict[str, Any], request: Request
    ) -> ParsedAnswer | Problem:
        from openai import APIError

        if self._client is None:
            raise ModelStops("the engine is not started")
        endpoint = (
            self._client.chat.completions if self._api.form == "chat" else self._client.responses
        )
        try:
            raw = await endpoint.with_raw_response.create(
                **body, extra_headers={"X-Client-Request-Id": request.request_id}
            )
        except APIError as error:
            headers = getattr(getattr(error, "response", None), "headers", None)
            if headers is not None:
                await self._account.observe_headers(ticket, headers)
            return problem_of(error, self._key)
        await self._account.observe_headers(ticket, raw.headers)
        return parse(raw.http_response.content, request)

    async def _account_for(self, ticket: str, decision: Decision, problem: Problem) -> None:
        if decision.billed == "nothing":
            await self._account.void(ticket, decision.reason)
        else:
            await self._account.mark_unresolved(ticket, decision.reason)
        if decision.act == "wait":
            await self._account.rate_limited(problem.retry_after_s)
        if decision.busy:
            await self._account.overloaded()


def _about_logprobs(problem: Problem) -> bool:
    return "logprobs" in f"{problem.param} {problem.message}"
