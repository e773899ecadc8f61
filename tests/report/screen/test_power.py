"""The power of a plan is readable in a terminal of eighty columns."""

from __future__ import annotations

from dataclasses import replace

from rich.console import Console

from culture_ray.report.screen.power import no_power, power_meaning, power_table, power_title
from culture_ray.simulation.power import Power, SmallestEffects, StudyDesign

DESIGN = StudyDesign((), languages=4, topics=32, responses=300, judge_error=0.034)
ALL = SmallestEffects(0.741, 1.56, 0.302, 0.149, 0.333, 0.2)
NO_SLOPE = SmallestEffects(None, None, 0.5, 0.3, None, None)


def test_every_variant_has_a_row_of_two_decimals() -> None:
    console = Console(width=80, record=True)
    with console.capture() as captured:
        console.print(power_table(Power(DESIGN, {"as planned": ALL, "twice the topics": NO_SLOPE})))
    header, *rows = captured.get().splitlines()
    assert header.split()[0] == "slope"
    assert [row.split() for row in rows] == [
        ["as", "planned", "0.74", "1.56", "0.30", "0.15", "0.33", "0.20"],
        ["twice", "the", "topics", "–", "–", "0.50", "0.30", "–", "–"],
    ]
    assert max(map(len, [header, *rows])) <= 80


def test_the_title_says_what_was_simulated() -> None:
    title = power_title(Power(DESIGN, {"as planned": ALL}))
    assert "80 % power" in title
    assert "32 topics, 300 usable responses" in title
    assert "errs in 3 %" in title


def test_a_design_without_a_slope_says_why() -> None:
    assert "too few models share a family" in power_meaning(Power(DESIGN, {"as planned": NO_SLOPE}))
    assert "too few models share a family" not in power_meaning(Power(DESIGN, {"as planned": ALL}))


def test_a_study_of_few_topics_says_that_it_finds_nothing() -> None:
    nothing = {"as planned": SmallestEffects(*[None] * 6)}
    few = no_power(Power(replace(DESIGN, topics=2), nothing))
    assert few.endswith("they need 5 topics or more, and 2 are asked about")
    assert no_power(Power(DESIGN, {"as planned": NO_SLOPE})) == ""
