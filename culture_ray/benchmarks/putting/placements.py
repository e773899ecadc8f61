"""Placements: which items a step puts, and how often, as arrays of equal length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.design.conditions import Condition, Step
from culture_ray.benchmarks.putting.prompt_language import prompt_language, texts_in

_PARTS_GUESSED = 4
"""Parts of a statement that a block of items is sized for; a larger item makes a larger unit."""


@dataclass(frozen=True)
class PutStep:
    """One step of one condition, in the fixed order of a benchmark's file."""

    condition: Condition
    step: Step
    wave: int
    """Place of the step in its condition: it is put after the answers of the steps before."""
    position: int
    """Place among all steps of all conditions."""


@dataclass(frozen=True)
class Placements:
    """Requests of one step for consecutive items of one language."""

    item: list[int]
    """Places of the items, counted from the first one of the slice."""
    part: list[int]
    variant: list[int]
    order: list[str]
    sample: list[int]

    def __len__(self) -> int:
        return len(self.item)


def put_steps(benchmark: Benchmark) -> list[PutStep]:
    """Return every step of every condition."""
    pairs = [
        (condition, step, wave)
        for condition in benchmark.conditions.values()
        for wave, step in enumerate(condition.steps)
    ]
    return [PutStep(*pair, position) for position, pair in enumerate(pairs)]


def items_per_block(benchmark: Benchmark, language: str, requests: int) -> int:
    """Return the number of items whose requests of one step make a unit of about `requests`.

    It does not depend on the items, so that the units of a larger part begin as those of a smaller
    one, and it is the same in every step, so that a step's answers stand in the unit of its items.
    """
    most = max(
        _variants(benchmark, one, language)
        * len(benchmark.orders)
        * benchmark.samples
        * _parts(benchmark, one, _PARTS_GUESSED)
        for one in put_steps(benchmark)
    )
    return max(1, requests // most)


def placements(
    benchmark: Benchmark, put: PutStep, language: str, options: Sequence[int]
) -> Placements:
    """Return the requests of a step for items with these numbers of options, item by item."""
    variants = range(_variants(benchmark, put, language))
    rows: Iterator[tuple[int, int, str, int, int]] = (
        (item, *row)
        for item, number in enumerate(options)
        for row in product(
            variants,
            benchmark.orders,
            range(benchmark.samples),
            range(_parts(benchmark, put, number)),
        )
    )
    item, variant, order, sample, part = map(list, zip(*rows, strict=True))
    return Placements(item, part, variant, order, sample)


def _variants(benchmark: Benchmark, put: PutStep, language: str) -> int:
    """Return the number of prompts per item: the most that a step of the condition has."""
    return max(
        len(texts_in(step.prompts, prompt_language(put.condition, step, language)))
        for step in put.condition.steps
    )


def _parts(benchmark: Benchmark, put: PutStep, options: int) -> int:
    """Return the requests of one item and variant: one per entry of a list, or per statement."""
    if put.step.for_each:
        return len(benchmark.lists[put.step.for_each])
    is_answer = put.step is put.condition.answer_step
    return options if benchmark.answer.kind == "statement" and is_answer else 1
