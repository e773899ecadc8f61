"""Task of the stage judge: one row per response, with the label or the reason why it failed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pyarrow as pa

from culture_ray.engines.interface import Request, Response
from culture_ray.judging import label as reading
from culture_ray.judging.language_id import LanguageDetector
from culture_ray.judging.prompt import JudgePrompt, text_for_judge
from culture_ray.judging.vocabulary import Vocabulary, vocabulary
from culture_ray.prompts.language import Language
from culture_ray.prompts.phrases import Phrases
from culture_ray.prompts.protocols import find_protocol
from culture_ray.settings.judging import Judge
from culture_ray.stages.judge.check_folders import fingerprint
from culture_ray.stages.judge.per_opinion import NOT_LISTED, combined_answer
from culture_ray.stages.judge.requests import judge_requests
from culture_ray.store.columns import completed
from culture_ray.store.shards import read
from culture_ray.sweep.plan.requests import request_id
from culture_ray.sweep.plan.units import Loaded, Unit
from culture_ray.tables import LABELS, REQUESTS, RESPONSES

_ORDER = tuple(REQUESTS.names[1:])


@dataclass(frozen=True)
class JudgeTask:
    """The judge stage's task for the executor."""

    name: str
    judge: Judge
    languages: Mapping[str, Language]
    base_models: frozenset[str]
    """Models whose prompt begins the list that they continue."""
    phrases: tuple[Phrases, ...]
    """Phrases of the languages that responses may be in."""

    @property
    def stage(self) -> str:
        """Return the stage's name as shown to people."""
        return f"judge {self.name}"

    @property
    def schema(self) -> pa.Schema:
        """Return LABELS."""
        return LABELS

    @property
    def _vocabulary(self) -> Vocabulary:
        return vocabulary(self.phrases)

    def load(self, unit: Unit) -> Loaded:
        """Read the responses and render the judge's prompts."""
        if unit.source is None:
            raise ValueError(f"unit {unit.path.stem} has no responses to judge")
        rows = completed(read(unit.source), RESPONSES)
        requests: list[list[Request | None]] = [
            [*self._requests(row)] or [None] for row in rows.to_pylist()
        ]
        return Loaded(
            rows, [request for own in requests for request in own], [len(own) for own in requests]
        )

    def table(
        self, loaded: Loaded, responses: Sequence[Response | None], replica: str, attempts: int
    ) -> pa.Table:
        """Return the labels as a shard (LABELS schema)."""
        now = datetime.now(UTC)
        answers = iter(responses)
        rows = []
        for row, requests in zip(loaded.rows.to_pylist(), loaded.by_row(), strict=True):
            own = [next(answers) for _ in requests]
            rows.append(self._row(row, self._answer(own), replica, now))
        return pa.Table.from_pylist(rows, schema=LABELS)

    def _requests(self, row: Mapping[str, Any]) -> list[Request]:
        """Return the judge's requests about one response: none, one, or one per opinion."""
        response = self._response(row)
        if not (self._draws(row) and reading.needs_judge(response, self._vocabulary)):
            return []
        language = self.languages[row["language"]]
        texts = language.topics[row["topic"]]
        split = response.split(self._vocabulary)
        prompt = JudgePrompt(
            text_for_judge(response.answer or "", split),
            texts.pro,
            texts.con,
            language.name,
            tuple(sorted(self.languages)),
        )
        return judge_requests(self.judge, self._key(row), prompt, split, response.asked)

    def _answer(self, answers: Sequence[Response | None]) -> Response | None:
        """Return the judge's answer about one response, None if it was not asked."""
        present = [answer for answer in answers if answer is not None]
        if not present:
            return None
        return combined_answer(present) if self.judge.answers == "choice" else present[0]

    def _draws(self, row: Mapping[str, Any]) -> bool:
        """Return True if the response is in the judge's sample, which its id decides."""
        return self.judge.share >= 1 or drawn(str(row["request_id"]), self.judge.share)

    def _key(self, row: Mapping[str, Any]) -> str:
        return request_id("judge", self.name, fingerprint(self.judge), row["request_id"])

    def _response(self, row: Mapping[str, Any]) -> reading.ElicitedResponse:
        return reading.ElicitedResponse(
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
        response = self._response(row)
        judge_answer = None if answer is None else reading.JudgeAnswer(answer.text, answer.failure)
        draws = self._draws(row)
        if draws and judge_answer is None and reading.needs_judge(response, self._vocabulary):
            judge_answer = reading.JudgeAnswer(None, NOT_LISTED)
        label = reading.label_fields(
            response,
            judge_answer,
            _detector(),
            self._vocabulary,
            languages=tuple(sorted(self.languages)),
            drawn=draws,
        )
        return {name: row[name] for name in _ORDER} | {
            "request_id": self._key(row),
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
            "repaired": label.repaired,
            "raw": None if answer is None else answer.text,
            "prompt_tokens": 0 if answer is None else answer.prompt_tokens,
            "output_tokens": 0 if answer is None else answer.output_tokens,
            "dollars": None if answer is None else answer.dollars,
            "replica": None if answer is None else replica,
            "finished_at": now,
            "thoughts": None if answer is None else answer.thoughts,
            "reasoning_tokens": None if answer is None else answer.reasoning_tokens,
        }


def drawn(response_id: str, share: float) -> bool:
    """Return True for a share of responses, drawn by a hash of their ids."""
    digest = hashlib.blake2b(response_id.encode(), digest_size=8, person=b"drawn").digest()
    return int.from_bytes(digest, "big") < share * 2**64


@cache
def _detector() -> LanguageDetector:
    return LanguageDetector()
