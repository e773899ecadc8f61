"""Task of rating: one row per answer to an item, with the rating or the reason why it failed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from culture_ray.benchmarks.design.rubric import Rubric
from culture_ray.benchmarks.rows import BenchmarkItem
from culture_ray.benchmarks.rubrics.prompt import rating_prompt
from culture_ray.benchmarks.rubrics.rating import parse_rating
from culture_ray.benchmarks.rubrics.schema import rating_schema
from culture_ray.engines.interface import Request, Response
from culture_ray.judging.parse import Unparsable
from culture_ray.settings.judging import Judge
from culture_ray.stages.judge.check_folders import fingerprint
from culture_ray.store.shards import read
from culture_ray.sweep.plan.requests import request_id
from culture_ray.sweep.plan.units import Loaded, Unit
from culture_ray.tables import RATINGS

_KEPT = ("benchmark", "model", "language", "item", "condition", "variant", "sample")


@dataclass(frozen=True)
class RatingTask:
    """One judge's ratings of the answers to one benchmark, for the executor."""

    name: str
    judge: Judge
    rubric: Rubric
    last_steps: Mapping[str, str]
    """Step whose answer is rated, by condition."""
    items: Callable[[Path], Mapping[str, BenchmarkItem]]
    """Items by id for a shard of answers; picklable."""

    @property
    def stage(self) -> str:
        """Return the stage's name as shown to people."""
        return f"judge {self.name}"

    @property
    def schema(self) -> pa.Schema:
        """Return RATINGS."""
        return RATINGS

    def load(self, unit: Unit) -> Loaded:
        """Read the answers and render the judge's prompts; an answer without text needs none."""
        if unit.source is None:
            raise ValueError(f"unit {unit.path.stem} has no answers to rate")
        rows = read(unit.source)
        steps = zip(*(rows.column(c).to_pylist() for c in ("condition", "step")), strict=True)
        kept = [self.last_steps.get(condition) == step for condition, step in steps]
        rows = rows.filter(pa.array(kept, pa.bool_()))
        items = self.items(unit.source)
        requests = [
            self._request(row, items.get(row["item"]) or _unlisted(row)) for row in rows.to_pylist()
        ]
        return Loaded(rows, requests)

    def table(
        self, loaded: Loaded, responses: Sequence[Response | None], replica: str, attempts: int
    ) -> pa.Table:
        """Return the ratings as a shard (RATINGS schema)."""
        now = datetime.now(UTC)
        rows = [
            self._row(row, response, replica, now)
            for row, response in zip(loaded.rows.to_pylist(), responses, strict=True)
        ]
        return pa.Table.from_pylist(rows, schema=RATINGS)

    def _request(self, row: Mapping[str, Any], item: BenchmarkItem) -> Request | None:
        if not (row["text"] or "").strip():
            return None
        # APIs with strict schemas differ in the bounds they accept.
        strict = self.judge.model.engine != "vllm"
        schema = json.dumps(rating_schema(self.rubric, strict=strict), ensure_ascii=False)
        said = rating_prompt(self.rubric, row["text"], {**item.fields, "text": item.text})
        held = schema if self.judge.answers == "json" else None
        if self.judge.model.chat:
            return Request(
                self._key(row), said.user, self.judge.sampling, said.system, held, stage="judge"
            )
        prompt = f"{said.system}\n\n{said.user}\nRating: "
        return Request(self._key(row), prompt, self.judge.sampling, schema=held, stage="judge")

    def _key(self, row: Mapping[str, Any]) -> str:
        return request_id("rating", self.name, self._fingerprint, row["request_id"])

    @property
    def _fingerprint(self) -> str:
        """Hash of everything that affects a rating: the judge and the rubric."""
        decisive = [fingerprint(self.judge), asdict(self.rubric)]
        text = json.dumps(decisive, sort_keys=True, ensure_ascii=False)
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()

    def _row(
        self, row: Mapping[str, Any], answer: Response | None, replica: str, now: datetime
    ) -> dict[str, Any]:
        status, failure, rating = self._rated(row, answer)
        return {name: row[name] for name in _KEPT} | {
            "request_id": self._key(row),
            "answer_id": row["request_id"],
            "judge": self.name,
            "status": status,
            "failure": failure,
            "rating": rating,
            "raw": None if answer is None else answer.text,
            "prompt_tokens": 0 if answer is None else answer.prompt_tokens,
            "output_tokens": 0 if answer is None else answer.output_tokens,
            "dollars": None if answer is None else answer.dollars,
            "replica": None if answer is None else replica,
            "finished_at": now,
        }

    def _rated(
        self, row: Mapping[str, Any], answer: Response | None
    ) -> tuple[str, str | None, str | None]:
        """Return the status, the reason of a failure, and the rating as JSON."""
        if row["text"] is None:
            return "failed", row["failure"], None
        if answer is None:
            return "empty", None, None
        if answer.text is None:
            return "error", answer.failure, None
        found = parse_rating(answer.text, self.rubric)
        if isinstance(found, Unparsable):
            return "unparsable", found.reason, None
        return "rated", None, json.dumps(found.values, ensure_ascii=False)


def _unlisted(row: Mapping[str, Any]) -> BenchmarkItem:
    """Return an item that the run no longer puts: a larger part of the items had it."""
    return BenchmarkItem(row["item"], row["item"], row["language"], row["prompt"] or "")
