"""Task of the stage benchmark: one row per request, with the answer or the reason it failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.items.stored import items_of
from culture_ray.benchmarks.putting.messages import (
    EarlierAnswer,
    Placement,
    allowed_answers,
    layer_words,
    messages,
    option_order,
)
from culture_ray.benchmarks.putting.placements import PutStep, put_steps
from culture_ray.benchmarks.rows import BenchmarkItem
from culture_ray.engines.interface import Request, Response, Sampling, Turn
from culture_ray.plan.benchmarks.sizes import reads_probabilities
from culture_ray.prompts.options import LETTERS
from culture_ray.stages.elicit.answer_fields import answer_fields
from culture_ray.store.run_directory import benchmark_folder
from culture_ray.store.shards import read
from culture_ray.sweep.plan.units import Loaded, Unit
from culture_ray.tables import BENCHMARK_ANSWERS
from culture_ray.tables.benchmarks import ITEM_REQUESTS

_Key = tuple[str, int, str, int]
"""Item, variant, order and sample: what the requests of a chain share."""


@dataclass(frozen=True)
class PutBenchmark:
    """A benchmark as the task needs it: its design and the worked examples by language."""

    benchmark: Benchmark
    examples: Mapping[str, tuple[BenchmarkItem, ...]]


@dataclass(frozen=True)
class BenchmarkTask:
    """The benchmark stage's task for the executor."""

    benchmarks: Mapping[str, PutBenchmark]
    """By the name of the benchmark's folder in the run."""
    unconstrained: frozenset[str] = frozenset()
    """Models whose answers are not held to labels: the constraint would apply to thoughts."""
    stage: str = "benchmark"

    @property
    def schema(self) -> pa.Schema:
        """Return BENCHMARK_ANSWERS."""
        return BENCHMARK_ANSWERS

    def load(self, unit: Unit) -> Loaded:
        """Render the unit's requests; none for a row whose earlier step has no answer."""
        if unit.rows is None or unit.source is None:
            raise ValueError(f"unit {unit.path.stem} has no requests or no items")
        rows = unit.rows.cast(ITEM_REQUESTS)
        own = self.benchmarks[benchmark_folder(unit.path)]
        first = rows.slice(0, 1).to_pylist()[0]
        steps = put_steps(own.benchmark)
        put = next(
            one
            for one in steps
            if one.condition.name == first["condition"] and one.step.name == first["step"]
        )
        items = _items(unit.source, unit.source.stat().st_mtime_ns)
        earlier = _earlier(unit.path, put, steps) if put.wave else {}
        pairs = [(items[row["item"]], row) for row in rows.to_pylist()]
        requests = [self._request(own, put, item, row, earlier) for item, row in pairs]
        offered = [_offered(own.benchmark, put, item, row) for item, row in pairs]
        options = pa.array(offered, BENCHMARK_ANSWERS.field("options").type)
        return Loaded(rows.append_column("options", options), requests)

    def table(
        self, loaded: Loaded, responses: Sequence[Response | None], replica: str, attempts: int
    ) -> pa.Table:
        """Return the answers as a shard (BENCHMARK_ANSWERS schema)."""
        now = datetime.now(UTC)
        rows = []
        for row, request, response in zip(
            loaded.rows.to_pylist(), loaded.requests, responses, strict=True
        ):
            rows.append({**row, **_fields(request, response, attempts), "finished_at": now})
            rows[-1]["replica"] = replica if response is not None else "none"
        return pa.Table.from_pylist(rows, schema=BENCHMARK_ANSWERS)

    def _request(
        self,
        own: PutBenchmark,
        put: PutStep,
        item: BenchmarkItem,
        row: Mapping[str, Any],
        earlier: Mapping[str, Mapping[_Key, Sequence[EarlierAnswer]]],
    ) -> Request | None:
        benchmark = own.benchmark
        key = (row["item"], row["variant"], row["order"], row["sample"])
        if not all(key in answers for answers in earlier.values()):
            return None
        placement = Placement(
            put.condition,
            put.step,
            row["part"],
            row["variant"],
            row["order"],
            row["prompt_language"],
        )
        said = messages(
            benchmark,
            item,
            placement,
            {name: answers[key] for name, answers in earlier.items()},
            own.examples.get(row["language"], ()),
        )
        letters = LETTERS[: len(item.options)] if reads_probabilities(benchmark, put) else ()
        is_answer = put.step is put.condition.answer_step
        held = is_answer and row["model"] not in self.unconstrained
        sampling = benchmark.sampling
        return Request(
            row["request_id"],
            said.prompt,
            Sampling(
                sampling.temperature,
                sampling.top_p,
                put.step.max_tokens or sampling.max_tokens,
                sampling.stop,
            ),
            said.system,
            choices=allowed_answers(benchmark, row["prompt_language"]) if held else (),
            options=letters,
            stage="benchmark",
            layer_words=layer_words(benchmark, item) if is_answer else (),
            turns=tuple(Turn(turn.user, turn.assistant) for turn in said.turns),
        )


def _offered(
    benchmark: Benchmark, put: PutStep, item: BenchmarkItem, row: Mapping[str, Any]
) -> tuple[int, ...] | None:
    """Return the options that a request offers, by letters or in words, as indices of the item's.

    None if it offers none.
    """
    is_answer = put.step is put.condition.answer_step
    if benchmark.answer.kind != "option" or not is_answer:
        return None
    return option_order(len(item.options), row["order"])


def _fields(request: Request | None, response: Response | None, attempts: int) -> dict[str, Any]:
    unasked = "an earlier step has no answer, so this one was not put"
    fields = answer_fields(request, response, attempts, unasked)
    if request is None or response is None:
        return fields
    return {**fields, "system": request.system, "layers": response.layers}


@lru_cache(maxsize=8)
def _items(path: Path, written: int) -> Mapping[str, BenchmarkItem]:
    """Return the items of a language by id; `written` is the time of the file, in ns."""
    return {item.id: item for item in items_of(read(path))}


def _earlier(
    path: Path, put: PutStep, steps: Sequence[PutStep]
) -> dict[str, dict[_Key, list[EarlierAnswer]]]:
    """Return the answers to the earlier steps of a unit's items, by step and by key.

    A key with a request that failed is left out: the next step needs all answers.
    """
    index = int(path.stem.partition("-")[0])
    found = {}
    for one in steps:
        if one.condition is not put.condition or one.wave >= put.wave:
            continue
        shards = sorted(path.parent.glob(f"{index - put.position + one.position:06d}-*.arrow"))
        answers: dict[_Key, list[EarlierAnswer]] = {}
        failed: set[_Key] = set()
        for shard in shards:
            for row in read(shard).to_pylist():
                key = (row["item"], row["variant"], row["order"], row["sample"])
                if row["text"] is None:
                    failed.add(key)
                else:
                    answer = EarlierAnswer(row["prompt"], row["text"], row["part"])
                    answers.setdefault(key, []).append(answer)
        for key in failed:
            answers.pop(key, None)
        found[one.step.name] = {
            key: sorted(own, key=lambda answer: answer.part) for key, own in answers.items()
        }
    return found
