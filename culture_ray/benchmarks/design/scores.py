"""Scores of a benchmark: the figures that are computed, their groups and contrasts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from culture_ray.errors import UnknownName, WrongValue
from culture_ray.survey.fields import Fields

FIGURES = (
    "accuracy", "macro_f1", "share", "distribution", "entropy", "mean", "votes", "lexicon",
    "repetition", "wrong_language", "best_group", "layers",
)  # fmt: skip
_RESERVED = ("by", "contrasts")


@dataclass(frozen=True)
class ScoreSpec:
    """One figure over the items of a cell."""

    name: str
    figure: str
    """One of FIGURES."""
    of: str = ""
    """Path of a rubric's field, such as references.culture, or a grouping; empty for the answer."""
    value: str = ""
    """For share: the value that is counted."""
    where: Mapping[str, str] = field(default_factory=dict)
    """Groups that the figure is restricted to, by grouping."""
    over: str = ""
    """For entropy: item_then_mean or answers."""
    normalised: bool = False
    as_published: bool = False
    """True to show the literature's own variant beside the figure."""


@dataclass(frozen=True)
class Contrast:
    """Difference between two groups, conditions or languages, paired where they share items."""

    name: str
    first: str
    second: str
    over: str
    """`condition`, `language`, or the grouping that both belong to."""


@dataclass(frozen=True)
class Scores:
    """Figures of a benchmark."""

    figures: Mapping[str, ScoreSpec]
    by: tuple[str, ...] = ()
    """Groupings for which every figure is also given."""
    contrasts: tuple[Contrast, ...] = ()


@dataclass(frozen=True)
class CapabilityUse:
    """Figure that measures capability, and further variants of it."""

    use: str
    """Name of a score."""
    where: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Groups by grouping, by the name of the variant."""

    @classmethod
    def of(cls, fields: Fields, scores: Scores, groups: Iterable[str]) -> CapabilityUse:
        """Return the capability in a benchmark's file; raises WrongValue, UnknownName."""
        fields.known(("use", "where", "also"))
        use = fields.one_of("use", scores.figures)
        also = {}
        if fields.has("also"):
            nested = fields.nested("also")
            also = {nested.name(key): _where(nested, key, groups) for key in nested.values}
        return cls(use, _where(fields, "where", groups), also)


def scores_of(
    fields: Fields,
    *,
    groups: Mapping[str, tuple[str, ...]],
    conditions: Iterable[str],
    languages: Iterable[str],
    rubric: Iterable[str],
) -> Scores:
    """Return the scores in a benchmark's file; raises WrongValue, UnknownName.

    `groups` are the kept groups by grouping, empty for all; `rubric` the paths of its fields.
    """
    by = fields.texts("by", ()) if fields.has("by") else ()
    for name in by:
        if name not in groups:
            raise UnknownName("grouping", name, groups, where=fields.at("by"))
    names = [fields.name(key) for key in fields.values if key not in _RESERVED]
    if not names:
        raise WrongValue(fields.key, dict(fields.values), "at least one figure")
    paths = {*rubric, *groups}
    figures = {name: _score(fields, name, groups, paths) for name in names}
    known = {"condition": tuple(conditions), "language": tuple(languages), **groups}
    return Scores(figures, by, _contrasts(fields, known))


def _score(fields: Fields, name: str, groups: Iterable[str], paths: set[str]) -> ScoreSpec:
    content = {} if fields.values[name] is None else fields.values[name]
    spec = Fields.of(content, fields.at(name)).known(
        ("figure", "of", "share", "is", "where", "over", "normalised", "as_published")
    )
    default = "share" if spec.has("share") else name
    figure = spec.one_of("figure", FIGURES, default)
    of = spec.text("share" if spec.has("share") else "of", "")
    if of and of not in paths:
        raise UnknownName("field of the rubric or grouping", of, paths, where=spec.key)
    if figure == "share" and not spec.has("is"):
        raise WrongValue(spec.at("is"), None, "the value whose share is wanted")
    return ScoreSpec(
        name=name,
        figure=figure,
        of=of,
        value=spec.text("is", ""),
        where=_where(spec, "where", groups),
        over=spec.one_of("over", ("item_then_mean", "answers"), "item_then_mean"),
        normalised=spec.flag("normalised", False),
        as_published=spec.flag("as_published", False),
    )


def _where(fields: Fields, name: str, groups: Iterable[str]) -> dict[str, str]:
    if not fields.has(name):
        return {}
    nested = fields.nested(name).known(groups)
    return {str(key): nested.text(key) for key in nested.values}


def _contrasts(fields: Fields, known: Mapping[str, tuple[str, ...]]) -> tuple[Contrast, ...]:
    if not fields.has("contrasts"):
        return ()
    nested = fields.nested("contrasts")
    return tuple(_contrast(nested, key, known) for key in nested.values)


def _contrast(fields: Fields, key: str, known: Mapping[str, tuple[str, ...]]) -> Contrast:
    over, spec, name = "", fields, key
    if isinstance(fields.values[key], Mapping):
        spec, name = fields.nested(key).known(("over", "of")), "of"
        over = spec.one_of("over", known)
    pair = spec.texts(name)
    if len(pair) != 2:
        raise WrongValue(spec.at(name), list(pair), "two names: the difference is first - second")
    first, second = pair
    if not over:
        among = [kind for kind, names in known.items() if first in names and second in names]
        if len(among) != 1:
            raise WrongValue(
                spec.at(name),
                list(pair),
                "two conditions, languages or kept groups; else {over: GROUPING, of: [A, B]}",
            )
        over = among[0]
    return Contrast(fields.name(key), first, second, over)
