"""Task of the stage judge: a label per response, or a row with the reason why there is none."""

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
from culture_ray.errors import WrongValue
from culture_ray.judging import label as reading
from culture_ray.judging.language_id import LanguageDetector
from culture_ray.judging.opinions import Split
from culture_ray.judging.prompt import (
    STANCES,
    JudgePrompt,
    answer_schema,
    chat_prompt,
    completion_prompt,
    most_opinions,
    prompt_digest,
    statement_prompt,
    text_for_judge,
)
from culture_ray.prompts.language import Language
from culture_ray.prompts.protocols import find_protocol
from culture_ray.settings.judging import Judge
from culture_ray.store.shards import read
from culture_ray.sweep.plan.requests import request_id
from culture_ray.sweep.plan.units import Loaded, Unit
from culture_ray.tables import LABELS, REQUESTS

_ORDER = tuple(REQUESTS.names[1:])


@dataclass(frozen=True)
class JudgeTask:
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

    @property
    def schema(self) -> pa.Schema:
        """Return LABELS."""
        return LABELS

    def load(self, unit: Unit) -> Loaded:
        """Read the responses and render what the judge has to read of them."""
        if unit.source is None:
            raise ValueError(f"unit {unit.path.stem} has no responses to judge")
        rows = read(unit.source)
        asked: list[list[Request | None]] = [
            [*self._requests(row)] or [None] for row in rows.to_pylist()
        ]
        return Loaded(rows, [one for mine in asked for one in mine], [len(mine) for mine in asked])

    def table(
        self, loaded: Loaded, responses: Sequence[Response | None], replica: str, attempts: int
    ) -> pa.Table:
        """Return the labels as a shard (LABELS schema)."""
        now = datetime.now(UTC)
        answers = iter(responses)
        rows = []
        for row, asked in zip(loaded.rows.to_pylist(), loaded.by_row(), strict=True):
            mine = [next(answers) for _ in asked]
            rows.append(self._row(row, _together(mine, self.judge.answers), replica, now))
        return pa.Table.from_pylist(rows, schema=LABELS)

    def _requests(self, row: Mapping[str, Any]) -> list[Request]:
        """Return the judge's requests about one response: none, one, or one per opinion."""
        response = self._response(row)
        if not reading.needs_judge(response):
            return []
        language = self.languages[row["language"]]
        texts = language.topics[row["topic"]]
        codes = tuple(sorted(self.languages))
        split = response.split()
        task = JudgePrompt(
            text_for_judge(response.text or "", split), texts.pro, texts.con, language.name, codes
        )
        key = self._key(row)
        if self.judge.answers == "choice":
            return self._per_opinion(task, split, key)
        most, fewest = most_opinions(response.asked), 1
        if not self.judge.model.chat:
            # A base model goes on with the worked example instead of counting for itself.
            most = fewest = max(1, min(split.count, most))
        # APIs with strict schemas differ in which bounds they take; theirs are checked in reading.
        strict = self.judge.model.engine != "vllm"
        schema = json.dumps(answer_schema(most, codes, min_opinions=fewest, strict=strict))
        form = schema if self.judge.answers == "json" else None
        if self.judge.model.chat:
            chat = chat_prompt(task)
            return [Request(key, chat.user, self.judge.sampling, chat.system, form, stage="judge")]
        prompt = completion_prompt(task)
        return [Request(key, prompt, self.judge.sampling, schema=form, stage="judge")]

    def _per_opinion(self, task: JudgePrompt, split: Split, key: str) -> list[Request]:
        """One request per opinion; none where the text does not list them one by one."""
        if split.tally is not None:
            return []
        return [
            Request(
                request_id("opinion", key, str(number)),
                statement_prompt(opinion, task),
                self.judge.sampling,
                choices=STANCES,
                stage="judge",
            )
            for number, opinion in enumerate(split.opinions)
        ]

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
        said = None if answer is None else reading.JudgeAnswer(answer.text, answer.failure)
        if said is None and reading.needs_judge(response):
            said = reading.JudgeAnswer(None, _NOT_LISTED)
        label = reading.label_fields(
            response, said, _detector(), languages=tuple(sorted(self.languages))
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
        }


def fingerprint(judge: Judge) -> str:
    """Return a hash of what decides a judge's labels: model, sampling, prompt, not how it runs."""
    model = {part: getattr(judge.model, part) for part in DECISIVE}
    decisive: dict[str, Any] = {"model": model, "sampling": asdict(judge.sampling)}
    decisive |= {"answers": judge.answers, "prompt": prompt_digest()}
    if judge.model.is_api:
        decisive["base_url"] = judge.model.api.base_url  # one name, another server, another judge
    text = json.dumps(decisive, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def check_answers(name: str, judge: Judge) -> None:
    """Raise WrongValue for a judge that is to answer in a way its engine cannot."""
    if judge.answers == "choice" and judge.model.engine != "vllm":
        raise WrongValue(
            f"judge.{name}.answers",
            "choice",
            f"json or words: engine '{judge.model.engine}' cannot hold an answer to one of three "
            f"words; words asks for JSON without a schema and counts what cannot be read",
        )


def _together(answers: Sequence[Response | None], form: str) -> Response | None:
    """Return the answers about one response as one answer, JSON as of a judge that saw it whole."""
    given = [answer for answer in answers if answer is not None]
    if form != "choice" or not given:
        return given[0] if given else None
    failed = next((answer for answer in given if answer.text is None), None)
    said = json.dumps({"stances": [(answer.text or "").strip() for answer in given]})
    return Response(
        request_id=given[0].request_id,
        text=None if failed else said,
        finish_reason="error" if failed else "stop",
        prompt_tokens=sum(answer.prompt_tokens for answer in given),
        output_tokens=sum(answer.output_tokens for answer in given),
        seconds=max(answer.seconds for answer in given),
        failure=None if failed is None else failed.failure,
    )


_NOT_LISTED = (
    "the response counts people instead of listing them: a judge that chooses a word per opinion "
    "cannot read it"
)


@cache
def _detector() -> LanguageDetector:
    return LanguageDetector()
