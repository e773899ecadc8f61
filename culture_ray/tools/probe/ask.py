"""Requests of a probe: each is reserved, sent and settled like any paid request."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from culture_ray.engines.model import Model
from culture_ray.engines.openai.body import usage_bound
from culture_ray.engines.openai.client import openai_client, problem_of
from culture_ray.engines.openai.parsing import ParsedAnswer, parse
from culture_ray.engines.openai.problems import Decision, Problem, backoff_s, decide
from culture_ray.errors import EngineFailed
from culture_ray.spending.account import Account
from culture_ray.spending.breaker import PassingFault
from culture_ray.tools.probe.outcome import ProbeOutcome
from culture_ray.tools.probe.probes import PLAIN, Probe, body_of, probes_for

if TYPE_CHECKING:
    from openai import AsyncOpenAI

TRIES = 4
"""Number of times that a probe is sent while its faults are passing ones."""

_LIMIT_NAMES = {"max_completion_tokens": "max_tokens", "max_tokens": "max_completion_tokens"}
"""The other name of the output limit in Chat Completions."""


async def probe(name: str, model: Model, account: Account) -> dict[str, ProbeOutcome]:
    """Return the outcome of each probe, by its name; `name` is the model's in the configuration.

    Raises MissingKey, CapReached, and EngineFailed if the model answers nothing at all.
    """
    key = model.api.key(model.source)
    client = openai_client(model.api, key, 4)
    try:
        return await _Prober(name, model, account, client, key).run()
    finally:
        await client.close()
        await account.close()


@dataclass(frozen=True)
class _Sent:
    """One attempt: an answer or a problem, with what came along."""

    found: ParsedAnswer | Problem
    body: Mapping[str, Any]
    document: Mapping[str, Any]
    headers: Mapping[str, str]
    dollars: float | None = None


class _Prober:
    def __init__(
        self, name: str, model: Model, account: Account, client: AsyncOpenAI, key: str
    ) -> None:
        self._name, self._model, self._api = name, model, model.api
        self._account, self._client, self._key = account, client, key
        self._attempts = 0
        chat = model.api.form == "chat"
        self._limit_name: str = model.api.output_limit if chat else "max_output_tokens"

    async def run(self) -> dict[str, ProbeOutcome]:
        plain = await self._outcome(PLAIN)
        if not plain.answered and not plain.final and self._limit_name in _LIMIT_NAMES:
            self._limit_name = _LIMIT_NAMES[self._limit_name]
            other = await self._outcome(PLAIN)
            plain = other if other.answered else plain
        if not plain.answered:
            raise EngineFailed(f"model {self._name} cannot be probed: {plain.reason}")
        found = {PLAIN.name: plain}
        for each in probes_for(self._api):
            found[each.name] = await self._outcome(each)
        return found

    async def _outcome(self, asked: Probe) -> ProbeOutcome:
        """Return the outcome of a probe, after repetitions where a fault is a passing one."""
        for number in range(2, TRIES + 2):
            sent = await self._send(asked)
            if isinstance(sent.found, ParsedAnswer):
                return self._answered(asked, sent, sent.found)
            decision = decide(sent.found)
            if decision.act not in ("wait", "retry", "repair"):
                break
            await asyncio.sleep(backoff_s(number, random.random()))
        return ProbeOutcome(
            answered=False,
            reason=decision.reason,
            final=decision.act == "stop",
            headers=sent.headers,
            limit_name=self._limit_name,
            max_tokens=asked.max_tokens,
        )

    def _answered(self, asked: Probe, sent: _Sent, found: ParsedAnswer) -> ProbeOutcome:
        return ProbeOutcome(
            answered=True,
            text=found.text,
            probabilities=found.probabilities,
            reason=found.failure or "",
            document=sent.document,
            headers=sent.headers,
            usage=found.usage,
            dollars=sent.dollars,
            limit_name=self._limit_name,
            max_tokens=asked.max_tokens,
        )

    async def _send(self, asked: Probe) -> _Sent:
        self._attempts += 1
        body = body_of(asked, self._model.source, self._api, self._limit_name)
        bound = usage_bound(asked.request, body, self._attempts, self._api.tier, limited=True)
        ticket = await self._account.reserve(bound)
        sent = await self._post(asked, body)
        await self._account.observe_headers(ticket, sent.headers)
        if isinstance(sent.found, Problem):
            await self._account_for(ticket, sent.found, decide(sent.found))
            return sent
        if sent.found.usage is None:
            await self._account.answered(ticket)
            await self._account.mark_unresolved(ticket, "the answer does not say what it used")
            return sent
        return replace(sent, dollars=await self._account.settle(ticket, sent.found.usage))

    async def _post(self, asked: Probe, body: dict[str, Any]) -> _Sent:
        from openai import APIError

        chat = self._api.form == "chat"
        endpoint = self._client.chat.completions if chat else self._client.responses
        try:
            raw = await endpoint.with_raw_response.create(**_arguments(body))
        except APIError as error:
            headers = getattr(getattr(error, "response", None), "headers", {})
            return _Sent(problem_of(error, self._key), body, {}, dict(headers))
        content = raw.http_response.content
        return _Sent(parse(content, asked.request), body, _document(content), dict(raw.headers))

    async def _account_for(self, ticket: str, problem: Problem, decision: Decision) -> None:
        if decision.act in ("wait", "retry"):
            refused = decision.act == "wait"
            fault = PassingFault(decision.reason, problem.retry_after_s, refused)
            await self._account.unavailable(ticket, fault)
        if problem.usage is not None and problem.usage.output_tokens:
            await self._account.settle(ticket, problem.usage)
        elif decision.billed == "nothing":
            await self._account.void(ticket, decision.reason)
        else:
            await self._account.mark_unresolved(ticket, decision.reason)
        if decision.act == "wait":
            await self._account.rate_limited(problem.retry_after_s)


def _arguments(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body as arguments of the client, which does not know every server's parameters."""
    named = {name: body[name] for name in ("model", "messages", "input") if name in body}
    return named | {"extra_body": {n: v for n, v in body.items() if n not in named}}


def _document(content: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(content)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
