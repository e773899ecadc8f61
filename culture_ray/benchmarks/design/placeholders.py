"""Placeholders of a benchmark's prompts: the names in braces that a prompt may hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from culture_ray.errors import WrongValue
from culture_ray.survey.fields import Fields

if TYPE_CHECKING:
    from culture_ray.benchmarks.design.benchmark import Benchmark
    from culture_ray.benchmarks.design.conditions import Step

_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")


def placeholders(text: str) -> list[str]:
    """Return the names in braces in a text, in order; other braces are text."""
    return _PLACEHOLDER.findall(text)


def filled(text: str, values: dict[str, str]) -> str:
    """Return a text with its placeholders filled in; values are not searched for placeholders."""
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


def check_placeholders(benchmark: Benchmark, fields: Fields) -> None:
    """Raise WrongValue for a prompt with an unknown name, or without the item's text."""
    own = {"text", *benchmark.items.fields}
    needed = {"option": "options", "statement": "option"}.get(benchmark.answer.kind, "")
    offered = {needed or "options"} if benchmark.items.has_options else set()
    for condition in benchmark.conditions.values():
        before: list[str] = []
        seen: set[str] = set()
        for step in condition.steps:
            known = own | set(before) | ({"each"} if step.for_each else set())
            if needed != "option" or step is condition.answer_step:
                known |= offered
            key = fields.at(f"conditions.{condition.name}.{step.name}")
            if not step.prompts or "en" not in step.prompts:
                raise WrongValue(key, None, "a prompt in en: languages without one take it")
            for text in _texts(step):
                used = set(placeholders(text))
                if unknown := sorted(used - known):
                    raise WrongValue(
                        key,
                        "{" + unknown[0] + "}",
                        "one of " + ", ".join("{" + name + "}" for name in sorted(known)),
                    )
                seen |= used
            before.append(step.name)
        for name, words in benchmark.answer.words.items():
            used = {part for word in words for part in placeholders(word)}
            if unknown := sorted(used - own):
                key = fields.at(f"answer.words.{name}")
                expected = "one of " + ", ".join("{" + part + "}" for part in sorted(own))
                raise WrongValue(key, "{" + unknown[0] + "}", expected)
        if not seen & own:
            raise WrongValue(key, None, "a prompt with {text} or a field of the item")
        if needed and needed not in seen:
            raise WrongValue(key, None, f"a prompt with {{{needed}}}")


def check_rubric(benchmark: Benchmark, fields: Fields) -> None:
    """Raise WrongValue for an unknown name in braces in the instruction to the judge."""
    if benchmark.rubric is None:
        return
    known = {"text", "answer", *benchmark.items.fields}
    if unknown := sorted(set(placeholders(benchmark.rubric.prompt)) - known):
        expected = "one of " + ", ".join("{" + name + "}" for name in sorted(known))
        raise WrongValue(fields.at("rubric.prompt"), "{" + unknown[0] + "}", expected)


def _texts(step: Step) -> Iterable[str]:
    for texts in (step.prompts, step.system):
        for variants in texts.values():
            yield from variants
