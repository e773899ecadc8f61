"""Answers that people have rated, and the error of a judge against them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import yaml

from culture_ray.benchmarks.design.rubric import Rubric
from culture_ray.benchmarks.rubrics.rating import OutsideRubric, RubricRating, rating_values
from culture_ray.errors import BadTable


@dataclass(frozen=True)
class GoldRating:
    """Answer to an item with the rating that people gave it."""

    item: str
    answer: str
    rating: RubricRating
    language: str = "en"


def read_gold_ratings(
    text: str, where: str, rubric: Rubric, items: Collection[str]
) -> list[GoldRating]:
    """Return the rated answers of a gold file: a list of {id, answer, language, rating}, as YAML.

    Raises BadTable for an id that no item of the benchmark has, for an answer that is rated twice,
    and for a rating that the rubric does not allow.
    """
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as problem:
        raise BadTable(f"{where}: not valid YAML ({' '.join(str(problem).split())})") from problem
    if not isinstance(content, list):
        raise BadTable(f"{where}: not a list of rated answers, but {type(content).__name__}")
    found = [_rated(entry, f"{where}, entry {n}", rubric) for n, entry in enumerate(content, 1)]
    unknown = sorted({one.item for one in found} - set(items))
    if unknown:
        more = f" and {len(unknown) - 3} more" if len(unknown) > 3 else ""
        raise BadTable(
            f"{where}: no item of the benchmark has the id {', '.join(unknown[:3])}{more}; "
            f"its ids are {', '.join(sorted(items)[:3])} ..."
        )
    counts = Counter((one.item, one.language, one.answer) for one in found)
    twice = [key for key, number in counts.items() if number > 1]
    if twice:
        raise BadTable(f"{where}: the answer to {twice[0][0]} in {twice[0][1]} is rated twice")
    return found


def _rated(entry: object, where: str, rubric: Rubric) -> GoldRating:
    if not isinstance(entry, Mapping):
        raise BadTable(f"{where}: not a mapping with id, answer and rating")
    missing = [key for key in ("id", "answer", "rating") if key not in entry]
    if missing:
        raise BadTable(f"{where}: no {', '.join(missing)}; it has {', '.join(map(str, entry))}")
    if not isinstance(entry["rating"], Mapping):
        raise BadTable(f"{where}: the rating is not a mapping of the rubric's fields")
    try:
        values = rating_values(entry["rating"], rubric.fields)
    except OutsideRubric as problem:
        raise BadTable(f"{where}: {problem}") from problem
    language = str(entry.get("language", "en"))
    return GoldRating(str(entry["id"]), str(entry["answer"]), RubricRating(values), language)


@dataclass(frozen=True)
class RubricError:
    """Agreement of a judge with the gold ratings in one field."""

    path: str
    compared: int
    """Values compared; for the entries of a list, those of either side."""
    agreement: float
    """Share of equal values; for the entries of a list, F1: twice the common ones over those of
    both sides. NaN where nothing was compared."""
    bias: float | None
    """Judge minus gold, mean; for numbers only."""


def rubric_errors(
    rubric: Rubric, pairs: Sequence[tuple[RubricRating, RubricRating]]
) -> list[RubricError]:
    """Return the agreement of ratings (gold, judge) in each field that has values."""
    listed = {path for path, field in rubric.paths().items() if field.kind == "list"}
    return [
        _error(path, field.kind, any(path.startswith(f"{one}.") for one in listed), pairs)
        for path, field in rubric.paths().items()
        if field.kind not in ("list", "text")
    ]


def _error(
    path: str, kind: str, listed: bool, pairs: Sequence[tuple[RubricRating, RubricRating]]
) -> RubricError:
    values = [(gold.at(path), judged.at(path)) for gold, judged in pairs]
    if listed:
        common = sum((Counter(gold) & Counter(judged)).total() for gold, judged in values)
        total = sum(len(gold) + len(judged) for gold, judged in values)
        return RubricError(path, total, 2 * common / total if total else float("nan"), None)
    equal = [gold == judged for gold, judged in values]
    bias = None
    if kind == "number" and values:
        bias = sum(float(judged[0]) - float(gold[0]) for gold, judged in values) / len(values)
    return RubricError(path, len(equal), sum(equal) / len(equal) if equal else float("nan"), bias)
