"""Headline sentences never say more than the numbers."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from culture_ray.report.cell_values import alignment_with_speakers, us_bias
from culture_ray.report.coefficient_names import coefficient_name
from culture_ray.report.content import ReportContent
from culture_ray.report.findings.findings import findings
from culture_ray.report.formatting import Number, plain
from culture_ray.report.regression_result import ReportRegression
from culture_ray.tables import (
    INFLUENCE,
    ITEM_ASSUMPTIONS,
    ITEM_FUNCTIONING,
    OUTCOMES,
    REGRESSION,
    SIMULTANEOUS,
)
from tests.report.synthetic.content import make_content, with_cells
from tests.report.synthetic.run import path_only_content


@pytest.fixture(scope="module")
def content() -> ReportContent:
    return make_content(topics=6, responses=4)


def said(content: ReportContent, about: str) -> str:
    return " ".join(plain(f.sentence) for f in findings(content) if f.about == about)


def test_without_intervals_nothing_is_called_established(content: ReportContent) -> None:
    assert "does not rank the models" in said(content, "alignment")
    assert "none of these signs is established" in said(content, "us_bias")
    assert "lie entirely above zero" not in said(content, "alignment")


def test_with_intervals_only_those_that_leave_out_zero_count(content: ReportContent) -> None:
    with_intervals = with_cells(content)
    studied = {m.name for m in content.studied}
    cells = [c for c in alignment_with_speakers(with_intervals) if c.model in studied]
    above = sum(1 for c in cells if c.low is not None and c.low > 0)
    words = said(with_intervals, "alignment")
    assert f"above zero for {above} of the {len(cells)} combinations of model and language" in words
    assert 0 < above < len(cells)


def test_us_bias_with_intervals_counts_both_directions(content: ReportContent) -> None:
    full = with_cells(content)
    assert full.cells is not None
    rows = full.cells.to_pylist()
    for i, row in enumerate(rows):
        middle = {0: 0.5, 1: -0.5}.get(i, 0.0)
        row.update(us_minus_native_ci_low=middle - 0.1, us_minus_native_ci_high=middle + 0.1)
    words = said(replace(full, cells=pa.Table.from_pylist(rows)), "us_bias")
    assert "of the 16 combinations of model and language, 1 is closer to the US" in words
    assert "1 is closer to those countries" in words


def test_cells_are_picked_by_intervals_that_hold_for_all_at_once(content: ReportContent) -> None:
    full = with_cells(content)
    assert full.cells is not None
    cells = full.cells.to_pylist()
    for i, row in enumerate(cells):
        middle = 0.5 if i < 2 else 0.0
        row.update(us_minus_native_ci_low=middle - 0.1, us_minus_native_ci_high=middle + 0.1)
    studied = {m.name for m in content.studied}
    rows = [
        {"figure": "us_minus_native", "model": row["model"], "language": row["language"],
         "estimate": 0.0, "ci_low": 0.4, "ci_high": 0.6,
         "simultaneous_ci_low": 0.3 if i == 0 else -0.1, "simultaneous_ci_high": 0.7,
         "p_value": 0.01, "p_holm": 0.1, "figures": 16}
        for i, row in enumerate(cells)
        if row["model"] in studied
    ]  # fmt: skip
    table = pa.Table.from_pylist(rows, schema=SIMULTANEOUS)
    seen = replace(full, cells=pa.Table.from_pylist(cells), simultaneous=table)
    words = said(seen, "us_bias")
    assert "16 combinations of model and language, 1 is closer to the US" in words
    assert "the simultaneous 95 % intervals include zero" in words
    assert "2 are closer to the US" in said(replace(seen, simultaneous=None), "us_bias")


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


def test_closeness_is_told_where_it_is_measured(content: ReportContent) -> None:
    assert said(content, "closeness") == ""
    words = said(with_cells(content), "closeness")
    assert words.startswith("Closeness to the speakers' averages")
    assert "ranges from" in words


def test_self_consistency_without_an_interval_says_that_topics_are_few(
    content: ReportContent,
) -> None:
    whole = with_cells(content)
    assert whole.cells is not None and "fewer than 16" not in said(whole, "consistency")
    ends = ("self_consistency_ci_low", "self_consistency_ci_high")
    rows = [row | dict.fromkeys(ends) for row in whole.cells.to_pylist()]
    few = replace(whole, cells=pa.Table.from_pylist(rows, schema=whole.cells.schema))
    assert "No interval is given for fewer than 16 topics." in said(few, "consistency")


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


def test_wordings_that_behave_unlike_the_others_are_named(content: ReportContent) -> None:
    topic, label = content.topics[0].id, content.topics[0].label
    rows = [
        {"topic": topic, "language": language, "residual": 0.3, "t": 6.0, "p_value": 1e-6,
         "p_holm": p, "models": 3, "suspect": p < 0.05}
        for language, p in (("en", 0.001), ("da", 0.6))
    ]  # fmt: skip
    table = pa.Table.from_pylist(rows, ITEM_FUNCTIONING)
    words = said(replace(content, item_functioning=table), "quality")
    assert "For 1 wording, models and speakers are further apart" in words
    assert f"{label} ({topic.upper()}) in English (+0.30)" in words
    assert "Danish (+0.30)" not in words


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


def test_responses_that_were_cut_off_are_told_when_they_are_many(content: ReportContent) -> None:
    rows = [r | {"truncated": r["requests"], "repetitive": 0, "wrong_language": 0}
            for r in content.quality.to_pylist()]  # fmt: skip
    cut = pa.Table.from_pylist(rows, schema=content.quality.schema)
    total = sum(r["requests"] for r in rows)
    words = said(replace(content, quality=cut), "quality")
    assert f"Of all responses, {total} were cut off at their token limit." in words
    assert "repeat themselves" not in words


def test_few_topics_are_said_first_with_what_chance_does(content: ReportContent) -> None:
    first = findings(content)[0]
    assert first.about == "caveat"
    assert "6 topics" in plain(first.sentence)
    numbers = [p.value for p in first.sentence if isinstance(p, Number)]
    assert numbers == [6, pytest.approx(2 / np.sqrt(5))]


def test_with_hardly_any_topics_chance_alone_makes_any_correlation() -> None:
    words = plain(findings(make_content(topics=4, responses=2))[0].sentence)
    assert words == "With 4 topics, chance alone can produce any rank correlation."


def test_many_topics_need_no_such_caveat() -> None:
    assert said(make_content(topics=32, responses=2), "caveat") == ""


def test_a_weak_model_is_said_before_anything_else() -> None:
    first = plain(findings(path_only_content())[0].sentence)
    assert "gemma_3_270m is too weak to say anything about culture" in first


def test_cells_that_are_mostly_unusable_are_named(content: ReportContent) -> None:
    rows = content.quality.to_pylist()
    rows[0].update(used=rows[0]["requests"] // 2 - 1)
    poor = pa.Table.from_pylist(rows, schema=content.quality.schema)
    words = said(replace(content, quality=poor), "quality")
    assert "Fewer than half of the requests could be used for gemma_2_2b in Danish." in words
    assert "Fewer than half" not in said(content, "quality")


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
    assert "too narrow" in said(replace(content, regressions=only), "regression")


def test_a_regression_that_was_not_made_speaks_for_itself() -> None:
    content = path_only_content()
    assert content.regressions["multilingual"].missing in said(content, "regression")


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_every_range_ends_at_a_figure_of_the_tables(seed: int) -> None:
    content = make_content(seed, topics=3, responses=3)
    known = {c.value for c in [*alignment_with_speakers(content), *us_bias(content)]}
    for finding in findings(content):
        if finding.about not in ("alignment", "us_bias"):
            continue
        for part in finding.sentence:
            if isinstance(part, Number) and isinstance(part.value, float):
                assert part.value in known


def test_equal_figures_without_intervals_are_told_once(content: ReportContent) -> None:
    table = content.consistency
    place = table.column_names.index("self_consistency")
    field = table.schema.field(place)
    ones = pa.array([1.0] * table.num_rows, field.type)
    words = said(replace(content, consistency=table.set_column(place, field, ones)), "consistency")
    assert "Self-consistency is 1.00 for all 16 combinations of model and language." in words
    assert "ranges from" not in words


def test_a_run_with_few_usable_responses_everywhere_says_so_once(content: ReportContent) -> None:
    rows = [row | {"used": 0} for row in content.quality.to_pylist()]
    poor = replace(content, quality=pa.Table.from_pylist(rows, schema=content.quality.schema))
    words = said(poor, "quality")
    assert "In every combination of model and language, fewer than half of the" in words
    one = [
        row | {"used": row["used"] if i else 0} for i, row in enumerate(content.quality.to_pylist())
    ]
    alone = replace(content, quality=pa.Table.from_pylist(one, schema=content.quality.schema))
    assert f"could be used for {one[0]['model']} in" in said(alone, "quality")
