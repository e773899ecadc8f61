"""Task of the stage judge: one row per response, with the label or the reason why it failed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pyarrow as pa

from culture_ray.engines.interface import Request, Response
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
    example_turns,
    most_opinions,
    statement_prompt,
    text_for_judge,
)
from culture_ray.judging.vocabulary import Vocabulary, vocabulary
from culture_ray.prompts.language import Language
from culture_ray.prompts.phrases import Phrases
from culture_ray.prompts.protocols import find_protocol
from culture_ray.settings.judging import Judge
from culture_ray.stages.judge.check_folders import fingerprint
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
            rows.append(self._row(row, _combined(own, self.judge.answers), replica, now))
        return pa.Table.from_pylist(rows, schema=LABELS)

    def _requests(self, row: Mapping[str, Any]) -> list[Request]:
        """Return the judge's requests about one response: none, one, or one per opinion."""
        response = self._response(row)
        if not (self._draws(row) and reading.needs_judge(response, self._vocabulary)):
            return []
        language = self.languages[row["language"]]
        texts = language.topics[row["topic"]]
        codes = tuple(sorted(self.languages))
        split = response.split(self._vocabulary)
        task = JudgePrompt(
            text_for_judge(response.answer or "", split), texts.pro, texts.con, language.name, codes
        )
        key = self._key(row)
        if self.judge.answers == "choice":
            return self._per_opinion(task, split, key)
        most, fewest = most_opinions(response.asked), 1
        if not self.judge.model.chat:
            # A base model imitates the worked example instead of counting the opinions.
            most = fewest = max(1, min(split.count, most))
        # APIs with strict schemas differ in the bounds they accept, so bounds are checked when the
        # answer is read.
        strict = self.judge.model.engine != "vllm"
        schema = json.dumps(answer_schema(most, codes, min_opinions=fewest, strict=strict))
        form = schema if self.judge.answers == "json" else None
        if self.judge.model.chat:
            chat = chat_prompt(task)
            turns = example_turns(task.languages) if self.judge.examples else ()
            return [
                Request(
                    key,
                    chat.user,
                    self.judge.sampling,
                    chat.system,
                    form,
                    stage="judge",
                    turns=turns,
                )
            ]
        prompt = completion_prompt(task)
        return [Request(key, prompt, self.judge.sampling, schema=form, stage="judge")]

    def _per_opinion(self, task: JudgePrompt, split: Split, key: str) -> list[Request]:
        """Return one request per opinion; none if the text does not list them one by one."""
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
            judge_answer = reading.JudgeAnswer(None, _NOT_LISTED)
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


def check_answers(name: str, judge: Judge) -> None:
    """Raise WrongValue for a form of answer that the engine lacks, or examples that have no use."""
    if judge.examples and (judge.answers == "choice" or not judge.model.chat):
        raise WrongValue(
            f"judge.{name}.examples",
            True,
            "false: a judge without a chat template, or with answers: choice, has the worked "
            "examples in its prompt in any case",
        )
    if judge.answers == "choice" and judge.model.thinks and not judge.model.reasoning_parser:
        raise WrongValue(
            f"judge.{name}.answers",
            "choice",
            "json or words: the choice of one word would apply to the thoughts of a model that "
            "thinks; or set its reasoning_parser",
        )
    if judge.answers == "choice" and judge.model.engine != "vllm":
        raise WrongValue(
            f"judge.{name}.answers",
            "choice",
            f"json or words: engine '{judge.model.engine}' cannot restrict an answer to one of "
            f"three words; words asks for JSON without a schema and counts unreadable answers",
        )


def _combined(answers: Sequence[Response | None], form: str) -> Response | None:
    """Combine the answers about one response into one, in the JSON form of a single answer."""
    present = [answer for answer in answers if answer is not None]
    if form != "choice" or not present:
        return present[0] if present else None
    failed = next((answer for answer in present if answer.text is None), None)
    stances = json.dumps({"stances": [(answer.text or "").strip() for answer in present]})
    return Response(
        request_id=present[0].request_id,
        text=None if failed else stances,
        finish_reason="error" if failed else "stop",
        prompt_tokens=sum(answer.prompt_tokens for answer in present),
        output_tokens=sum(answer.output_tokens for answer in present),
        seconds=max(answer.seconds for answer in present),
        thoughts="\n\n".join(answer.thoughts or "" for answer in present).strip() or None,
        reasoning_tokens=_total([answer.reasoning_tokens for answer in present]),
        failure=None if failed is None else failed.failure,
    )


def _total(counts: Sequence[int | None]) -> int | None:
    """Return the sum of the counts, None if all are unknown."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


_NOT_LISTED = (
    "the response counts people instead of listing them: a judge that chooses one word per opinion "
    "cannot read it"
)


@cache
def _detector() -> LanguageDetector:
    return LanguageDetector()
