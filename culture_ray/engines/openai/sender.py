"""Sender of single attempts of one model: reserve, send, settle, and cache what was paid for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from culture_ray.engines.interface import Request, Response
from culture_ray.engines.model import Model
from culture_ray.engines.openai.answer_cache import AnswerCache, CachedAnswer
from culture_ray.engines.openai.body import thinking_of, usage_bound
from culture_ray.engines.openai.client import problem_of, timeout_of
from culture_ray.engines.openai.client_group import ClientGroup
from culture_ray.engines.openai.evidence import Evidence
from culture_ray.engines.openai.model_bodies import ModelBodies
from culture_ray.engines.openai.parsing import ParsedAnswer, failed_response, parse, to_response
from culture_ray.engines.openai.problems import Decision, Problem, decide
from culture_ray.engines.openai.remedies import remedy
from culture_ray.errors import ModelStops
from culture_ray.spending.account import Account, TokenUsage
from culture_ray.spending.breaker import PassingFault

LINGER_S = 20.0
"""Time that a closing engine waits for requests in flight, which are paid for."""


_NOT_SENT = Problem("unsent", "")


@dataclass(frozen=True)
class Attempt:
    """One attempt, and the known cost in dollars of all attempts so far."""

    number: int
    ticket: str
    spent: float | None
    body: Mapping[str, Any]
    sent_at: float = 0.0
    """Time of sending in seconds of `time.monotonic`, like the end."""
    outcome: ParsedAnswer | Problem = _NOT_SENT
    ended_at: float = 0.0

    def answer(self, request: Request, parsed: ParsedAnswer) -> CachedAnswer:
        """Return the answer of this attempt, for the cache."""
        response = to_response(request, parsed, self.ended_at - self.sent_at, self.spent)
        return CachedAnswer(replace(response, attempts=self.number), self.ticket, parsed.usage)

    def failure(self, request: Request, reason: str) -> CachedAnswer:
        """Return the failure of the request after this attempt, for the cache."""
        sent = f" (sent {self.number} times)" if self.number > 1 else ""
        response = failed_response(request, reason + sent)
        seconds = self.ended_at - self.sent_at
        return CachedAnswer(
            replace(response, seconds=seconds, dollars=self.spent, attempts=self.number)
        )


class AttemptSender:
    """Attempts of one engine, with what their outcomes say of the model."""

    def __init__(self, model: Model, account: Account, folder: Path) -> None:
        self._model, self._api, self._account = model, model.api, account
        self.cache = AnswerCache(folder)
        self.evidence = Evidence()
        self.stopped: ModelStops | None = None
        """Error of all further requests, once the model has stopped."""
        thinking = thinking_of(model)
        self._bodies = ModelBodies(model.source, model.api, account.notice, thinking)
        self._clients: ClientGroup | None = None
        self._key = ""
        self._sending: set[asyncio.Task[Attempt]] = set()

    async def start(self) -> None:
        """Create the clients; raises MissingKey, which names the variable, and DiskProblem."""
        self._key = self._api.key(self._model.source)
        self._clients = ClientGroup(self._api, self._key, self._model.in_flight)
        self.cache.open()

    async def close(self) -> None:
        """Wait a little for paid requests in flight, and write their answers to disk."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=LINGER_S)
        if self._clients is not None:
            await self._clients.close()
            self.cache.close()
        await self._account.close()

    async def send(
        self,
        request: Request,
        number: int,
        spent: float | None,
        *,
        repair: bool,
        urgent: bool = False,
    ) -> Attempt:
        """Reserve and send once; a sent attempt is completed even if the caller is cancelled."""
        if self.stopped is not None:
            raise self.stopped
        body = self._bodies.make(request, int(repair))
        is_flex = self._api.tier == "flex" and "service_tier" in body
        bound = usage_bound(request, body, number, "flex" if is_flex else "standard", limited=True)
        ticket = await self._account.reserve(replace(bound, urgent=urgent))
        attempt = Attempt(number, ticket, spent, body, time.monotonic())
        task = asyncio.create_task(self._complete(request, body, attempt))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
        return await asyncio.shield(task)

    async def adapted(self, problem: Problem, attempt: Attempt) -> bool:
        """Return True if a refusal is met by a change of all further requests."""
        return await self._bodies.adapt(problem, attempt.body)

    async def stop(self, problem: Problem, decision: Decision) -> None:
        """Stop the model in all its workers; raises ModelStops."""
        what = f"{self._model.source} cannot be used: {decision.reason}"
        self.stopped = ModelStops(f"{what}; {remedy(problem, self._api)}")
        await self._account.stop(str(self.stopped))
        raise self.stopped

    def cached(self, answer: CachedAnswer) -> Response:
        """Write an answer to the cache; return its response."""
        self.cache.add(answer)
        return answer.response

    async def _complete(self, request: Request, body: dict[str, Any], attempt: Attempt) -> Attempt:
        outcome = await self._post(attempt, body, request)
        attempt = replace(attempt, outcome=outcome, ended_at=time.monotonic())
        answered = isinstance(outcome, ParsedAnswer)
        if isinstance(outcome, ParsedAnswer) or decide(outcome).act in ("retry", "repair"):
            self.evidence.add(request.request_id, attempt.sent_at, answered=answered)
        if isinstance(outcome, Problem):
            return await self._account_for(attempt, decide(outcome), outcome)
        if outcome.usage is None:
            reason = "the answer does not say what it used"
            await self._account.answered(attempt.ticket)
            await self._account.mark_unresolved(attempt.ticket, reason)
        else:
            attempt = await self._settled(attempt, outcome.usage)
        if outcome.well_formed:
            self.cached(attempt.answer(request, outcome))
        return attempt

    async def _post(
        self, attempt: Attempt, body: dict[str, Any], request: Request
    ) -> ParsedAnswer | Problem:
        from openai import APIError

        if self._clients is None:
            raise ModelStops("the engine is not started")
        # The client checks the fields that it knows; all of them go through as they are.
        options: dict[str, Any] = {
            "extra_body": body,
            "extra_headers": {"X-Client-Request-Id": request.request_id},
            "timeout": timeout_of(self._api, attempt.number),
        }
        try:
            with self._clients.client() as client:
                if self._api.form == "chat":
                    completions = client.chat.completions.with_raw_response
                    raw = await completions.create(model=self._model.source, messages=[], **options)
                else:
                    raw = await client.responses.with_raw_response.create(**options)
        except APIError as error:
            headers = getattr(getattr(error, "response", None), "headers", None)
            if headers is not None:
                await self._account.observe_headers(attempt.ticket, headers)
            return problem_of(error, self._key)
        await self._account.observe_headers(attempt.ticket, raw.headers)
        return parse(raw.http_response.content, request, marks=self._model.thought_marks)

    async def _account_for(self, attempt: Attempt, decision: Decision, problem: Problem) -> Attempt:
        ticket, used = attempt.ticket, problem.usage
        if decision.act in ("wait", "retry"):
            refused = decision.act == "wait"
            fault = PassingFault(decision.reason, problem.retry_after_s, refused)
            await self._account.unavailable(ticket, fault)
        if used is not None and used.input_tokens + used.output_tokens:
            attempt = await self._settled(attempt, used)
        elif used is not None or decision.billed == "nothing":
            await self._account.void(ticket, decision.reason)
        else:
            await self._account.mark_unresolved(ticket, decision.reason)
        if decision.act == "wait":
            await self._account.rate_limited(problem.retry_after_s, ticket)
        if decision.busy:
            await self._account.overloaded()
        return attempt

    async def _settled(self, attempt: Attempt, usage: TokenUsage) -> Attempt:
        dollars = await self._account.settle(attempt.ticket, usage)
        return replace(attempt, spent=(attempt.spent or 0.0) + dollars)
