"""Language of a prompt: the item's own where the file has texts in it, else English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.design.conditions import Condition, Step

DEFAULT = "en"


def prompt_language(condition: Condition, step: Step, language: str) -> str:
    """Return the language of the prompt that puts an item of a language in a step."""
    return _nearest(step.prompts, condition.prompt_language or language)


def texts_in(texts: Mapping[str, Sequence[str]], language: str) -> tuple[str, ...]:
    """Return the texts of a language, of the language without its region, or in English."""
    return tuple(texts.get(_nearest(texts, language), ()))


def fall_backs(benchmark: Benchmark, languages: Sequence[str]) -> Iterator[str]:
    """Yield the languages whose prompts are in another one, because the file has none."""
    for language in languages:
        wanted = {
            condition.prompt_language or language: condition
            for condition in benchmark.conditions.values()
        }
        for code, condition in wanted.items():
            own = [prompt_language(condition, step, language) for step in condition.steps]
            if any(_base(one) != _base(code) for one in own):
                yield language
                break


def _nearest(texts: Mapping[str, Sequence[str]], language: str) -> str:
    return next((one for one in (language, _base(language)) if one in texts), DEFAULT)


def _base(language: str) -> str:
    return language.partition("-")[0]
