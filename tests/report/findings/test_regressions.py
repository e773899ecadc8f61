"""Sentences on regressions: coefficients, definitions of alignment and assumptions about items."""

from __future__ import annotations

import re
from dataclasses import replace

import pyarrow as pa

from culture_ray.calibration import LANGUAGE_LEVELS, MARKS, PUBLISHED, UNCALIBRATED, WITHIN
from culture_ray.report.coefficient_names import coefficient_name
from culture_ray.report.content import ReportContent
from culture_ray.report.findings.regressions import regression_sentences
from culture_ray.report.formatting import plain
from culture_ray.report.regression_result import ReportRegression
from culture_ray.tables import (
    INFLUENCE,
    ITEM_ASSUMPTIONS,
    OUTCOMES,
    REGRESSION,
)
from tests.report.findings.sentences import said
from tests.report.synthetic.content import with_cells
from tests.report.synthetic.run import path_only_content


def test_us_bias_is_told_once_and_without_baselines(content: ReportContent) -> None:
    table = content.regressions["us_bias"].table
    assert table is not None
    rows = [r | {"ci_low": -1.0, "ci_high": 1.0} for r in table.to_pylist()]
    clear = {"term": "us_bias:model[perfect]:language[en]", "ci_low": 0.2, "ci_high": 0.4}
    more = pa.Table.from_pylist([*rows, rows[0] | clear], schema=table.schema)
    only = {"us_bias": replace(content.regressions["us_bias"], table=more)}
    assert "intervals of 0 of 16 US bias" in said(replace(content, regressions=only), "regression")
    assert said(replace(with_cells(content), regressions=only), "regression") == ""


def _outcome(outcome: str, term: str, low: float, high: float) -> dict[str, object]:
    figures = {"estimate": (low + high) / 2, "std_error": 0.1, "df": 9.0, "p_value": 0.5, "rows": 9}
    keys = {"outcome": outcome, "design": "within", "term": term}
    return keys | figures | {"ci_low": low, "ci_high": high}


def test_conclusions_that_depend_on_how_alignment_is_computed_are_told(
    content: ReportContent,
) -> None:
    rows = [
        _outcome("responses", "capability_within:family[gemma]", 0.1, 0.3),
        _outcome("topics", "capability_within:family[gemma]", 0.1, 0.3),
        _outcome("disattenuated", "capability_within:family[gemma]", -0.1, 0.3),
        _outcome("responses", "capability_within:family[olmo]", 0.1, 0.3),
        _outcome("topics", "capability_within:family[olmo]", 0.1, 0.3),
        _outcome("disattenuated", "capability_within:family[olmo]", 0.2, 0.3),
        _outcome("responses", "consistency", 0.5, 0.9),
        _outcome("topics", "consistency", -0.1, 0.9),
        _outcome("disattenuated", "consistency", -0.1, 0.9),
    ]
    table = pa.Table.from_pylist(rows, schema=OUTCOMES)
    words = said(replace(content, outcomes=table), "regression")
    assert (
        "interval of capability within gemma excludes zero with single responses and topic means, "
        "but not" in words
    )
    assert (
        "interval of capability within olmo excludes zero in the same direction with single "
        "responses, topic means and responses corrected for their noise" in words
    )
    # With alignment over single responses self-consistency goes together by construction.
    assert "interval of self-consistency excludes zero" not in words


def test_slopes_of_closeness_are_told_beside_those_of_rank_correlation(
    content: ReportContent,
) -> None:
    rows = [
        _outcome("responses", "capability_within:family[gemma]", 0.1, 0.3),
        _outcome("closeness", "capability_within:family[gemma]", -0.04, 0.1),
        _outcome("closeness", "consistency", 0.1, 0.2),
    ]
    table = pa.Table.from_pylist(rows, schema=OUTCOMES)
    words = said(replace(content, outcomes=table), "regression")
    assert "capability within gemma 0.03 (−0.04 to 0.10)." in words
    assert "excludes zero with single responses, but not with closeness in points" in words
    without = pa.Table.from_pylist(rows[:1], schema=OUTCOMES)
    assert "closeness" not in said(replace(content, outcomes=without), "regression")


def test_intervals_are_told_under_every_assumption_about_items(content: ReportContent) -> None:
    rows = [
        {"items": items, "regression": "us_bias", "term": term, "estimate": 0.1, "std_error": 0.1,
         "df": 9.0, "ci_low": low, "ci_high": 0.3, "p_value": 0.2}
        for items, low in (("random_topics", -0.1), ("fixed_topics", 0.05))
        for term in ("us_minus_native", "us_minus_native:model[a]")
    ]  # fmt: skip
    table = pa.Table.from_pylist(rows, ITEM_ASSUMPTIONS)
    words = said(replace(content, item_assumptions=table), "regression")
    assert (
        "95 % interval of mean US bias: −0.10 to +0.30 treating the topics as a sample from a "
        "larger set; +0.05 to +0.30 for these topics only." in words
    )
    assert words.count("for these topics only") == 1


def test_the_part_that_moves_a_figure_most_is_told(content: ReportContent) -> None:
    rows = [
        {"left_out": kind, "name": name, "regression": "us_bias", "term": "us_minus_native",
         "estimate": 0.1, "without": 0.1 + change, "change": change,
         "change_in_std_errors": change / 0.1}
        for kind, name, change in (
            ("topic", "f118", -0.15), ("topic", "f120", 0.02), ("language", "en", 0.05),
        )
    ]  # fmt: skip
    words = said(replace(content, influence=pa.Table.from_pylist(rows, INFLUENCE)), "regression")
    assert "one part of the run at a time, the mean US bias of +0.10 changes most: " in words
    assert "to −0.05 without the topic f118 (−1.5 standard errors)" in words
    assert "to +0.15 without the language English (+0.5 standard errors)" in words
    assert words.count("without the topic") == 1


def test_a_slope_between_few_families_is_no_finding(content: ReportContent) -> None:
    within = _outcome("", "capability_within", 0.1, 0.3)
    between = _outcome("", "capability_between", 0.1, 0.3)
    rows = [
        {name: row.get(name) for name in REGRESSION.names} | {"p_permutation": None}
        for row in (within, between)
    ]
    table = pa.Table.from_pylist(rows, schema=REGRESSION)
    shown = ReportRegression(title="Slopes", table=table, design="within")
    few = replace(content, regressions={"multilingual valid": shown})
    assert "capability within families" in said(few, "regression")
    assert "between families" not in said(few, "regression")
    many = tuple(replace(m, family=f"family {i}") for i, m in enumerate(content.models * 4))
    assert "between families" in said(replace(few, models=many), "regression")


def test_a_coefficient_whose_interval_holds_zero_is_said_to(content: ReportContent) -> None:
    for key, regression in content.regressions.items():
        if regression.design != "multilingual" or regression.table is None:
            continue
        words = said(replace(content, regressions={key: regression}), "regression")
        for row in regression.table.to_pylist():
            if "capability" in row["term"]:
                holds = row["ci_low"] <= 0 <= row["ci_high"]
                pattern = (
                    re.escape(coefficient_name(row["term"]).text({}))
                    + r" \S+ \([^)]*includes zero\)"
                )
                assert bool(re.search(pattern, words)) == holds


def test_the_papers_intervals_are_said_to_be_too_narrow(content: ReportContent) -> None:
    only = {"p": content.regressions["multilingual_paper"]}
    assert PUBLISHED in said(replace(content, regressions=only), "regression")


def test_a_regression_that_was_not_made_speaks_for_itself() -> None:
    content = path_only_content()
    assert content.regressions["multilingual"].missing in said(content, "regression")


def _regression(*terms: str, notes: tuple[str, ...] = MARKS, **changes: str) -> ReportRegression:
    rows = [
        {name: _outcome("", term, 0.1, 0.3).get(name) for name in REGRESSION.names}
        | {"p_permutation": None}
        for term in terms
    ]
    table = pa.Table.from_pylist(rows, schema=REGRESSION)
    return ReportRegression(title="Slopes", table=table, design="within", notes=notes, **changes)


def test_slopes_off_their_level_are_marked_once(content: ReportContent) -> None:
    slope = _regression("language[da]", "capability_within:family[gemma]")
    both = _regression("capability_within", "consistency")
    shown = replace(content, regressions={"a": slope, "b": both})
    first, second = (plain(sentence) for sentence in regression_sentences(shown))
    assert first.endswith(WITHIN.sentence)
    assert LANGUAGE_LEVELS.sentence not in first, "no level is shown"
    assert second.endswith(UNCALIBRATED)
    assert WITHIN.sentence not in second, "said before"


def test_levels_of_languages_are_marked_where_they_are_told(content: ReportContent) -> None:
    levels = replace(content, regressions={"a": _regression("language[da]", "language[en]")})
    assert LANGUAGE_LEVELS.sentence in said(levels, "regression")


def test_slopes_whose_own_notes_have_no_mark_have_none(content: ReportContent) -> None:
    for other, marks in (
        (_regression("capability_within", notes=()), ()),
        (_regression("capability_within", inference="paper"), (PUBLISHED,)),
    ):
        words = said(replace(content, regressions={"a": other}), "regression")
        assert "capability" in words
        assert tuple(mark for mark in MARKS if mark in words) == marks
