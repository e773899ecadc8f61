"""OpenAI engine: sends requests to any server that implements Chat Completions or Responses.

Every attempt has its own reservation, made before it is sent and settled with the usage that the
answer reports. The account handles limits, money and outages; this module handles retries.

A fault that may pass is waited out and never becomes a failed row, unless the model answers others
meanwhile. A refusal is believed to be of the request, and recorded, if a short control request of
the same form is answered; if that is refused too, the model stops and its requests are left.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from pathlib import Path

from culture_ray.engines.interface import Request, Response
from culture_ray.engines.model import Model
from culture_ray.engines.openai.evidence import control_of
from culture_ray.engines.openai.parsing import ParsedAnswer
from culture_ray.engines.openai.problems import Decision, Problem, backoff_s, decide
from culture_ray.engines.openai.sender import Attempt, AttemptSender
from culture_ray.spending.account import Account

MAX_RATE_LIMITS = 100
"""Number of 429s after which a request fails, if others are answered."""

CONTROLS = 2
"""Control requests that have to be refused in a row before a model stops."""


class OpenAiEngine:
    """Engine for one model of an API."""

    def __init__(self, model: Model, account: Account, folder: Path) -> None:
        self._attempts, self._account = model.api.attempts, account
        self._sender = AttemptSender(model, account, folder)
        self._controlling = asyncio.Lock()
        self._random = random.Random()
        self.in_flight = model.in_flight

    async def start(self) -> None:
        """Create the client; raises MissingKey, which names the variable, and DiskProblem."""
        await self._sender.start()

    async def generate(self, request: Request) -> Response:
        """Return the response; a refusal or a failed request is a response with a failure.

        Raises ModelStops if no request to this model can succeed any more.
        """
        cached = self._sender.cache.find(request.request_id)
        for notice in self._sender.cache.take_notices():
            await self._account.notice(notice)
        if cached is not None:
            if cached.ticket is not None and cached.usage is not None:
                await self._account.settle(cached.ticket, cached.usage)
            return cached.response
        number, failures, rate_limits, repaired, spent = 1, 0, 0, False, None
        while True:
            attempt = await self._sender.send(request, number, spent, repair=repaired)
            outcome, spent = attempt.outcome, attempt.spent
            if isinstance(outcome, ParsedAnswer):
                if outcome.well_formed:
                    return attempt.answer(request, outcome).response
                if repaired or number >= self._attempts:
                    return self._sender.cached(attempt.answer(request, outcome))
                number, repaired = number + 1, True
                continue
            if self._sender.stopped is not None:
                raise self._sender.stopped
            decision = decide(outcome)
            if await self._sender.adapted(outcome, attempt):
                continue
            if decision.act == "repair" and not repaired:
                number, repaired = number + 1, True
                continue
            if decision.act == "wait" and (rate_limits := rate_limits + 1) < MAX_RATE_LIMITS:
                continue
            failures += outcome.kind != "unsent"
            if await self._is_own(request, attempt, outcome, decision, failures):
                return self._sender.cached(attempt.failure(request, decision.reason))
            number += 1
            await asyncio.sleep(backoff_s(number, self._random.random()))

    def stored(self, request_ids: Iterable[str]) -> None:
        """Forget answers that are in a committed shard."""
        self._sender.cache.stored(request_ids)

    async def close(self) -> None:
        """Wait a little for paid requests in flight, and write their answers to disk."""
        await self._sender.close()

    async def _is_own(
        self,
        request: Request,
        attempt: Attempt,
        problem: Problem,
        decision: Decision,
        failures: int,
    ) -> bool:
        """Return True if a failure is the request's own for good, False if it is sent again.

        Raises ModelStops if the model refuses other requests as well.
        """
        passing = decision.act in ("retry", "repair")
        if decision.certain or (passing and failures < self._attempts):
            return decision.certain
        if passing and problem.kind == "unsent":
            return False
        if not await self._answers_others(request, attempt.ended_at):
            return False
        if passing:
            return self._sender.evidence.is_own(request.request_id, failures)
        # A status that mostly refuses the model may have been a whim of some gateway.
        return decision.act != "stop" or failures >= self._attempts

    async def _answers_others(self, request: Request, since: float) -> bool:
        """Return True if an attempt sent after `since` is answered, False if faults prevent it.

        Sends a control request unless another one has shown it. Raises ModelStops if that is
        refused.
        """
        async with self._controlling:
            refused = 0
            while not self._sender.evidence.answered_since(since):
                control = control_of(request)
                attempt = await self._sender.send(control, 1, None, repair=False, urgent=True)
                outcome = attempt.outcome
                if isinstance(outcome, ParsedAnswer):
                    return True
                if await self._sender.adapted(outcome, attempt):
                    continue
                decision = decide(outcome)
                if decision.act in ("wait", "retry"):
                    return False
                refused += 1
                if refused == CONTROLS:
                    await self._sender.stop(outcome, decision)
                await asyncio.sleep(backoff_s(2, self._random.random()))
        return True
