"""In-memory index of a batch journal: open batches, the batch of each request, loaded results."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence, Set
from pathlib import Path
from typing import Any

from culture_ray.engines.openai.adaptations import Adaptation
from culture_ray.engines.openai.batch.asked_again import asked_again
from culture_ray.engines.openai.batch.journal import BatchJournal, BatchRecord, BatchRequest
from culture_ray.engines.openai.batch.outcomes import Results

_LOADED = 3
"""Batches of earlier sessions whose results are held in memory at once."""


class BatchIndex:
    """Batches of one model, on disk and in memory; disk access runs in threads."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._journal = folder, BatchJournal(folder)
        self._open: dict[str, BatchRecord] = {}
        self._record_of: dict[str, BatchRecord] = {}
        """Latest batch of each request, by request id."""
        self._loaded: OrderedDict[str, asyncio.Task[Results]] = OrderedDict()
        self.has_ended = self.has_answered = False
        """True if a batch of this model has ever ended, and with an answer."""
        self.adaptations: tuple[Adaptation, ...] = ()
        """Adaptations in the latest batch of earlier sessions."""

    async def open(self) -> None:
        """Open the journal and index its batches.

        Raises EngineFailed if another process has it open, and DiskProblem.
        """
        for record in await asyncio.to_thread(self._journal.open):
            if record.state == "open":
                self._open[record.key] = record
            if record.state != "refused":
                self._assign(record)
            self.has_ended |= record.state == "ended"
            self.has_answered |= record.state == "ended" and record.answered
            self.adaptations = record.adaptations
        for request_id, at in (await asyncio.to_thread(asked_again, self._folder)).items():
            if (found := self._record_of.get(request_id)) is not None and found.created < at:
                del self._record_of[request_id]

    @property
    def set_aside(self) -> list[Path]:
        """Return the files that should hold a batch's record and do not, under their new names."""
        return self._journal.set_aside

    def close(self) -> None:
        """Release the journal."""
        self._journal.close()

    @property
    def open_batches(self) -> list[BatchRecord]:
        """Return the batches that have not ended, oldest first."""
        return list(self._open.values())

    @property
    def enqueued_tokens(self) -> int:
        """Return the input tokens of all open batches."""
        return sum(record.tokens for record in self._open.values())

    def is_open(self, record: BatchRecord) -> bool:
        """Return True if a batch has not ended."""
        return record.key in self._open

    def find(self, request_id: str) -> BatchRecord | None:
        """Return the latest batch with a request, None if it has never been sent."""
        return self._record_of.get(request_id)

    async def add(
        self,
        requests: Sequence[BatchRequest],
        texts: Sequence[str],
        tokens: int,
        adaptations: tuple[Adaptation, ...],
    ) -> BatchRecord:
        """Record the intent to send a batch; raises DiskProblem."""
        record = await asyncio.to_thread(
            self._journal.record_intent, requests, texts, tokens, adaptations
        )
        self._open[record.key] = record
        self._assign(record)
        return record

    async def update(self, record: BatchRecord, **changes: Any) -> BatchRecord:
        """Record the progress of an open batch; return its new state."""
        updated = await asyncio.to_thread(self._journal.update, record, **changes)
        self._open[record.key] = updated
        return updated

    async def refuse(self, record: BatchRecord, reason: str) -> None:
        """Record that a batch never ran, and forget which requests it has."""
        await asyncio.to_thread(self._journal.update, record, state="refused", why=reason)
        del self._open[record.key]
        for request in record.lines:
            self._record_of.pop(request.request_id, None)

    async def end(self, record: BatchRecord, status: str, *, answered: bool = True) -> None:
        """Record that a batch has ended, with answers or without, and that it is settled."""
        ended = await asyncio.to_thread(
            self._journal.update, record, state="ended", why=status, answered=answered
        )
        del self._open[record.key]
        self._assign(ended)
        self.has_ended = True
        self.has_answered |= answered

    def input_path(self, record: BatchRecord) -> Path:
        """Return the file to upload."""
        return self._journal.input_path(record)

    async def sent_bodies(
        self, record: BatchRecord, request_ids: Set[str]
    ) -> dict[str, dict[str, Any]]:
        """Read the bodies of some requests of a batch as they were sent."""
        return await asyncio.to_thread(self._journal.sent_bodies, record, request_ids)

    async def write_results(self, record: BatchRecord, kind: str, content: bytes) -> None:
        """Write a result file, `output` or `errors`, as it was downloaded."""
        await asyncio.to_thread(self._journal.write_results, record, kind, content)

    async def read_results(self, record: BatchRecord) -> Results:
        """Read the results of a batch."""
        return await asyncio.to_thread(self._results, record)

    async def cached_results(self, record: BatchRecord) -> Results:
        """Read the results of a batch that has ended, from memory for the latest few."""
        if record.key not in self._loaded:
            self._loaded[record.key] = asyncio.create_task(self.read_results(record))
            while len(self._loaded) > _LOADED:
                self._loaded.popitem(last=False)
        return await self._loaded[record.key]

    def _results(self, record: BatchRecord) -> Results:
        rows = self._journal.result_rows(record)
        return {r.request_id: (r, rows.get(r.request_id)) for r in record.lines}

    def _assign(self, record: BatchRecord) -> None:
        self._record_of.update((request.request_id, record) for request in record.lines)
