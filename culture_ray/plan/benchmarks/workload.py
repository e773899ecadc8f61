"""Workload of the benchmark stage: requests and tokens of a model's answers to all benchmarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from culture_ray.benchmarks.items.read import Items
from culture_ray.benchmarks.items.stored import items_of, texts_of
from culture_ray.benchmarks.putting.messages import EarlierAnswer, Placement, messages
from culture_ray.benchmarks.putting.placements import PutStep, placements, put_steps
from culture_ray.benchmarks.putting.prompt_language import fall_backs, prompt_language
from culture_ray.engines.model import Model
from culture_ray.plan.benchmarks.sizes import answer_tokens, requests_in, requests_per_model
from culture_ray.plan.tokens import TokenCounter

_ITEMS_RENDERED = 200
"""Number of items of a benchmark, in all languages, that are rendered to estimate its tokens."""


@dataclass(frozen=True)
class BenchmarkPlan:
    """Requests of one benchmark, and the terms under which its items are used."""

    benchmark: str
    items: int
    """Items that are put, counted once for all languages."""
    languages: tuple[str, ...]
    conditions: tuple[str, ...]
    requests: int
    """Per model, in all languages."""
    licence: str
    source: str
    """Name of the data set, or the patterns of local files."""
    revision: str | None
    """Commit of the data set; None for local files, whose checksums are in provenance."""
    bytes: int
    """Size of the files that were read."""

    @property
    def sentence(self) -> str:
        """Return the benchmark's line of a plan."""
        conditions = "" if len(self.conditions) == 1 else f", {len(self.conditions)} conditions"
        revision = f"@{self.revision[:12]}" if self.revision else ""
        return (
            f"benchmark {self.benchmark}: {self.items:,} items in {', '.join(self.languages)}"
            f"{conditions}, {self.requests:,} requests per model; {self.source}{revision}, "
            f"{_size(self.bytes)}, licence {self.licence}"
        )


@dataclass(frozen=True)
class BenchmarkTokens:
    """Totals of one model's requests of all benchmarks, and the longest one's tokens."""

    requests: int
    prompt: float
    output: float
    longest_prompt: float
    longest_output: float


def benchmark_plans(benchmarks: Mapping[str, Items]) -> tuple[BenchmarkPlan, ...]:
    """Return the plan of every benchmark."""
    return tuple(_plan(items) for items in benchmarks.values())


def benchmark_notices(benchmarks: Mapping[str, Items]) -> list[str]:
    """Return the sentences about languages, groups and prompts that a user should know of."""
    notices = [notice for items in benchmarks.values() for notice in items.notices]
    for name, items in benchmarks.items():
        if lacking := list(fall_backs(items.benchmark, list(items.tables))):
            notices.append(
                f"benchmark.{name} has no prompts in {', '.join(lacking)}: its English ones are "
                f"used for items in these languages"
            )
    return notices


def benchmark_tokens(
    benchmarks: Mapping[str, Items], model: Model, counter: TokenCounter
) -> BenchmarkTokens:
    """Return the tokens that a model's requests take; prompts are rendered from some items."""
    prompt = output = longest = longest_output = 0.0
    for items in benchmarks.values():
        for language, table in items.tables.items():
            some = _some(table, max(4, _ITEMS_RENDERED // len(items.tables)))
            total = requests_in(items, language)
            rendered = 0
            tokens = output_tokens = 0.0
            for put in put_steps(items.benchmark):
                lengths = counter.lengths(_texts(items, language, put, some), language)
                earlier = _earlier_tokens(items, put, model)
                most = answer_tokens(items.benchmark, put, model)
                rendered += len(lengths)
                tokens += sum(lengths) + earlier * len(lengths)
                output_tokens += most * len(lengths)
                longest = max(longest, max(lengths) + earlier)
                longest_output = max(longest_output, most)
            prompt += total * tokens / rendered
            output += total * output_tokens / rendered
    requests = sum(requests_per_model(items) for items in benchmarks.values())
    return BenchmarkTokens(requests, prompt, output, longest, longest_output)


def _plan(items: Items) -> BenchmarkPlan:
    benchmark = items.benchmark
    source = benchmark.source
    names = {name for table in items.tables.values() for name in texts_of(table, "item")}
    return BenchmarkPlan(
        benchmark=benchmark.name,
        items=len(names),
        languages=tuple(items.tables),
        conditions=tuple(benchmark.conditions),
        requests=requests_per_model(items),
        licence=source.licence,
        source=source.hub or ", ".join(source.paths),
        revision=source.revision,
        bytes=items.bytes,
    )


def _some(table: pa.Table, number: int) -> pa.Table:
    step = max(1, table.num_rows // number)
    return table.take(pa.array(range(0, table.num_rows, step), pa.int64()))


def _texts(items: Items, language: str, put: PutStep, some: pa.Table) -> list[str]:
    """Return the texts of the requests of some items; answers to earlier steps are empty."""
    benchmark, chosen = items.benchmark, items_of(some)
    examples = items_of(items.examples[language]) if language in items.examples else []
    placed = placements(benchmark, put, language, [len(item.options) for item in chosen])
    earlier: dict[str, Sequence[EarlierAnswer]] = {
        step.name: [EarlierAnswer("", "")] for step in put.condition.steps[: put.wave]
    }
    spoken = prompt_language(put.condition, put.step, language)
    texts = []
    for item, part, variant, order in zip(
        placed.item, placed.part, placed.variant, placed.order, strict=True
    ):
        placement = Placement(put.condition, put.step, part, variant, order, spoken)
        said = messages(benchmark, chosen[item], placement, earlier, examples)
        turns = [text for turn in said.turns for text in (turn.user, turn.assistant)]
        texts.append("\n\n".join([said.system, *turns, said.prompt]))
    return texts


def _earlier_tokens(items: Items, put: PutStep, model: Model) -> float:
    """Return the most tokens that the answers to earlier steps add to a prompt."""
    benchmark = items.benchmark
    return float(
        sum(
            answer_tokens(benchmark, one, model)
            * (len(benchmark.lists[one.step.for_each]) if one.step.for_each else 1)
            for one in put_steps(benchmark)
            if one.condition is put.condition and one.wave < put.wave
        )
    )


def _size(number: int) -> str:
    for size, unit in ((1e9, "GB"), (1e6, "MB")):
        if number >= size:
            return f"{number / size:.1f} {unit}"
    return f"{max(1, round(number / 1e3))} kB"
