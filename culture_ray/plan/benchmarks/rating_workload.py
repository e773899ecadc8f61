"""Workload of ratings: requests and tokens of one judge that fills in the rubrics of benchmarks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from culture_ray.benchmarks.items.read import Items
from culture_ray.benchmarks.items.stored import items_of
from culture_ray.benchmarks.putting.placements import put_steps
from culture_ray.benchmarks.rubrics.prompt import rating_prompt
from culture_ray.engines.model import Model
from culture_ray.plan.benchmarks.rating_units import with_rubric
from culture_ray.plan.benchmarks.sizes import answer_tokens, ratings_in
from culture_ray.plan.tokens import TokenCounter

_ITEMS_RENDERED = 20
"""Items per language whose prompts are counted."""


@dataclass(frozen=True)
class RatingTokens:
    """Total of one judge's ratings of all models' answers, and the longest prompt's tokens."""

    requests: int = 0
    prompt: float = 0.0
    longest_prompt: float = 0.0


def rating_tokens(
    benchmarks: Mapping[str, Items], models: Mapping[str, Model], counter: TokenCounter
) -> RatingTokens:
    """Return the requests and prompt tokens of a judge; answers count with their largest length."""
    requests, prompt, longest = 0, 0.0, 0.0
    for items in with_rubric(benchmarks):
        rubric = items.benchmark.rubric
        if rubric is None:
            continue
        steps = [put for put in put_steps(items.benchmark) if put.step is put.condition.answer_step]
        most = max(
            answer_tokens(items.benchmark, put, model) for put in steps for model in models.values()
        )
        for language, table in items.tables.items():
            said = [
                rating_prompt(rubric, "", {**item.fields, "text": item.text})
                for item in items_of(table.slice(0, _ITEMS_RENDERED))
            ]
            lengths = counter.lengths([f"{one.system}\n\n{one.user}" for one in said], language)
            own = ratings_in(items, language) * len(models)
            requests += own
            prompt += own * (sum(lengths) / len(lengths) + most)
            longest = max(longest, max(lengths) + most)
    return RatingTokens(requests, prompt, longest)
