"""The tables of the docs are those of the calibration's JSON."""

from __future__ import annotations

import pytest

from tests.calibration.batches import Batch
from tests.calibration.rates import Count
from tests.calibration.summary import (
    BEGIN,
    END,
    PAGES,
    STATISTICS,
    as_json,
    rates,
    table_of_published,
    tables,
    with_tables,
)


def test_batches_of_a_world_count_together() -> None:
    counted = [
        (Batch("w", number, 1), [Count("within: slope", "rejects", hits, 25, 5.0)])
        for number, hits in enumerate((1, 3))
    ]
    (rate,) = rates(counted)
    assert (rate.percent, rate.of, rate.falls_short) == (8.0, 50, True)


@pytest.mark.parametrize(
    ("what", "percent", "short"),
    [
        ("rejects", 3.4, True),
        ("rejects", 6.5, False),
        ("covers", 92.9, True),
        ("covers", 95, False),
    ],
)
def test_rates_outside_the_range_are_bold(what: str, percent: float, short: bool) -> None:
    nominal = 5.0 if what == "rejects" else 95.0
    count = Count("alignment of cells", what, round(10 * percent), 1000, nominal)
    (rate,) = rates([(Batch("w", 0, 1), [count])])
    assert rate.falls_short is short
    shown = tables(as_json([rate], 25))
    assert (f"**{rate.percent:.1f}**" in shown) is short


def test_rates_for_which_nothing_is_promised_are_bold_as_well_unless_they_are_of_power() -> None:
    counts = [Count("a", what, 80, 1000, None) for what in ("rejects", "covers", "finds", "named")]
    found = rates([(Batch("w", 0, 1), counts)])
    assert [rate.falls_short for rate in found] == [True, True, False, False]


def test_rates_are_written_as_the_benchmarks_write_theirs() -> None:
    counts = [Count("a", "rejects", 6, 100, 5.0), Count("b", "finds", 60, 100, None)]
    promised, free = as_json(rates([(Batch("w", 0, 1), counts)]), 100).values()
    assert (promised["value"], promised["target"], promised["better"]) == (1.0, 1.5, "lower")
    assert (free["value"], free["target"]) == (60.0, None)


def test_tables_take_the_place_of_what_is_between_the_marks_of_a_page() -> None:
    content = as_json(rates([(Batch("w", 0, 1), [Count("a", "rejects", 6, 100, 5.0)])]), 100)
    page = with_tables(f"before {BEGIN} old {END} after", tables(content))
    assert page.startswith(f"before {BEGIN}")
    assert page.endswith(f"{END} after")
    assert " old " not in page
    assert tables(content) in page
    assert with_tables(page, tables(content)) == page


def test_the_table_of_the_published_size_has_size_and_coverage_of_its_two_worlds() -> None:
    counted = [
        (Batch(world, 0, 1), [Count("within: slope", what, hits, 1000, nominal)])
        for world, what, hits, nominal in (
            ("as published", "rejects", 41, 5.0),
            ("as published, slope .3", "covers", 920, 95.0),
            ("2 languages", "rejects", 77, 5.0),
        )
    ]
    shown = table_of_published(as_json(rates(counted), 1000))
    assert "| `within`: slope of capability | 4.1 | **92.0** |" in shown
    assert "7.7" not in shown


def test_worlds_that_are_missing_are_named() -> None:
    count = Count("within: slope", "rejects", 41, 1000, 5.0)
    shown = tables(as_json(rates([(Batch("as published", 0, 1), [count])]), 1000))
    missing = next(line for line in shown.splitlines() if line.startswith("Not run with so many"))
    assert "; 2 languages;" in missing
    assert "as published;" not in missing


def test_every_page_has_the_marks() -> None:
    for page in (*PAGES, STATISTICS):
        text = page.read_text(encoding="utf-8")
        assert text.index(BEGIN) < text.index(END)
