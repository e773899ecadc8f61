"""Conditions of a benchmark: ways to put the same item, in one request or in several steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from culture_ray.errors import WrongValue
from culture_ray.survey.fields import Fields

Texts = Mapping[str, tuple[str, ...]]
"""Texts by language; several of one language are put one after the other and averaged."""
ANSWER_STEP = "answer"
"""Name of the only step of a condition without steps."""


@dataclass(frozen=True)
class Step:
    """One request of a chain, or one per entry of a list; the last step's answer is scored."""

    name: str
    prompts: Texts
    """Prompts by language; may hold the names of earlier steps in braces."""
    system: Texts
    """System messages by language; empty for none."""
    for_each: str = ""
    """List of which every entry is a request; {each} is the entry. Empty for one request."""
    continues: bool = False
    """True if the request follows the exchanges of the steps before it in one conversation."""
    max_tokens: int | None = None
    """Most tokens of the answer; None for those of the benchmark."""


@dataclass(frozen=True)
class Condition:
    """One way of putting every item."""

    name: str
    steps: tuple[Step, ...]
    prompt_language: str = ""
    """Language of the prompts and system messages; empty for the item's own."""
    few_shot: int | None = None
    """Number of worked examples; None for that of the benchmark."""

    @property
    def answer_step(self) -> Step:
        """Return the step whose answer is scored."""
        return self.steps[-1]


@dataclass(frozen=True)
class FewShot:
    """Worked examples, read from a part of the data of its own."""

    paths: tuple[str, ...]
    """Patterns of paths, as those of the source; none of the tested files may match."""
    count: int
    answers: Texts = field(default_factory=dict)
    """Text of an example's answer by language, with {answer} in it; empty for the answer alone."""

    @classmethod
    def of(cls, fields: Fields) -> FewShot:
        """Return the worked examples in a benchmark's file; raises WrongValue, UnknownName."""
        fields.known(("path", "count", "answers"))
        count = fields.whole_number("count")
        if count < 1:
            raise WrongValue(fields.at("count"), count, "at least 1")
        return cls(fields.texts("path"), count, texts_of(fields, "answers"))


def conditions_of(
    fields: Fields, prompts: Texts, system: Texts, lists: Mapping[str, tuple[str, ...]]
) -> dict[str, Condition]:
    """Return the conditions of a benchmark; `prompts` and `system` are those of the benchmark.

    Without conditions there is one, `plain`. Raises WrongValue, UnknownName.
    """
    if not fields.has("conditions"):
        return {"plain": Condition("plain", (Step(ANSWER_STEP, prompts, system),))}
    nested = fields.nested("conditions")
    if not nested.values:
        raise WrongValue(nested.key, {}, "at least one condition, or no key conditions")
    found = {}
    for key in nested.values:
        name = nested.name(key)
        content = {} if nested.values[key] is None else nested.values[key]
        found[name] = _condition(name, Fields.of(content, nested.at(key)), prompts, system, lists)
    return found


def texts_of(fields: Fields, name: str) -> Texts:
    """Return texts by language: one text is that of every language, under the key `en`."""
    value = fields.values.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        return {"en": fields.texts(name)}
    nested = fields.nested(name)
    return {nested.name(language): nested.texts(language) for language in nested.values}


def _condition(
    name: str,
    fields: Fields,
    prompts: Texts,
    system: Texts,
    lists: Mapping[str, tuple[str, ...]],
) -> Condition:
    fields.known(("system", "prompts", "prompt_language", "few_shot", "steps"))
    own_system = texts_of(fields, "system") if "system" in fields.values else system
    own_prompts = texts_of(fields, "prompts") or prompts
    few_shot = fields.whole_number("few_shot") if fields.has("few_shot") else None
    if few_shot is not None and few_shot < 0:
        raise WrongValue(fields.at("few_shot"), few_shot, "0 or more")
    if fields.has("steps"):
        if "prompts" in fields.values:
            raise WrongValue(fields.at("prompts"), "...", "prompts in the steps, where there are")
        steps = _steps(fields.nested("steps"), own_prompts, own_system, lists)
    else:
        steps = (Step(ANSWER_STEP, own_prompts, own_system),)
    return Condition(name, steps, fields.text("prompt_language", ""), few_shot)


def _steps(
    fields: Fields, prompts: Texts, system: Texts, lists: Mapping[str, tuple[str, ...]]
) -> tuple[Step, ...]:
    steps: list[Step] = []
    for key in fields.values:
        nested = fields.nested(key).known(
            ("prompt", "system", "for_each", "continue", "max_tokens")
        )
        if nested.has("for_each") and nested.text("for_each") not in lists:
            expected = "the name of a list: " + (", ".join(lists) or "the file has no lists")
            raise WrongValue(nested.at("for_each"), nested.text("for_each"), expected)
        tokens = nested.whole_number("max_tokens") if nested.has("max_tokens") else None
        steps.append(
            Step(
                name=fields.name(key),
                prompts=texts_of(nested, "prompt") or prompts,
                system=texts_of(nested, "system") if "system" in nested.values else system,
                for_each=nested.text("for_each", ""),
                continues=nested.flag("continue", False),
                max_tokens=tokens,
            )
        )
    if not steps:
        raise WrongValue(fields.key, {}, "at least one step")
    if steps[-1].for_each:
        raise WrongValue(
            f"{fields.key}.{steps[-1].name}.for_each",
            steps[-1].for_each,
            "a last step of one request, whose answer is scored",
        )
    return tuple(steps)
