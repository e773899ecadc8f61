"""Requests for texts, sent through the executor into shards, like those of a sweep."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from culture_ray.engines.interface import Request, Response, Sampling
from culture_ray.errors import EngineFailed
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import damage, read, unit_id
from culture_ray.sweep.execute.executor import Executor
from culture_ray.sweep.plan.requests import request_id
from culture_ray.sweep.plan.units import Loaded, Unit, slices
from culture_ray.sweep.progress.progress import Progress
from culture_ray.tables import TEXTS

AGAIN_TEMPERATURE = 0.7
"""Lowest temperature of further attempts, which must not repeat the first answer."""


@dataclass(frozen=True)
class TextQuestion:
    """Question to a model about one text."""

    step: str
    place: str
    prompt: str
    schema: str
    attempt: int = 0

    def key(self, model: str, language: str) -> str:
        """Return the request id.

        It includes a hash of the prompt, so that a changed source text is a new request.
        """
        digest = hashlib.blake2b(self.prompt.encode(), digest_size=8).hexdigest()
        return request_id(self.step, model, language, self.place, str(self.attempt), digest)


@dataclass(frozen=True)
class TextAnswer:
    """Answer to a question about a text, or the reason why there is none."""

    text: str | None
    failure: str | None


@dataclass(frozen=True)
class TextTask:
    """Executor task for texts; the rows hold their prompts."""

    stage: str
    sampling: Sampling

    @property
    def schema(self) -> pa.Schema:
        """Return TEXTS."""
        return TEXTS

    def load(self, unit: Unit) -> Loaded:
        """Return the unit's rows and requests."""
        if unit.rows is None:
            raise ValueError(f"unit {unit.path.stem} has no requests")
        rows = unit.rows.to_pylist()
        return Loaded(
            unit.rows,
            [
                Request(
                    row["request_id"],
                    row["prompt"],
                    self._sampling(row["attempt"]),
                    schema=row["schema"],
                    stage="translate",
                )
                for row in rows
            ],
        )

    def _sampling(self, attempt: int) -> Sampling:
        if not attempt:
            return self.sampling
        return replace(self.sampling, temperature=max(self.sampling.temperature, AGAIN_TEMPERATURE))

    def table(
        self, loaded: Loaded, responses: Sequence[Response | None], replica: str, attempts: int
    ) -> pa.Table:
        """Return the shard (TEXTS schema)."""
        answers = [response for response in responses if response is not None]
        added: dict[str, Any] = {
            "text": [answer.text for answer in answers],
            "failure": [answer.failure for answer in answers],
            "prompt_tokens": [answer.prompt_tokens for answer in answers],
            "output_tokens": [answer.output_tokens for answer in answers],
            "replica": [replica] * len(answers),
            "finished_at": [datetime.now(UTC)] * len(answers),
        }
        columns = {name: loaded.rows.column(name) for name in loaded.rows.column_names}
        return pa.table(columns | added, schema=TEXTS)


class TextRun:
    """Run directory of texts; questions that it has answers to are not asked again."""

    def __init__(
        self,
        run: RunDirectory,
        language: str,
        executor: Executor,
        progress: Progress,
        unit_size: int,
    ) -> None:
        self._run, self._language, self._executor = run, language, executor
        self._progress, self._unit_size = progress, unit_size
        self._known, self._shards = self._answered()

    def ask(
        self, model: str, questions: Sequence[TextQuestion], sampling: Sampling
    ) -> dict[str, TextAnswer]:
        """Return the answers by place; all questions belong to one step.

        Raises EngineFailed if the model cannot continue; answers so far are kept.
        """
        if not questions:
            return {}
        keys = {question.key(model, self._language): question for question in questions}
        remaining = {key: question for key, question in keys.items() if key not in self._known}
        step = questions[0].step
        self._progress.begin_stage(step, {model: (len(keys), len(keys) - len(remaining))})
        units = self._units(model, step, remaining)
        failed = self._executor.run(TextTask(step, sampling), units)
        for why in failed.values():
            raise EngineFailed(f"model {model} could not finish: {why}")
        for unit in units:
            self._take(read(unit.path))
        return {question.place: self._known[key] for key, question in keys.items()}

    def _units(self, model: str, step: str, remaining: Mapping[str, TextQuestion]) -> list[Unit]:
        rows = [
            {
                "request_id": key,
                "step": step,
                "model": model,
                "language": self._language,
                "place": question.place,
                "attempt": question.attempt,
                "prompt": question.prompt,
                "schema": question.schema,
            }
            for key, question in remaining.items()
        ]
        names = list(rows[0]) if rows else []
        table = pa.Table.from_pylist(rows, schema=pa.schema([TEXTS.field(n) for n in names]))
        units = []
        for start, size in slices(len(rows), self._unit_size):
            name = unit_id(self._shards, list(remaining)[start : start + size])
            self._shards += 1
            folder = self._run.folder / "texts" / f"model={model}" / f"step={step}"
            units.append(
                Unit(
                    path=folder / f"{name}.arrow",
                    engine=model,
                    model=model,
                    language=self._language,
                    size=size,
                    tokens=float(size),
                    rows=table.slice(start, size),
                )
            )
        return units

    def _answered(self) -> tuple[dict[str, TextAnswer], int]:
        self._known = {}
        shards = self._run.shards("texts")
        for path in shards:
            problem = damage(path, TEXTS)
            if problem is None:
                self._take(read(path))
            else:
                self._progress.say(f"ignored: {path.name} {problem.what}; it will be made again")
        return self._known, len(shards)

    def _take(self, table: pa.Table) -> None:
        for row in table.select(["request_id", "text", "failure"]).to_pylist():
            self._known[row["request_id"]] = TextAnswer(row["text"], row["failure"])
