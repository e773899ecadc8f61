"""Client of the provider's batch service: upload, create, retrieve, download, cancel, retries."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from openai import APIError

from culture_ray.engines.openai.batch.states import BatchError, BatchState, state_of
from culture_ray.engines.openai.client import problem_of
from culture_ray.engines.openai.problems import Problem, backoff_s, decide
from culture_ray.errors import ModelStops
from culture_ray.spending.breaker import PassingFault

if TYPE_CHECKING:
    from openai import AsyncOpenAI

T = TypeVar("T")

MAX_UNREADABLE = 12
"""Unreadable answers in a row after which the service counts as one without batches."""

FILE_CHECKS = 8
"""Times that a batch is created whose file is said not to be there: it may take a minute."""

RUN, ENTRY = "culture_ray_run", "culture_ray_entry"
"""Metadata keys of a batch: name of its run, and key of its journal record."""

_CLOCK_SKEW_S = 3600.0
"""Largest difference between the provider's clock and ours."""

_GONE = (404, 410)
_MOST_PAGES = 10_000
_ABOUT_FILE = re.compile(r"\bfile\b", re.IGNORECASE)


class BatchRefused(Exception):
    """The service refused a batch or its file and would refuse it again; nothing was billed."""

    def __init__(self, error: BatchError) -> None:
        super().__init__(error.message)
        self.error = error


class InputFileGone(Exception):
    """The service does not know the uploaded file of a batch."""


class _Refused(Exception):
    """The service refused a call and would refuse it again."""

    def __init__(self, problem: Problem, reason: str) -> None:
        super().__init__(reason)
        self.problem, self.reason = problem, reason

    @property
    def is_gone(self) -> bool:
        """Return True if what was asked for does not exist."""
        return self.problem.status in _GONE


class BatchService:
    """Batches of one account.

    Methods raise ModelStops if the service cannot be used. Outages are waited out for
    `give_up_after_s`; `note_fault` is told of each fault, and of the first answer after them.
    """

    def __init__(
        self,
        client: AsyncOpenAI,
        key: str,
        source: str,
        run: str,
        path: str,
        give_up_after_s: float,
        note_fault: Callable[[PassingFault | None], Awaitable[None]],
        first_pause_s: float = 0.5,
    ) -> None:
        self._client, self._key, self._source = client, key, source
        self._run, self._path = run, path
        self._give_up_after_s, self._first_pause_s = give_up_after_s, first_pause_s
        self._note_fault = note_fault
        self._random = random.Random()

    async def upload(self, path: Path) -> str:
        """Upload an input file; return its id. Raises BatchRefused for a file it does not take."""
        files = self._client.files.with_raw_response
        try:
            return await self._with_retries(
                lambda: _id_in(files.create(file=path, purpose="batch"))
            )
        except _Refused as refused:
            raise self._refusal(refused) from refused

    async def create(self, key: str, file: str, since: float, *, fresh: bool) -> str:
        """Create the batch of a record, or adopt the one that an earlier attempt created.

        `since` is when the record was written; False for `fresh` means that it may exist already.
        Raises BatchRefused for a batch that it does not take, InputFileGone.
        """
        may_exist = not fresh

        async def find_or_create() -> str:
            nonlocal may_exist
            if may_exist and (found := await self._find(key, since)) is not None:
                return found
            may_exist = True
            return await _id_in(
                self._client.batches.with_raw_response.create(
                    input_file_id=file,
                    endpoint=self._path,  # type: ignore[arg-type]
                    completion_window="24h",
                    metadata={RUN: self._run[:512], ENTRY: key},
                )
            )

        for check in range(2, FILE_CHECKS + 2):
            try:
                return await self._with_retries(find_or_create)
            except _Refused as refused:
                if not _misses_file(refused.problem, file):
                    raise self._refusal(refused) from refused
            await asyncio.sleep(self._pause_s(check))
        raise InputFileGone

    async def retrieve(self, batch: str) -> BatchState | None:
        """Return the state of a batch, None if the service does not know it."""
        batches = self._client.batches.with_raw_response
        try:
            content = await self._with_retries(lambda: _object_in(batches.retrieve(batch)))
        except _Refused as refused:
            return None if refused.is_gone else self._stop(refused.reason)
        return state_of(content)

    async def download(self, file: str) -> bytes | None:
        """Return the content of a result file, None if the service does not have it."""

        async def content() -> bytes:
            return (await self._client.files.content(file)).content

        try:
            return await self._with_retries(content)
        except _Refused:
            return None

    async def cancel(self, batch: str) -> None:
        """Cancel a batch; finished requests stay billed and can be downloaded."""
        try:
            await self._with_retries(lambda: self._client.batches.cancel(batch))
        except _Refused:  # it is over, or unknown
            return

    async def _find(self, key: str, since: float) -> str | None:
        after, seen = "", set[str]()
        for _ in range(_MOST_PAGES):
            options: dict[str, Any] = {"limit": 100} | ({"after": after} if after else {})
            page = await _object_in(self._client.batches.with_raw_response.list(**options))
            entries = page.get("data")
            batches = [b for b in entries if isinstance(b, Mapping)] if entries else []
            for batch in batches:
                name, metadata = batch.get("id"), batch.get("metadata")
                if isinstance(metadata, Mapping) and metadata.get(ENTRY) == key and name:
                    return str(name)
            last = batches[-1] if batches else {}
            created, after = state_of(last).created_at, str(last.get("id") or "")
            too_old = created is not None and created < since - _CLOCK_SKEW_S  # newest first
            if too_old or not page.get("has_more") or not after or after in seen:
                return None
            seen.add(after)
        return None

    async def _with_retries(self, call: Callable[[], Awaitable[T]]) -> T:
        """Return the result of a call; passing faults are waited out. Raises _Refused."""
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
                raise _Refused(problem, decision.reason)
            if decision.act == "stop":
                self._stop(decision.reason)
            if decision.act == "record":
                raise _Refused(problem, decision.reason)
            unreadable = unreadable + 1 if problem.kind == "body" else 0
            if unreadable == MAX_UNREADABLE:
                self._stop(decision.reason)
            wait = problem.retry_after_s or self._pause_s(attempt)
            if time.monotonic() + wait > began + self._give_up_after_s:
                hours = self._give_up_after_s / 3600
                self._stop(f"no answer for {hours:.3g} h, the last one: {decision.reason}")
            refused = decision.act == "wait"
            await self._note_fault(PassingFault(decision.reason, problem.retry_after_s, refused))
            await asyncio.sleep(wait)

    def _pause_s(self, attempt: int) -> float:
        return backoff_s(attempt, self._random.random(), first=self._first_pause_s)

    def _refusal(self, refused: _Refused) -> BatchRefused:
        problem = refused.problem
        if problem.status in _GONE:  # no such route, so no batches
            self._stop(refused.reason)
        error = BatchError(problem.code or "", refused.reason, param=problem.param)
        return BatchRefused(error)

    def _stop(self, reason: str) -> Any:
        raise ModelStops(f"{self._source} cannot be used in batches: {reason}")


def _misses_file(problem: Problem, file: str) -> bool:
    """Return True if a batch was not created because its file is not there, or not yet."""
    words = f"{problem.message} {problem.param}"
    return file in words or bool(_ABOUT_FILE.search(words.replace("_", " ")))


async def _object_in(call: Awaitable[Any]) -> Mapping[str, Any]:
    """Return the JSON object in an answer; raises ValueError for anything else."""
    raw = await call
    try:
        content = json.loads(raw.http_response.content)
    except (ValueError, RecursionError) as error:
        raise ValueError("the answer is not JSON") from error
    if not isinstance(content, Mapping):
        raise ValueError("the answer is not a JSON object")  # noqa: TRY004 - its value is wrong
    return content


async def _id_in(call: Awaitable[Any]) -> str:
    """Return the id in an answer; raises ValueError for an answer without one."""
    name = (await _object_in(call)).get("id")
    if not isinstance(name, str) or not name:
        raise ValueError("the answer has no id")
    return name
