"""Files and batches, which advance by the clock or to the share that a test sets."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.api_server import answers
from tests.api_server.bills import Bills
from tests.api_server.settings import Settings

OPEN = ("in_progress", "cancelling")


@dataclass
class Batch:
    """One batch and its progress."""

    name: str
    file: str
    endpoint: str
    metadata: dict[str, str] | None
    created: float
    lines: list[dict[str, Any]]
    tokens: int
    status: str = "in_progress"
    done: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    output_file: str | None = None
    error_file: str | None = None


class BatchStore:
    """Files and batches of the account."""

    def __init__(self, bills: Bills, settings: Callable[[], Settings]) -> None:
        self._bills, self._settings = bills, settings
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, Batch] = {}

    def upload(self, content: bytes) -> dict[str, Any]:
        """Store a file; raises ValueError if it is too large."""
        if len(content) > self._settings().batching.most_bytes:
            raise ValueError("the file is too large")
        return self._store(content)

    def create(self, body: dict[str, Any], now: float) -> dict[str, Any]:
        """Create a batch; a bad file makes it a failed batch."""
        batching = self._settings().batching
        content = self.files[body["input_file_id"]]
        lines = [json.loads(line) for line in content.splitlines()]
        responses = body["endpoint"].endswith("/responses")
        tokens = sum(answers.parse(line["body"], responses).input_tokens for line in lines)
        enqueued = sum(b.tokens for b in self.batches.values() if b.status in OPEN)
        name = f"batch_{len(self.batches) + 1:04d}"
        batch = Batch(
            name,
            body["input_file_id"],
            body["endpoint"],
            body.get("metadata"),
            now,
            lines,
            tokens,
        )
        problem = None
        if len(lines) > batching.most_requests:
            problem = {"code": "too_many_tasks", "message": "too many requests in the file"}
        elif len({line["custom_id"] for line in lines}) < len(lines):
            problem = {"code": "duplicate_custom_id", "message": "a custom_id occurs twice"}
        elif batching.enqueued_tokens is not None and enqueued + tokens > batching.enqueued_tokens:
            problem = {"code": "token_limit_exceeded", "message": "Enqueued token limit reached"}
        if problem:
            batch.status, batch.errors = "failed", [problem]
        self.batches[name] = batch
        return self.shown(name, now)

    def shown(self, name: str, now: float) -> dict[str, Any]:
        """Return a batch in the API's format, advanced to now."""
        batch = self.batches[name]
        self._advance(batch, now)
        done = batch.status not in OPEN
        counts = {
            "total": len(batch.lines),
            "completed": len(batch.done),
            "failed": len(batch.failed),
        }
        return {
            "id": name,
            "object": "batch",
            "endpoint": batch.endpoint,
            "input_file_id": batch.file,
            "completion_window": "24h",
            "created_at": int(batch.created),
            "status": batch.status,
            "errors": {"object": "list", "data": batch.errors} if batch.errors else None,
            "output_file_id": batch.output_file if done else None,
            "error_file_id": batch.error_file if done else None,
            "request_counts": counts,
            "metadata": batch.metadata,
        }

    def cancel(self, name: str, now: float) -> dict[str, Any]:
        """Cancel a batch; finished requests stay billed."""
        batch = self.batches[name]
        self._advance(batch, now)
        if batch.status == "in_progress":
            self._end(batch, "cancelled", "batch_cancelled")
        return self.shown(name, now)

    def _advance(self, batch: Batch, now: float) -> None:
        if batch.status != "in_progress":
            return
        batching = self._settings().batching
        share = batching.share
        whole = len(batch.lines)
        goal = (now - batch.created) * batching.lines_per_s if share is None else share * whole
        self._work(batch, min(whole, int(goal + 1e-9)))
        if len(batch.done) + len(batch.failed) == whole:
            self._end(batch, "completed", None)
        elif batching.expired:
            self._end(batch, "expired", "batch_expired")

    def _work(self, batch: Batch, goal: int) -> None:
        settings = self._settings()
        for index in range(len(batch.done) + len(batch.failed), goal):
            line = batch.lines[index]
            key = line["custom_id"]
            if settings.batching.failing_lines * (index + 1) - len(batch.failed) >= 1:
                error = {"error": {"message": "server error", "code": "server_error"}}
                batch.failed.append(_line(batch, index, key, 500, error))
                continue
            parsed = answers.parse(line["body"], batch.endpoint.endswith("/responses"))
            completion = answers.answer(parsed, settings.answers, None)
            self._bills.add(key, completion, settings.money, "batch")
            batch.done.append(
                _line(batch, index, key, 200, answers.body(parsed, completion, None, index))
            )

    def _end(self, batch: Batch, status: str, code: str | None) -> None:
        batch.status = status
        for index in range(len(batch.done) + len(batch.failed), len(batch.lines)):
            error = {"code": code, "message": f"This request could not be executed: {code}"}
            key = batch.lines[index]["custom_id"]
            row = {"id": f"{batch.name}_{index}", "custom_id": key, "response": None}
            batch.failed.append(json.dumps({**row, "error": error}))
        # The API returns output in any order.
        if batch.done:
            batch.output_file = self._store("\n".join(reversed(batch.done)).encode())["id"]
        if batch.failed:
            batch.error_file = self._store("\n".join(batch.failed).encode())["id"]

    def _store(self, content: bytes) -> dict[str, Any]:
        name = f"file-{len(self.files) + 1:04d}"
        self.files[name] = content
        return {
            "id": name, "object": "file", "bytes": len(content), "created_at": 1,
            "filename": "batch.jsonl", "purpose": "batch", "status": "processed",
        }  # fmt: skip


def _line(batch: Batch, index: int, key: str, status: int, body: dict[str, Any]) -> str:
    response = {"status_code": status, "request_id": f"{batch.name}_{index}", "body": body}
    row = {"id": f"{batch.name}_{index}", "custom_id": key, "response": response, "error": None}
    return json.dumps(row)
