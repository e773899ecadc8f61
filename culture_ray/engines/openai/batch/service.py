"""Client of the provider's batch service: upload, create, retrieve, download, cancel."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from culture_ray.engines.openai.batch.service_calls import (
    CallRefused,
    ServiceCalls,
    id_in,
    object_in,
)
from culture_ray.engines.openai.batch.states import BatchError, BatchState, state_of
from culture_ray.engines.openai.problems import Problem
from culture_ray.spending.breaker import PassingFault

if TYPE_CHECKING:
    from openai import AsyncOpenAI

FILE_CHECKS = 8
"""Times that a batch is created whose file is said not to be there: it may take a minute."""

RUN, ENTRY = "culture_ray_run", "culture_ray_entry"
"""Metadata keys of a batch: name of its run, and key of its journal record."""

_CLOCK_SKEW_S = 3600.0
"""Largest difference between the provider's clock and ours."""

_MOST_PAGES = 10_000
_ABOUT_FILE = re.compile(r"\bfile\b", re.IGNORECASE)


class BatchRefused(Exception):
    """The service refused a batch or its file and would refuse it again; nothing was billed."""

    def __init__(self, error: BatchError) -> None:
        super().__init__(error.message)
        self.error = error


class InputFileGone(Exception):
    """The service does not know the uploaded file of a batch."""


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
        self._client, self._run, self._path = client, run, path
        self._calls = ServiceCalls(key, source, give_up_after_s, note_fault, first_pause_s)

    async def upload(self, path: Path) -> str:
        """Upload an input file; return its id. Raises BatchRefused for a file it does not take."""
        files = self._client.files.with_raw_response
        try:
            return await self._calls.with_retries(
                lambda: id_in(files.create(file=path, purpose="batch"))
            )
        except CallRefused as refused:
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
            return await id_in(
                self._client.batches.with_raw_response.create(
                    input_file_id=file,
                    endpoint=self._path,  # type: ignore[arg-type]
                    completion_window="24h",
                    metadata={RUN: self._run[:512], ENTRY: key},
                )
            )

        for check in range(2, FILE_CHECKS + 2):
            try:
                return await self._calls.with_retries(find_or_create)
            except CallRefused as refused:
                if not _misses_file(refused.problem, file):
                    raise self._refusal(refused) from refused
            await asyncio.sleep(self._calls.pause_s(check))
        raise InputFileGone

    async def retrieve(self, batch: str) -> BatchState | None:
        """Return the state of a batch, None if the service does not know it."""
        batches = self._client.batches.with_raw_response
        try:
            content = await self._calls.with_retries(lambda: object_in(batches.retrieve(batch)))
        except CallRefused as refused:
            if refused.is_gone:
                return None
            self._calls.stop(refused.reason)
        return state_of(content)

    async def download(self, file: str) -> bytes | None:
        """Return the content of a result file, None if the service does not have it."""

        async def content() -> bytes:
            return (await self._client.files.content(file)).content

        try:
            return await self._calls.with_retries(content)
        except CallRefused:
            return None

    async def cancel(self, batch: str) -> None:
        """Cancel a batch; finished requests stay billed and can be downloaded."""
        try:
            await self._calls.with_retries(lambda: self._client.batches.cancel(batch))
        except CallRefused:  # it is over, or unknown
            return

    async def _find(self, key: str, since: float) -> str | None:
        after, seen = "", set[str]()
        for _ in range(_MOST_PAGES):
            options: dict[str, Any] = {"limit": 100} | ({"after": after} if after else {})
            page = await object_in(self._client.batches.with_raw_response.list(**options))
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

    def _refusal(self, refused: CallRefused) -> BatchRefused:
        problem = refused.problem
        if refused.is_gone:  # no such route, so no batches
            self._calls.stop(refused.reason)
        error = BatchError(problem.code or "", refused.reason, param=problem.param)
        return BatchRefused(error)


def _misses_file(problem: Problem, file: str) -> bool:
    """Return True if a batch was not created because its file is not there, or not yet."""
    words = f"{problem.message} {problem.param}"
    return file in words or bool(_ABOUT_FILE.search(words.replace("_", " ")))
