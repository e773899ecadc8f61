"""Judge: every response becomes a label, or a row that says why there is none."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pyarrow as pa

from culture_ray.engines.interface import Request, Response
from culture_ray.engines.model import DECISIVE
from culture_ray.judging import reading
from culture_ray.judging.language_id import LanguageDetector
from culture_ray.judging.prompt import (
    JudgeTask,
    answer_schema,
    chat_prompt,
    completion_prompt,
    most_opinions,
    text_for_judge,
)
from culture_ray.prompts.language import Language
from culture_ray.prompts.protocols import find_protocol
from culture_ray.stages.settings import Judge
from culture_ray.store.shards import read
from culture_ray.sweep.requests import request_id
from culture_ray.sweep.units import Loaded, Unit
from culture_ray.tables import LABELS

_ORDER = ("model", "language", "protocol", "template", "topic", "wording", "sample")


@dataclass(frozen=True)
class Label:
    """The judge stage's task for the executor."""

    name: str
    judge: Judge
    languages: Mapping[str, Language]
    base_models: frozenset[str]
    """Models whose prompt already began the list."""

    @property
    def stage(self) -> str:
        """Return the stage's name as shown to people."""
        return f"judge {self.name}"

    def load(self, unit: Unit) -> Loaded:
        """Read the responses and render what the judge has to read of them."""
        if unit.source is None:
            raise ValueError(f"unit {unit.path.stem} has no responses to judge")
        rows = read(unit.source)
        return Loaded(rows, [self._request(row) for row in rows.to_pylist()])

    def table(
        self, loaded: Loaded, responses: Sequence[Response | None], replica: str, attempts: int
    ) -> pa.Table:
        """Return the labels as a shard (LABELS schema)."""
        now = datetime.now(UTC)
        rows = [
            self._row(row, answer, replica, now)
            for row, answer in zip(loaded.rows.to_pylist(), responses, strict=True)
        ]
        return pa.Table.from_pylist(rows, schema=LABELS)

    def _request(self, row: Mapping[str, Any]) -> Request | None:
        response = self._response(row)
        if not reading.needs_judge(response):
            return None
        language = self.languages[row["language"]]
        texts = language.topics[row["topic"]]
        codes = tuple(sorted(self.languages))
        task = JudgeTask(
            text_for_judge(response.text or "", response.split()),
            texts.pro,
            texts.con,
            language.name,
            codes,
        )
        most, fewest = most_opinions(response.asked), 1
        if not self.judge.model.chat:
            # A base model goes on with the worked example instead of counting for itself.
            most = fewest = max(1, min(response.split().count, most))
        schema = answer_schema(most, codes, min_opinions=fewest)
        key = request_id("judge", self.name, fingerprint(self.judge), row["request_id"])
        form = json.dumps(schema)
        if self.judge.model.chat:
            chat = chat_prompt(task)
            return Request(key, chat.user, self.judge.sampling, chat.system, form, stage="judge")
        prompt = completion_prompt(task)
        return Request(key, prompt, self.judge.sampling, schema=form, stage="judge")

    def _response(self, row: Mapping[str, Any]) -> reading.Response:
        return reading.Response(
            text=row["text"],
            language=row["language"],
            asked=find_protocol(row["protocol"]).opinions,
            finish_reason=row["finish_reason"],
            failure=row["failure"],
            continues_list=row["model"] in self.base_models,
        )

    def _row(
        self, row: Mapping[str, Any], answer: Response | None, replica: str, now: datetime
    ) -> dict[str, Any]:
        said = None if answer is None else reading.JudgeAnswer(answer.text, answer.failure)
        label = reading.read(
            self._response(row), said, _detector(), languages=tuple(sorted(self.languages))
        )
        return {name: row[name] for name in _ORDER} | {
            "request_id": request_id(
                "judge", self.name, fingerprint(self.judge), row["request_id"]
            ),
            "response_id": row["request_id"],
            "judge": self.name,
            "status": label.status,
            "failure": label.failure,
            "pro": label.pro,
            "con": label.con,
            "neutral": label.neutral,
            "opinions": label.opinions,
            "stances": label.stances,
            "value_polarity": label.value_polarity,
            "judged_language": label.judged_language,
            "detected_language": label.detected_language,
            "wrong_language": label.wrong_language,
            "truncated": label.truncated,
            "repetitive": label.repetitive,
            "raw": None if answer is None else answer.text,
            "prompt_tokens": 0 if answer is None else answer.prompt_tokens,
            "output_tokens": 0 if answer is None else answer.output_tokens,
            "dollars": None if answer is None else answer.dollars,
            "replica": None if answer is None else replica,
            "finished_at": now,
        }


def fingerprint(judge: Judge) -> str:
    """Return a hash of what decides a judge's labels: its model and sampling, not how it is run."""
    model = {part: getattr(judge.model, part) for part in DECISIVE}
    text = json.dumps({"model": model, "sampling": asdict(judge.sampling)}, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


@cache
def _detector() -> LanguageDetector:
    return LanguageDetector()
