"""Sentence on whether a Bayesian fit of the same rows supports the regression's slopes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from culture_ray.report.cell_refs import cell_ref, numbered_rows
from culture_ray.report.cell_values import Row, interval, interval_refs
from culture_ray.report.coefficient_names import coefficient_name
from culture_ray.report.content import ReportContent
from culture_ray.report.formatting import Number, Sentence, listed
from culture_ray.report.regression_result import ReportRegression

_TABLE = "bayesian"
_REGRESSION, _MODE = "multilingual", "valid"
_REPORTED = ("capability", "capability within families", "self-consistency")
"""Quantities that are compared; slopes between families carry much besides capability."""

_R = 2


def bayesian_sentences(content: ReportContent) -> list[Sentence]:
    """Return one sentence on the slopes of both fits; empty without bayesian.csv.

    Two fits agree on a slope if both 95 % intervals include 0, or both lie on the same side of it.
    """
    table = [] if content.bayesian is None else numbered_rows(content.bayesian)
    slopes = [row for row in table if coefficient_name(row["term"]).quantity in _REPORTED]
    fitted = _multilingual(content)
    if not slopes or fitted is None or fitted.table is None:
        return []
    of_regression = {row["term"]: row for row in numbered_rows(fitted.table)}
    pairs = [
        (row, of_regression[row["term"]])
        for row in slopes
        if row["mean"] is not None and None not in interval(of_regression.get(row["term"], {}), "")
    ]
    if not pairs:
        return [(f"The Bayesian check of the regression gives no figures: {_reason(slopes)}.",)]
    names = {language.code: language.name for language in content.languages}
    apart = [own for own, other in pairs if _side(own) != _side(other)]
    return [(*_verdict(pairs, apart, names), *_figures(fitted.file, pairs, names), _advice(apart))]


def _multilingual(content: ReportContent) -> ReportRegression | None:
    """Return the regression that is checked; None if the run has none."""
    for one in content.regressions.values():
        if (one.design, one.inference) == (_REGRESSION, _MODE):
            return one
    return None


def _reason(rows: Sequence[Row]) -> str:
    reasons = (row["reason"] for row in rows if row["reason"])
    return next(reasons, "the regression has no intervals")


def _side(row: Row) -> int:
    """Return 1 or -1 for an interval above or below zero, else 0."""
    return 1 if row["ci_low"] > 0 else -1 if row["ci_high"] < 0 else 0


def _verdict(
    pairs: Sequence[tuple[Row, Row]], apart: Sequence[Row], names: Mapping[str, str]
) -> Sentence:
    if apart:
        terms = listed([coefficient_name(row["term"]).text(names) for row in apart])
        return (f"The Bayesian check disagrees with the regression on {terms}: ",)
    clear = sum(_side(own) != 0 for own, _ in pairs)
    begin = "The Bayesian check agrees with the regression: the 95 % "
    if 0 < clear < len(pairs):
        return (f"{begin}intervals of the same slopes exclude zero in both. ",)
    slope, where = ("every slope", "both") if clear else ("no slope", "either")
    return (f"{begin}interval of {slope} excludes zero in {where}. ",)


def _figures(file: str, pairs: Sequence[tuple[Row, Row]], names: Mapping[str, str]) -> Sentence:
    """Return each slope with its interval, and that of the regression."""
    parts: Sentence = ()
    for own, other in pairs:
        term = coefficient_name(own["term"]).text(names)
        mean, low, high = (
            Number(own[column], _R, cell_ref(_TABLE, [own], column))
            for column in ("mean", "ci_low", "ci_high")
        )
        ends = interval_refs(file, other, "")
        assert ends is not None
        parts += (
            "; " if parts else "", f"{term} ", mean, " (95 % interval ", low, " to ", high,
            "; regression ", Number(other["ci_low"], _R, ends[0]),
            " to ", Number(other["ci_high"], _R, ends[1]), ")",
        )  # fmt: skip
    return (*parts, ".")


def _advice(apart: Sequence[Row]) -> str:
    return " A conclusion that only one of the two supports is not established." if apart else ""
