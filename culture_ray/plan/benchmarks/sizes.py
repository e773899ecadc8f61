"""Sizes of a benchmark: its requests and ratings per model, and the tokens of an answer."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.items.read import Items
from culture_ray.benchmarks.putting.placements import PutStep, placements, put_steps
from culture_ray.engines.model import Model


def requests_per_model(items: Items) -> int:
    """Return the number of requests of a benchmark per model, in all languages."""
    return sum(requests_in(items, language) for language in items.tables)


def requests_in(items: Items, language: str) -> int:
    """Return the number of requests of a benchmark per model in one language."""
    return _requests_of(items, language, put_steps(items.benchmark))


def ratings_in(items: Items, language: str) -> int:
    """Return the number of answers per model in one language that a judge rates."""
    if items.benchmark.rubric is None:
        return 0
    steps = put_steps(items.benchmark)
    return _requests_of(
        items, language, [put for put in steps if put.step is put.condition.answer_step]
    )


def answer_tokens(benchmark: Benchmark, put: PutStep, model: Model) -> int:
    """Return the largest number of tokens of an answer to one step, thoughts included.

    Options need one token, unless the model thinks before it chooses, and words in layers too.
    """
    if benchmark.answer.kind == "layers" and put.step is put.condition.answer_step:
        return 1
    if reads_probabilities(benchmark, put) and not model.thinks:
        return 1
    return model.output_limit(put.step.max_tokens or benchmark.sampling.max_tokens)


def reads_probabilities(benchmark: Benchmark, put: PutStep) -> bool:
    """Return True if the answer to a step is read as probabilities of the options' letters."""
    answer = benchmark.answer
    is_answer = put.step is put.condition.answer_step
    return is_answer and answer.kind == "option" and answer.by == "probability"


def option_counts(items: pa.Table) -> list[int]:
    """Return the number of options of each item."""
    import pyarrow.compute as pc

    numbers: list[int] = pc.list_value_length(items.column("options")).to_pylist()
    return numbers


def _requests_of(items: Items, language: str, steps: Iterable[PutStep]) -> int:
    numbers = option_counts(items.tables[language])
    kinds = {number: numbers.count(number) for number in set(numbers)}
    return sum(
        count * len(placements(items.benchmark, put, language, [number]))
        for put in steps
        for number, count in kinds.items()
    )
