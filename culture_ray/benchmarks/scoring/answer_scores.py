"""Score of one answer in words: what it says, and how right that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from culture_ray.benchmarks.design.answers import AnswerKind
from culture_ray.benchmarks.reading.label import read_label, read_statement
from culture_ray.benchmarks.reading.lexicons.lexicon import Lexicon
from culture_ray.benchmarks.reading.number import equal_numbers, read_number
from culture_ray.benchmarks.reading.option import read_option
from culture_ray.benchmarks.reading.short import read_short
from culture_ray.benchmarks.reading.surface import refuses, surface_of
from culture_ray.benchmarks.reading.unread import Unread
from culture_ray.benchmarks.rows import BenchmarkItem
from culture_ray.judging.language_id import LanguageDetector
from culture_ray.judging.vocabulary import Vocabulary

ScoreStatus = Literal["scored", "unparsable", "refusal", "empty", "failed"]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Letters with which options are put, in their order."""


@dataclass(frozen=True)
class PutAnswer:
    """Answer in words to one request about an item."""

    text: str | None
    """None if nothing came back."""
    options: tuple[int, ...] = ()
    """Indices of the item's options, in the order of the prompt; empty for that of the item."""
    prompt_language: str = "en"
    """Language of the prompt, in whose words labels were asked for."""
    part: int = 0
    """Index of the statement, for answers of the kind statement."""


@dataclass(frozen=True)
class ScoredAnswer:
    """Reading of an answer with its scores; None where there is none."""

    status: ScoreStatus
    answer: str | None = None
    """Text of the option, label, true or false, or the number."""
    score: float | None = None
    """0..1; None unless the status is scored and the item has a right answer."""
    votes: float | None = None
    """Votes of the matched answer over those of the most frequent one, for short answers."""
    lexicon: float | None = None
    """Share of sentences with a term of the lexicon."""
    repetition: bool | None = None
    wrong_language: bool | None = None
    reason: str | None = None
    """Reason why the answer is unparsable."""


@dataclass(frozen=True)
class AnswerReader:
    """Reader of the answers of one benchmark in one language."""

    kind: AnswerKind
    language: str
    vocabulary: Vocabulary
    detector: LanguageDetector | None = None
    """None where the language of free texts is not looked at."""
    lexicon: Lexicon | None = None

    def score(self, item: BenchmarkItem, put: PutAnswer) -> ScoredAnswer:
        """Return the score of one answer; a refusal is told from an answer that says nothing."""
        if put.text is None:
            return ScoredAnswer("failed")
        scored = self._score(item, put, put.text)
        if scored.status == "unparsable" and refuses(put.text, self.vocabulary):
            return replace(scored, status="refusal", reason=Unread.REFUSAL.text)
        return scored

    def languages(self, put: PutAnswer) -> tuple[str, ...]:
        """Return the languages in which an answer may be given."""
        return tuple(dict.fromkeys((put.prompt_language, self.language)))

    def _score(self, item: BenchmarkItem, put: PutAnswer, text: str) -> ScoredAnswer:
        match self.kind.kind:
            case "option":
                return self._option(item, put, text)
            case "statement":
                truth = read_statement(text, self.kind.labels, self.languages(put))
                if isinstance(truth, Unread):
                    return _unread(truth)
                is_right = any(right.option == put.part for right in item.answers)
                return ScoredAnswer("scored", str(truth).lower(), float(truth == is_right))
            case "label":
                label = read_label(text, self.kind.labels, self.languages(put))
                right = {one.text.casefold() for one in item.answers}
                if isinstance(label, Unread):
                    return _unread(label)
                return ScoredAnswer("scored", label, _share(label.casefold(), right))
            case "number":
                return self._number(item, text)
            case "short":
                aliases = [(one.text, one.weight) for one in item.answers]
                match_ = read_short(text, aliases, self.language, strip=self.kind.strip)
                if isinstance(match_, Unread):
                    return _unread(match_)
                if not aliases:
                    return ScoredAnswer("scored", text.strip())
                return ScoredAnswer("scored", text.strip(), float(match_.matched), match_.votes)
            case "layers":
                return ScoredAnswer("scored")
        return self._text(text)

    def _option(self, item: BenchmarkItem, put: PutAnswer, text: str) -> ScoredAnswer:
        order = put.options or tuple(range(len(item.options)))
        texts = [item.options[option] for option in order]
        place = read_option(text, LETTERS[: len(texts)], texts)
        if isinstance(place, Unread):
            return _unread(place)
        right = {str(one.option) for one in item.answers}
        return ScoredAnswer("scored", texts[place], _share(str(order[place]), right))

    def _number(self, item: BenchmarkItem, text: str) -> ScoredAnswer:
        given = read_number(text, self.language, self.kind.tag)
        if isinstance(given, Unread):
            return _unread(given)
        right = [read_number(one.text, "en") for one in item.answers]
        known = [one for one in right if not isinstance(one, Unread)]
        equal = any(
            equal_numbers(given, one, self.kind.tolerance, self.kind.relative) for one in known
        )
        return ScoredAnswer("scored", f"{given:.15g}", float(equal) if known else None)

    def _text(self, text: str) -> ScoredAnswer:
        if self.detector is None:
            return ScoredAnswer("scored" if text.strip() else "empty")
        surface = surface_of(text, self.language, self.detector, self.vocabulary)
        matches = None if self.lexicon is None else self.lexicon.matches(text)
        if surface.empty or surface.refusal:
            return ScoredAnswer("empty" if surface.empty else "refusal")
        return ScoredAnswer(
            "scored",
            lexicon=None if matches is None else matches.share,
            repetition=surface.repetitive,
            wrong_language=surface.wrong_language,
        )


def answer_category(scored: ScoredAnswer, categories: Mapping[str, int]) -> int:
    """Return the index of an answer's category: -1 if it cannot be read, -2 if there is none."""
    if scored.status == "failed":
        return -2
    return categories.get(scored.answer or "", -1)


def _share(given: str, right: Sequence[str] | set[str]) -> float | None:
    """Return 1 for a right answer, 0 for another; None for an item without a right answer."""
    return float(given in right) if right else None


def _unread(reason: Unread) -> ScoredAnswer:
    if reason is Unread.EMPTY:
        return ScoredAnswer("empty", reason=reason.text)
    if reason is Unread.REFUSAL:
        return ScoredAnswer("refusal", reason=reason.text)
    return ScoredAnswer("unparsable", reason=reason.text)
