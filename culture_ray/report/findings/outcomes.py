"""Sentences on which conclusions of the regressions hold under every outcome, and on closeness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from culture_ray.report.cell_refs import cell_ref, numbered_rows
from culture_ray.report.cell_values import Row, as_float
from culture_ray.report.coefficient_names import coefficient_name
from culture_ray.report.content import ReportContent
from culture_ray.report.formatting import Number, Sentence, listed
from culture_ray.report.regression_result import design_name

_OUTCOMES = {
    "responses": "single responses",
    "topics": "topic means",
    "disattenuated": "responses corrected for their noise",
    "closeness": "closeness in points",
}
"""Outcome of a regression -> what agreement is computed from."""

_SLOPES = ("capability", "capability within families")
_REPORTED = (*_SLOPES, "self-consistency")
_CONSISTENCY = "self-consistency"
_R = 2


def outcome_sentences(content: ReportContent) -> list[Sentence]:
    """Return a sentence per design: the coefficients that are clear of zero under every outcome.

    A coefficient of self-consistency with alignment over single responses is left out of account:
    such an alignment is that without noise times the root of self-consistency, so that the two go
    together by construction.
    """
    if content.outcomes is None or not content.outcomes.num_rows:
        return []
    rows: Sequence[Row] = content.outcomes.to_pylist()
    names = {language.code: language.name for language in content.languages}
    designs = dict.fromkeys(row["design"] for row in rows)
    sentences = (
        _sentence(design, [row for row in rows if row["design"] == design], names)
        for design in designs
    )
    return [sentence for sentence in sentences if sentence]


def closeness_sentences(content: ReportContent) -> list[Sentence]:
    """Return a sentence on the slopes of capability with closeness as the outcome, if any.

    It is about the first design of the table, whose coefficients for alignment are told as well.
    """
    if content.outcomes is None or not content.outcomes.num_rows:
        return []
    table = numbered_rows(content.outcomes)
    rows = [
        row
        for row in table
        if row["design"] == table[0]["design"]
        and row["outcome"] == "closeness"
        and coefficient_name(row["term"]).quantity in _SLOPES
        and as_float(row["estimate"]) is not None
    ]
    if not rows:
        return []
    names = {language.code: language.name for language in content.languages}
    told: list[str | Number] = []
    for row in rows:
        estimate, low, high = (
            Number(row[column], _R, cell_ref("outcomes", [row], column))
            if as_float(row[column]) is not None
            else None
            for column in ("estimate", "ci_low", "ci_high")
        )
        assert estimate is not None
        told += [f"{coefficient_name(row['term']).text(names)} ", estimate]
        told += (
            [" (no interval)"] if low is None or high is None else [" (", low, " to ", high, ")"]
        )
        told.append(", ")
    told[-1] = "."
    name = design_name(table[0]["design"])
    return [
        (
            "With closeness in points as the outcome instead of rank correlation (1 means no "
            f"difference from the speakers' averages){f', {name}' * bool(name)}, the coefficients "
            "are, with 95 % intervals in parentheses: ",
            *told,
        )
    ]


def _sentence(design: str, rows: Sequence[Row], languages: Mapping[str, str]) -> Sentence:
    """Return the sentence on one design; empty if no coefficient is clear of zero."""
    parts = []
    for term in dict.fromkeys(row["term"] for row in rows):
        quantity = coefficient_name(term).quantity
        if quantity not in _REPORTED:
            continue
        of_term = {row["outcome"]: _direction(row) for row in rows if row["term"] == term}
        if quantity == _CONSISTENCY:
            of_term.pop("responses", None)
        if any(of_term.values()):
            name = coefficient_name(term).text(languages)
            parts.append(f"the 95 % interval of {name} excludes zero {_verdict(of_term)}")
    if not parts:
        return ()
    name = design_name(design)
    title = f"Other ways to measure agreement{f', {name}' * bool(name)}"
    return (f"{title}: {'; '.join(parts)}.",)


def _verdict(directions: Mapping[str, int]) -> str:
    clear = [_OUTCOMES[name] for name, direction in directions.items() if direction]
    rest = [_OUTCOMES[name] for name, direction in directions.items() if not direction]
    if rest:
        return f"with {listed(clear)}, but not with {listed(rest)}"
    if len(set(directions.values())) > 1:
        return f"with {listed(clear)}, but in opposite directions"
    return f"in the same direction with {listed(clear)}"


def _direction(row: Row) -> int:
    """Return 1 or -1 for an interval above or below zero, else 0."""
    low, high = as_float(row["ci_low"]), as_float(row["ci_high"])
    if low is None or high is None:
        return 0
    return 1 if low > 0 else -1 if high < 0 else 0
