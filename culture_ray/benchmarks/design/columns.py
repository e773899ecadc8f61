"""Columns of a benchmark's rows: where an item's id, text, options, answer and groups stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from culture_ray.benchmarks.design.placeholders import filled
from culture_ray.errors import WrongValue
from culture_ray.survey.fields import Fields

ANSWER_FORMS = ("letter", "place_from_0", "place_from_1", "text", "flags")


@dataclass(frozen=True)
class AnswerColumn:
    """Column with the right answer of an item."""

    column: str
    form: str = ""
    """One of ANSWER_FORMS: letter, place or text of the right option, or a flag per option; empty
    to read it from the values, which is refused where they are numbers."""
    weights: str = ""
    """Column with the weight of each answer, such as votes; empty for equal weights."""


@dataclass(frozen=True)
class ItemColumns:
    """Columns of items, after the transforms.

    Names of the columns with texts, options and answers may hold {language}, where one row has all
    languages.
    """

    id: tuple[str, ...]
    """Columns whose values together are the id: the same item in every language."""
    text: str
    """Column of the item's text."""
    cluster: tuple[str, ...] = ()
    """Columns of the unit that inference draws; empty for the id."""
    language: str = ""
    """Column of the language, where one file holds several; empty where the path tells it."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Columns of further texts, by their names in prompts."""
    options: tuple[str, ...] = ()
    """Columns of the options, or the one column that holds a list of them."""
    fixed_options: tuple[str, ...] = ()
    """Options that all items have, instead of columns."""
    turns: str = ""
    """Column with earlier messages of a conversation, as a list of role and content."""
    answer: AnswerColumn | None = None
    groups: Mapping[str, str] = field(default_factory=dict)
    """Columns of groups, by the name of the grouping."""
    keep: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Groups to keep, by grouping; the others are left out."""
    per_group: tuple[str, int] | None = None
    """Grouping, and the number of clusters that are drawn from each of its groups."""

    @property
    def has_options(self) -> bool:
        """Return True if items have options."""
        return bool(self.options or self.fixed_options)

    @property
    def by_language(self) -> bool:
        """Return True if languages have columns of their own, named with {language}."""
        return self.in_language("") != self

    def in_language(self, name: str) -> ItemColumns:
        """Return the columns of the language that the source calls `name`."""

        def own(column: str) -> str:
            return filled(column, {"language": name})

        answer = self.answer
        if answer is not None:
            answer = replace(answer, column=own(answer.column), weights=own(answer.weights))
        return replace(
            self,
            text=own(self.text),
            fields={key: own(column) for key, column in self.fields.items()},
            options=tuple(own(column) for column in self.options),
            turns=own(self.turns),
            answer=answer,
        )

    @classmethod
    def of(cls, fields: Fields) -> ItemColumns:
        """Return the columns in a benchmark's file; raises WrongValue, UnknownName."""
        fields.known(cls.__dataclass_fields__)
        groups = fields.by_name("groups")
        keep = _kept(fields, groups)
        options, fixed = _options(fields)
        return cls(
            id=fields.texts("id"),
            text=fields.text("text"),
            cluster=fields.texts("cluster", ()),
            language=fields.text("language", ""),
            fields=fields.by_name("fields"),
            options=options,
            fixed_options=fixed,
            turns=fields.text("turns", ""),
            answer=_answer(fields),
            groups=groups,
            keep=keep,
            per_group=_per_group(fields, groups),
        )


def _options(fields: Fields) -> tuple[tuple[str, ...], tuple[str, ...]]:
    value = fields.values.get("options")
    if isinstance(value, Mapping):
        nested = fields.nested("options").known(("all",))
        return (), nested.texts("all")
    return (fields.texts("options") if value is not None else ()), ()


def _answer(fields: Fields) -> AnswerColumn | None:
    value = fields.values.get("answer")
    if value is None:
        return None
    if not isinstance(value, Mapping):
        return AnswerColumn(fields.text("answer"))
    nested = fields.nested("answer").known(("column", "is", "weights"))
    form = nested.one_of("is", ANSWER_FORMS) if nested.has("is") else ""
    return AnswerColumn(nested.text("column"), form, nested.text("weights", ""))


def _kept(fields: Fields, groups: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    if not fields.has("keep"):
        return {}
    nested = fields.nested("keep").known(groups)
    return {str(name): nested.texts(name) for name in nested.values}


def _per_group(fields: Fields, groups: Mapping[str, str]) -> tuple[str, int] | None:
    if not fields.has("per_group"):
        return None
    nested = fields.nested("per_group").known(groups)
    if len(nested.values) != 1:
        raise WrongValue(nested.key, dict(nested.values), "one grouping and a number")
    [name] = nested.values
    if nested.values[name] is None:
        return None
    number = nested.whole_number(name)
    if number < 1:
        raise WrongValue(nested.at(name), number, "at least 1")
    return str(name), number
