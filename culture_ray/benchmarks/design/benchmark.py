"""A benchmark: the whole content of its file, parsed and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from culture_ray.benchmarks.design.answers import AnswerKind
from culture_ray.benchmarks.design.columns import ItemColumns
from culture_ray.benchmarks.design.conditions import Condition, FewShot, conditions_of, texts_of
from culture_ray.benchmarks.design.placeholders import check_placeholders, check_rubric
from culture_ray.benchmarks.design.rubric import Rubric
from culture_ray.benchmarks.design.score_checks import check_scores
from culture_ray.benchmarks.design.scores import CapabilityUse, Scores, scores_of
from culture_ray.benchmarks.design.source import Source
from culture_ray.errors import WrongValue
from culture_ray.survey.fields import Fields

ORDERS = {"as_is": ("as_is",), "both": ("as_is", "reversed")}
"""Orders in which options are put, by the value of `orders`."""


@dataclass(frozen=True)
class AnswerSampling:
    """Sampling parameters of a benchmark's answers."""

    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 256
    stop: tuple[str, ...] = ()

    @classmethod
    def of(cls, fields: Fields) -> AnswerSampling:
        """Return the sampling in a benchmark's file; raises WrongValue, UnknownName."""
        fields.known(cls.__dataclass_fields__)
        found = cls(
            temperature=fields.number("temperature", cls.temperature),
            top_p=fields.number("top_p", cls.top_p),
            max_tokens=(
                fields.whole_number("max_tokens") if fields.has("max_tokens") else cls.max_tokens
            ),
            stop=fields.texts("stop", ()),
        )
        if found.temperature < 0:
            raise WrongValue(fields.at("temperature"), found.temperature, "0 or more")
        if not 0 < found.top_p <= 1:
            raise WrongValue(fields.at("top_p"), found.top_p, "above 0, at most 1")
        if found.max_tokens < 1:
            raise WrongValue(fields.at("max_tokens"), found.max_tokens, "at least 1")
        return found


@dataclass(frozen=True)
class Benchmark:
    """A table of items, how they are put, and how their answers are read and scored."""

    name: str
    source: Source
    items: ItemColumns
    languages: Mapping[str, str]
    """Name of each language in the source, by language tag of the run."""
    answer: AnswerKind
    conditions: Mapping[str, Condition]
    scores: Scores
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    orders: tuple[str, ...] = ("as_is",)
    """Orders of options: as_is, reversed."""
    few_shot: FewShot | None = None
    sampling: AnswerSampling = field(default_factory=AnswerSampling)
    samples: int = 1
    """Answers per prompt; each is a request of its own with its own seed."""
    rubric: Rubric | None = None
    capability: CapabilityUse | None = None
    content: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """The file as plain values, from which the name of the benchmark's folder derives."""

    @classmethod
    def from_mapping(cls, name: str, content: object) -> Benchmark:
        """Return a benchmark from the content of its file.

        Raises WrongValue and UnknownName, in one line that names the key, for what cannot be used.
        """
        fields = Fields.of(content, f"benchmark.{name}").known(_KEYS)
        lists = _lists(fields)
        items = ItemColumns.of(fields.nested("items"))
        languages = fields.by_name("languages")
        if not languages:
            raise WrongValue(fields.at("languages"), None, "languages, such as {en: en, da: da}")
        answer = AnswerKind.of(fields.nested("answer"))
        prompts, system = texts_of(fields, "prompts"), texts_of(fields, "system")
        conditions = conditions_of(fields, prompts, system, lists)
        rubric = Rubric.of(fields.nested("rubric"), lists) if fields.has("rubric") else None
        groups = {group: items.keep.get(group, ()) for group in items.groups}
        scores = scores_of(
            fields.nested("scores"),
            groups=groups,
            conditions=conditions,
            languages=languages,
            rubric=rubric.paths() if rubric else (),
        )
        capability = None
        if fields.has("capability"):
            capability = CapabilityUse.of(fields.nested("capability"), scores, groups)
        benchmark = cls(
            name=name,
            source=Source.of(fields.nested("source")),
            items=items,
            languages=languages,
            answer=answer,
            conditions=conditions,
            scores=scores,
            lists=lists,
            orders=ORDERS[fields.one_of("orders", ORDERS, "as_is")],
            few_shot=FewShot.of(fields.nested("few_shot")) if fields.has("few_shot") else None,
            sampling=(
                AnswerSampling.of(fields.nested("sampling"))
                if fields.has("sampling")
                else AnswerSampling()
            ),
            samples=_samples(fields),
            rubric=rubric,
            capability=capability,
            content=dict(fields.values),
        )
        _check(benchmark, fields)
        return benchmark


_KEYS = (
    "source", "items", "languages", "lists", "orders", "prompts", "system", "conditions",
    "few_shot", "answer", "sampling", "samples", "rubric", "scores", "capability",
)  # fmt: skip


def _lists(fields: Fields) -> dict[str, tuple[str, ...]]:
    if not fields.has("lists"):
        return {}
    nested = fields.nested("lists")
    return {nested.name(key): nested.texts(key) for key in nested.values}


def _samples(fields: Fields) -> int:
    samples = fields.whole_number("samples") if fields.has("samples") else 1
    if samples < 1:
        raise WrongValue(fields.at("samples"), samples, "at least 1")
    return samples


def _check(benchmark: Benchmark, fields: Fields) -> None:
    items, kind = benchmark.items, benchmark.answer.kind
    if kind in ("option", "statement") and not items.has_options:
        raise WrongValue(fields.at("items.options"), None, f"options: answer.kind is {kind}")
    if kind in ("option", "statement", "label", "number", "short") and items.answer is None:
        scored = {score.figure for score in benchmark.scores.figures.values()}
        if scored & {"accuracy", "macro_f1", "votes"}:
            raise WrongValue(fields.at("items.answer"), None, "the column of the right answer")
    if len(benchmark.orders) > 1 and kind != "option":
        raise WrongValue(fields.at("orders"), "both", f"as_is: answer.kind {kind} has no letters")
    for condition in benchmark.conditions.values():
        if condition.few_shot and benchmark.few_shot is None:
            key = fields.at(f"conditions.{condition.name}.few_shot")
            raise WrongValue(key, condition.few_shot, "worked examples in few_shot of the file")
        if len(condition.steps) > 1 and benchmark.few_shot and condition.few_shot != 0:
            key = fields.at(f"conditions.{condition.name}.few_shot")
            raise WrongValue(key, condition.few_shot, "0: steps take no worked examples")
        most = benchmark.few_shot.count if benchmark.few_shot else 0
        if condition.few_shot and condition.few_shot > most:
            key = fields.at(f"conditions.{condition.name}.few_shot")
            expected = f"at most few_shot.count, {most}"
            raise WrongValue(key, condition.few_shot, expected)
        known = benchmark.languages
        if condition.prompt_language and condition.prompt_language not in known:
            key = fields.at(f"conditions.{condition.name}.prompt_language")
            expected = "one of the languages: " + ", ".join(known)
            raise WrongValue(key, condition.prompt_language, expected)
    check_placeholders(benchmark, fields)
    check_rubric(benchmark, fields)
    check_scores(benchmark, fields)
