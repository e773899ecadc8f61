"""Calls of the provider's batch service: faults that pass are waited out, answers read as JSON."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NoReturn, TypeVar

from openai import APIError

from culture_ray.engines.openai.client import problem_of
from culture_ray.engines.openai.problems import Problem, backoff_s, decide
from culture_ray.errors import ModelStops
from culture_ray.spending.breaker import PassingFault

T = TypeVar("T")

MAX_UNREADABLE = 12
"""Unreadable answers in a row after which the service counts as one without batches."""

_GONE = (404, 410)


class CallRefused(Exception):
    """The service refused a call and would refuse it again."""

    def __init__(self, problem: Problem, reason: str) -> None:
        super().__init__(reason)
        self.problem, self.reason = problem, reason

    @property
    def is_gone(self) -> bool:
        """Return True if what was asked for does not exist."""
        return self.problem.status in _GONE


class ServiceCalls:
    """Calls of one account's batch service, repeated until they succeed or are refused."""

    def __init__(
        self,
        key: str,
        source: str,
        give_up_after_s: float,
        note_fault: Callable[[PassingFault | None], Awaitable[None]],
        first_pause_s: float,
    ) -> None:
        self._key, self._source = key, source
        self._give_up_after_s, self._first_pause_s = give_up_after_s, first_pause_s
        self._note_fault = note_fault
        self._random = random.Random()

    async def with_retries(self, call: Callable[[], Awaitable[T]]) -> T:
        """Return the result of a call; passing faults are waited out. Raises CallRefused."""
        began, attempt, unreadable = time.monotonic(), 1, 0
        while True:
            attempt += 1
            try:
                found = await call()
            except APIError as error:
                problem = problem_of(error, self._key)
            except ValueError as error:
                problem = Problem("body", str(error))
            else:
                if attempt > 2:  # the first one, as `backoff_s` counts, has failed
                    await self._note_fault(None)
                return found
            decision = decide(problem)
            if problem.status in _GONE:
                raise CallRefused(problem, decision.reason)
            if decision.act == "stop":
                self.stop(decision.reason)
            if decision.act == "record":
                raise CallRefused(problem, decision.reason)
            unreadable = unreadable + 1 if problem.kind == "body" else 0
            if unreadable == MAX_UNREADABLE:
                self.stop(decision.reason)
            wait = problem.retry_after_s or self.pause_s(attempt)
            if time.monotonic() + wait > began + self._give_up_after_s:
                hours = self._give_up_after_s / 3600
                self.stop(f"no answer for {hours:.3g} h, the last one: {decision.reason}")
            refused = decision.act == "wait"
            await self._note_fault(PassingFault(decision.reason, problem.retry_after_s, refused))
            await asyncio.sleep(wait)

    def pause_s(self, attempt: int) -> float:
        """Return the seconds to wait before an attempt; the first one fails at once."""
        return backoff_s(attempt, self._random.random(), first=self._first_pause_s)

    def stop(self, reason: str) -> NoReturn:
        """Raise ModelStops: the service cannot be used."""
        raise ModelStops(f"{self._source} cannot be used in batches: {reason}")


async def object_in(call: Awaitable[Any]) -> Mapping[str, Any]:
    """Return the JSON object in an answer; raises ValueError for anything else."""
    raw = await call
    try:
        content = json.loads(raw.http_response.content)
    except (ValueError, RecursionError) as error:
        raise ValueError("the answer is not JSON") from error
    if not isinstance(content, Mapping):
        raise ValueError("the answer is not a JSON object")  # noqa: TRY004 - its value is wrong
    return content


async def id_in(call: Awaitable[Any]) -> str:
    """Return the id in an answer; raises ValueError for an answer without one."""
    name = (await object_in(call)).get("id")
    if not isinstance(name, str) or not name:
        raise ValueError("the answer has no id")
    return name
