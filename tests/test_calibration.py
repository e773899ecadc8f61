"""Marks of figures that miss their level: what they say, and which terms they are for."""

from __future__ import annotations

import pytest

from culture_ray.calibration import (
    ALIGNMENT_OF_CELLS,
    BETWEEN,
    GAIN,
    LANGUAGE_LEVELS,
    MARKS,
    MEAN_US_BIAS,
    OFF_LEVEL,
    PERMUTATION,
    UNCALIBRATED,
    US_BIAS_OF_CELLS,
    WITHIN,
    OffLevel,
    marks_in,
    marks_of_terms,
)
from culture_ray.tables import TABLES

TEST = OffLevel("Tests of x", "conservative", "rejects", 2, 6)
INTERVAL = OffLevel("Intervals of y", "too short with few z", "covers", 90, 95)


def test_a_mark_says_how_the_figure_misses_and_what_it_should_be() -> None:
    assert TEST.sentence == (
        "Tests of x are conservative: in simulated studies without an effect, 2 to 6 % of them "
        "reject where 5 % should."
    )
    assert INTERVAL.sentence == (
        "Intervals of y are too short with few z: in simulated studies, 90 to 95 % of them contain "
        "the true value where 95 % should."
    )
    assert TEST.remark == (
        "conservative, as 2 to 6 % of these reject without an effect in simulated studies"
    )
    assert INTERVAL.remark == (
        "too short with few z, as 90 to 95 % of these contain the true value in simulated studies"
    )


@pytest.mark.parametrize(
    ("term", "mark"),
    [
        ("capability_within", WITHIN.sentence),
        ("capability_within:family[gemma]", WITHIN.sentence),
        ("capability_between", BETWEEN.sentence),
        ("language[da]", LANGUAGE_LEVELS.sentence),
        ("consistency", UNCALIBRATED),
        ("consistency:language[da]", UNCALIBRATED),
    ],
)
def test_each_kind_of_term_has_its_mark(term: str, mark: str) -> None:
    assert tuple(marks_of_terms([term, term])) == (mark,)


def test_terms_that_were_not_simulated_have_no_mark() -> None:
    terms = ["family[gemma]", "capability:family[gemma]", "us_minus_native:language[da]", "us"]
    assert tuple(marks_of_terms(terms)) == ()


def test_rates_over_topics_mark_no_other_intervals() -> None:
    terms = ["capability_within", "capability_between", "language[da]", "consistency"]
    assert len(tuple(marks_of_terms(terms))) == 4
    assert tuple(marks_of_terms(terms, over_topics=False)) == (UNCALIBRATED,)


def test_marks_are_found_among_other_remarks() -> None:
    assert marks_in(["singular fit", UNCALIBRATED, f"A question. {WITHIN.sentence} More."]) == (
        WITHIN.sentence,
        UNCALIBRATED,
    )
    assert marks_in(["singular fit"]) == ()


def test_every_declared_figure_has_a_mark_of_its_own() -> None:
    assert len(set(MARKS)) == len(OFF_LEVEL) + 3


@pytest.mark.parametrize(
    ("table", "column", "kind"),
    [
        ("cells", "us_minus_native_ci_low", US_BIAS_OF_CELLS),
        ("cells", "us_minus_native_ci_high", US_BIAS_OF_CELLS),
        ("cells", "alignment_language_ci_low", ALIGNMENT_OF_CELLS),
        ("cells", "alignment_language_ci_high", ALIGNMENT_OF_CELLS),
        ("groups", "ci_low", GAIN),
        ("groups", "ci_high", GAIN),
        ("regressions", "ci_low", LANGUAGE_LEVELS),
        ("regressions", "ci_high", LANGUAGE_LEVELS),
        ("regressions", "ci_low", US_BIAS_OF_CELLS),
        ("regressions", "ci_low", MEAN_US_BIAS),
        ("regressions", "p_value", WITHIN),
        ("regressions", "p_value", BETWEEN),
        ("regressions", "p_permutation", PERMUTATION),
    ],
)
def test_columns_of_figures_off_their_level_say_so(table: str, column: str, kind: OffLevel) -> None:
    assert kind.remark in TABLES[table].schema.field(column).metadata[b"meaning"].decode()


@pytest.mark.parametrize("table", ["outcomes", "simultaneous", "item_assumptions"])
@pytest.mark.parametrize("column", ["ci_low", "ci_high"])
def test_columns_with_the_same_intervals_name_the_table_with_the_marks(
    table: str, column: str
) -> None:
    meaning = TABLES[table].schema.field(column).metadata[b"meaning"].decode()
    assert "misses its level where that in `regressions`" in meaning
