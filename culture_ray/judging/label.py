"""Label of one response: the fields of its row, from the response and the judge's answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from culture_ray.engines.thoughts.split import reason_without_text, split_thoughts
from culture_ray.judging.flags import is_empty, is_refusal, is_repetitive
from culture_ray.judging.language_id import LanguageDetector
from culture_ray.judging.opinions import Split, split_opinions
from culture_ray.judging.parse import JudgeReading, Stance, Unparsable, parse_answer
from culture_ray.judging.polarity import value_polarity
from culture_ray.judging.prompt import most_opinions
from culture_ray.judging.vocabulary import Vocabulary

Status = Literal["labelled", "refusal", "empty", "failed", "unparsable", "error", "not_drawn"]


@dataclass(frozen=True)
class ElicitedResponse:
    """Response to one request of the elicit stage."""

    text: str | None
    language: str
    """Code of the prompt's language (BCP 47)."""
    asked: int
    """Number of opinions that the protocol asks for."""
    finish_reason: str | None = None
    failure: str | None = None
    continues_list: bool = False
    """True if the prompt ended in "1.", so that the text starts within the first opinion."""

    @property
    def answer(self) -> str | None:
        """Return the text without thoughts, which runs of earlier versions have in it."""
        if self.text is None:
            return None
        return split_thoughts(self.text, cut=self.finish_reason == "length").text

    def split(self, vocabulary: Vocabulary) -> Split:
        """Return the response split into its described opinions, by rule."""
        return split_opinions(
            self.answer or "", vocabulary, asked=self.asked, continues_list=self.continues_list
        )


@dataclass(frozen=True)
class JudgeAnswer:
    """Text of a judge's answer, or the reason why there is none."""

    text: str | None
    failure: str | None = None


@dataclass(frozen=True)
class LabelFields:
    """Row of labels without its key columns; counts and stances are None unless labelled."""

    status: Status
    failure: str | None
    opinions: int | None
    """Number of described opinions found by rule; None without a response."""
    stances: tuple[Stance, ...] | None
    judged_language: str | None
    detected_language: str | None
    wrong_language: bool
    truncated: bool
    repetitive: bool
    asked: int
    repaired: bool = False

    @property
    def pro(self) -> int | None:
        """Number of opinions judged pro."""
        return self._count("pro")

    @property
    def con(self) -> int | None:
        """Number of opinions judged con."""
        return self._count("con")

    @property
    def neutral(self) -> int | None:
        """Number of opinions judged neutral."""
        return self._count("neutral")

    @property
    def value_polarity(self) -> float | None:
        """Value polarity of the stances, 0..1; None without a pro or con stance."""
        return value_polarity(self.pro or 0, self.con or 0)

    def _count(self, stance: Stance) -> int | None:
        return None if self.stances is None else self.stances.count(stance)


def needs_judge(response: ElicitedResponse, vocabulary: Vocabulary) -> bool:
    """Return True if the response has to be read by a judge.

    Failed and empty responses and refusals are labelled by rule: call `label_fields` without an
    answer.
    """
    return _status_without_judge(response, response.split(vocabulary), vocabulary) is None


def label_fields(
    response: ElicitedResponse,
    answer: JudgeAnswer | None,
    detector: LanguageDetector,
    vocabulary: Vocabulary,
    *,
    languages: tuple[str, ...],
    drawn: bool = True,
) -> LabelFields:
    """Return the label of a response, given the judge's answer if it needs one.

    `vocabulary` holds the phrases of the languages that responses may be in, `languages` the codes
    that the judge could choose from. `drawn` is false for a response outside the sample of a judge
    that labels a share of the responses. Raises ValueError if a response needs a judge's answer and
    there is none.
    """
    split = response.split(vocabulary)
    status = _status_without_judge(response, split, vocabulary)
    if status is not None:
        failure = _failure(response) if status == "failed" else None
        return _fields(response, split, detector, status, failure=failure)
    if not drawn:
        return _fields(response, split, detector, "not_drawn")
    if answer is None:
        raise ValueError("this response needs a judge's answer: see needs_judge")
    if answer.text is None:
        reason = answer.failure or "no text came back from the judge"
        return _fields(response, split, detector, "error", failure=reason)
    said = split_thoughts(answer.text).text or ""
    parsed = parse_answer(said, max_opinions=most_opinions(response.asked), languages=languages)
    if isinstance(parsed, Unparsable):
        return _fields(response, split, detector, "unparsable", failure=parsed.reason)
    return _fields(response, split, detector, "labelled", parsed=parsed)


def _status_without_judge(
    response: ElicitedResponse, split: Split, vocabulary: Vocabulary
) -> Status | None:
    if response.answer is None:
        return "failed"
    if is_empty(split):
        return "empty"
    refuses = is_refusal(response.answer, split, vocabulary, asked=response.asked)
    return "refusal" if refuses else None


def _failure(response: ElicitedResponse) -> str:
    """Return the reason why a response has no text to judge."""
    if response.text is not None:
        return reason_without_text(cut=response.finish_reason == "length")
    return response.failure or "no text came back"


def _fields(
    response: ElicitedResponse,
    split: Split,
    detector: LanguageDetector,
    status: Status,
    *,
    failure: str | None = None,
    parsed: JudgeReading | None = None,
) -> LabelFields:
    text = response.answer or ""
    detected = detector.detect(text).language
    return LabelFields(
        status=status,
        failure=failure,
        opinions=None if response.answer is None else split.count,
        stances=parsed.stances if parsed else None,
        judged_language=parsed.language if parsed else None,
        detected_language=detected,
        wrong_language=detector.differs(detected, response.language),
        truncated=response.finish_reason == "length",
        repetitive=is_repetitive(text, split),
        asked=response.asked,
        repaired=parsed is not None and parsed.repaired,
    )
