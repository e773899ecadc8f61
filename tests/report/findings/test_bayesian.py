"""A reader learns in one sentence whether a Bayesian fit supports the regression's slopes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from culture_ray.report.content import ReportContent
from culture_ray.report.findings.bayesian import bayesian_sentences
from culture_ray.report.findings.findings import findings
from culture_ray.report.formatting import Number, plain
from culture_ray.report.regression_result import ReportRegression
from culture_ray.tables import BAYESIAN, REGRESSION

A, B = "capability_within:family[a]", "capability_within:family[b]"
BETWEEN = "capability_between"


def said(
    content: ReportContent,
    regression: dict[str, tuple[float, float] | None],
    bayesian: dict[str, tuple[float, float] | str],
) -> list[str]:
    """Return the sentences for intervals by term; a word is the reason why there are none."""
    fitted = [
        {"term": term, "estimate": 0.0}
        | ({} if ends is None else {"ci_low": ends[0], "ci_high": ends[1]})
        for term, ends in regression.items()
    ]
    drawn: list[dict[str, Any]] = [
        {"term": term, "reason": ends}
        if isinstance(ends, str)
        else {"term": term, "mean": sum(ends) / 2, "ci_low": ends[0], "ci_high": ends[1]}
        for term, ends in bayesian.items()
    ]
    own = ReportRegression(
        "Multilingual", table=pa.Table.from_pylist(fitted, schema=REGRESSION),
        design="multilingual", file="regression/valid/multilingual.csv",
    )  # fmt: skip
    table = pa.Table.from_pylist(drawn, schema=BAYESIAN)
    whole = replace(content, regressions={"multilingual valid": own}, bayesian=table)
    found = bayesian_sentences(whole)
    told = [finding.sentence for finding in findings(whole) if not finding.detail]
    assert all(sentence in told for sentence in found)
    files = {own.file: own.table, "regression/bayesian.csv": table}
    for number in (part for sentence in found for part in sentence if isinstance(part, Number)):
        assert number.source is not None
        rows = files[number.source.file].to_pylist()  # type: ignore[union-attr]
        assert rows[number.source.rows[0]][number.source.column] == number.value
    return [plain(sentence) for sentence in found]


def test_fits_agree_if_their_intervals_lie_on_the_same_side_of_zero(
    content: ReportContent,
) -> None:
    [words] = said(content, {A: (0.1, 0.9), B: (-1, 2)}, {A: (0.05, 1.05), B: (-2, 3)})
    assert "the regression: the 95 % intervals of the same slopes exclude zero in both" in words
    assert "capability within a 0.55 (95 % interval 0.05 to 1.05; regression 0.10 to 0.90)" in words
    assert "not established" not in words
    [none] = said(content, {A: (-1, 2)}, {A: (-2, 3)})
    assert "the regression: the 95 % interval of no slope excludes zero in either" in none
    [every] = said(content, {A: (-3, -1)}, {A: (-4, -0.5)})
    assert "the 95 % interval of every slope excludes zero in both" in every


@pytest.mark.parametrize(
    "other", [(-0.2, 1.0), (-0.9, -0.1)], ids=["includes zero", "opposite side"]
)
def test_a_slope_on_which_they_disagree_is_named(
    content: ReportContent, other: tuple[float, float]
) -> None:
    [words] = said(content, {A: (0.1, 0.9), B: (-1, 2)}, {A: other, B: (-2, 3)})
    assert words.startswith(
        "The Bayesian check disagrees with the regression on capability within a: "
    )
    assert words.endswith("A conclusion that only one of the two supports is not established.")


def test_withheld_figures_are_a_reason_and_never_an_agreement(content: ReportContent) -> None:
    withheld = dict.fromkeys((A, B), "the chains do not agree (R-hat 1.2 > 1.01)")
    [words] = said(content, {A: (0.1, 0.9), B: (0.1, 0.9)}, withheld)
    assert words == (
        "The Bayesian check of the regression gives no figures: the chains do not agree "
        "(R-hat 1.2 > 1.01)."
    )
    [partly] = said(content, {A: (0.1, 0.9), B: None}, {A: (0.2, 1.0), B: "few"})
    assert "every slope" in partly and "within b" not in partly
    [unknown] = said(content, {A: None}, {A: (0.2, 1.0)})
    assert unknown.endswith("gives no figures: the regression has no intervals.")


def test_intercepts_and_slopes_between_families_are_left_out(content: ReportContent) -> None:
    ends = {"language[da]": (0.1, 0.2), BETWEEN: (0.1, 0.2), A: (0.1, 0.9)}
    [words] = said(content, ends, {**ends, BETWEEN: (-1, 1)})
    assert "agrees" in words and "between" not in words


def test_without_the_table_nothing_is_said(content: ReportContent) -> None:
    assert bayesian_sentences(content) == []
    empty = BAYESIAN.empty_table()
    assert bayesian_sentences(replace(content, bayesian=empty)) == []
