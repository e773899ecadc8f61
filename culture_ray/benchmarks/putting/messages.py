"""Texts of a request: system message, worked examples, earlier steps and the item's prompt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.design.conditions import Condition, Step
from culture_ray.benchmarks.design.placeholders import filled
from culture_ray.benchmarks.putting.prompt_language import texts_in
from culture_ray.benchmarks.rows import BenchmarkItem, Exchange, Messages
from culture_ray.prompts.options import LETTERS


@dataclass(frozen=True)
class Placement:
    """Condition, step, prompt and order in which one request puts an item."""

    condition: Condition
    step: Step
    part: int
    variant: int
    order: str
    prompt_language: str


@dataclass(frozen=True)
class EarlierAnswer:
    """Answer to one request of an earlier step."""

    prompt: str
    text: str
    part: int = 0


def messages(
    benchmark: Benchmark,
    item: BenchmarkItem,
    placement: Placement,
    earlier: Mapping[str, Sequence[EarlierAnswer]],
    examples: Sequence[BenchmarkItem] = (),
) -> Messages:
    """Return the texts that put an item; `earlier` are the answers to the steps before, in order.

    The answers of a step over a list stand in the prompt one below the other, each after the
    list's entry.
    """
    step, language = placement.step, placement.prompt_language
    values = {name: _answer_texts(benchmark, placement, name, earlier[name]) for name in earlier}
    if step.for_each:
        values["each"] = benchmark.lists[step.for_each][placement.part]
    values |= _item_values(item, placement)
    systems = texts_in(step.system, language)
    turns = [_example(benchmark, one, placement) for one in _chosen(placement, examples)]
    turns += item.turns
    if step.continues:
        turns += [
            Exchange(answer.prompt, answer.text)
            for name, answers in earlier.items()
            if not _step(placement.condition, name).for_each
            for answer in answers
        ]
    return Messages(
        prompt=filled(_prompt(placement), values),
        system=filled(systems[placement.variant % len(systems)], values) if systems else "",
        turns=tuple(turns),
    )


def option_order(options: int, order: str) -> tuple[int, ...]:
    """Return the indices of an item's options in the order of the prompt."""
    places = range(options)
    return tuple(reversed(places)) if order == "reversed" else tuple(places)


def layer_words(benchmark: Benchmark, item: BenchmarkItem) -> tuple[tuple[str, ...], ...]:
    """Return the words of each name in `answer.words`, in order; empty for other answer kinds.

    Names of the item's fields in braces, and {text}, are replaced; a word that is empty then is
    left out.
    """
    values = {**item.fields, "text": item.text}
    return tuple(
        tuple(text for word in words if (text := filled(word, values).strip()))
        for words in benchmark.answer.words.values()
    )


def allowed_answers(benchmark: Benchmark, language: str) -> tuple[str, ...]:
    """Return the texts that an answer may consist of: the labels in the prompt's language.

    Empty where answers are free.
    """
    return tuple(texts_in(texts, language)[0] for texts in benchmark.answer.labels.values())


def _prompt(placement: Placement) -> str:
    texts = texts_in(placement.step.prompts, placement.prompt_language)
    return texts[placement.variant % len(texts)]


def _item_values(item: BenchmarkItem, placement: Placement) -> dict[str, str]:
    values = {**item.fields, "text": item.text}
    if item.options:
        order = option_order(len(item.options), placement.order)
        values["options"] = "\n".join(
            f"{letter}. {item.options[place]}"
            for letter, place in zip(LETTERS, order, strict=False)
        )
        values["option"] = item.options[placement.part % len(item.options)]
    return values


def _answer_texts(
    benchmark: Benchmark, placement: Placement, name: str, answers: Sequence[EarlierAnswer]
) -> str:
    step = _step(placement.condition, name)
    if not step.for_each:
        return answers[0].text
    entries = benchmark.lists[step.for_each]
    return "\n\n".join(f"{entries[one.part]}: {one.text}" for one in answers)


def _step(condition: Condition, name: str) -> Step:
    return next(step for step in condition.steps if step.name == name)


def _chosen(placement: Placement, examples: Sequence[BenchmarkItem]) -> Sequence[BenchmarkItem]:
    number = placement.condition.few_shot
    return examples if number is None else examples[:number]


def _example(benchmark: Benchmark, item: BenchmarkItem, placement: Placement) -> Exchange:
    prompt = filled(_prompt(placement), _item_values(item, placement))
    template = (
        texts_in(benchmark.few_shot.answers, placement.prompt_language)
        if (benchmark.few_shot)
        else ()
    )
    answer = _right_text(benchmark, item, placement)
    return Exchange(prompt, filled(template[0], {"answer": answer}) if template else answer)


def _right_text(benchmark: Benchmark, item: BenchmarkItem, placement: Placement) -> str:
    """Return the right answer in the form in which it is asked for."""
    kind, right = benchmark.answer, [answer.option for answer in item.answers]
    if kind.kind == "statement":
        allowed = allowed_answers(benchmark, placement.prompt_language)
        return allowed[0] if placement.part % len(item.options) in right else allowed[1]
    if kind.kind == "option" and right and right[0] is not None:
        return LETTERS[option_order(len(item.options), placement.order).index(right[0])]
    text = item.answers[0].text if item.answers else ""
    if kind.kind == "label":
        return texts_in(kind.labels[text], placement.prompt_language)[0]
    return text
