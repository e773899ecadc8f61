"""Marks of figures off their level: they are those that the calibration has measured."""

from __future__ import annotations

import json
import math
from collections import defaultdict

import pytest

from culture_ray.calibration import COVERAGE, OFF_LEVEL, SIZE, OffLevel
from tests.calibration.summary import RATES, Rate

MEASURED = [kind for kind in OFF_LEVEL if kind.figures]


def rates_of(kind: OffLevel) -> list[Rate]:
    """Return the rates of a kind of figure."""
    return [rate for rate in rates() if rate.figure in kind.figures and rate.what == kind.what]


def rates() -> list[Rate]:
    """Return the rates of the docs' tables that the inference promises."""
    entries = json.loads(RATES.read_text(encoding="utf-8")).values()
    names = ("world", "figure", "what", "rate", "of", "nominal")
    found = [Rate(*(entry[name] for name in names)) for entry in entries]
    return [rate for rate in found if rate.nominal is not None]


def test_every_figure_off_its_level_in_some_world_is_marked() -> None:
    off = defaultdict(list)
    for rate in rates():
        if rate.falls_short:
            off[rate.figure, rate.what].append((rate.world, rate.percent))
    marked = {(figure, kind.what) for kind in MEASURED for figure in kind.figures}
    assert {figure: worlds for figure, worlds in off.items() if figure not in marked} == {}


@pytest.mark.parametrize("kind", MEASURED, ids=lambda kind: kind.subject)
def test_marks_have_the_rates_that_were_measured(kind: OffLevel) -> None:
    assert {rate.figure for rate in rates_of(kind)} == set(kind.figures)
    percent = [rate.percent for rate in rates_of(kind)]
    assert tuple(math.floor(end + 0.5) for end in (min(percent), max(percent))) == (
        kind.lowest,
        kind.highest,
    )


@pytest.mark.parametrize("kind", MEASURED, ids=lambda kind: kind.subject)
def test_verdicts_are_on_the_side_on_which_figures_miss(kind: OffLevel) -> None:
    percent = [rate.percent for rate in rates_of(kind)]
    low, high = SIZE if kind.what == "rejects" else COVERAGE
    sides = {"below" for p in percent if p < low} | {"above" for p in percent if p > high}
    few, many = {"rejects": ("conservative", "liberal"), "covers": ("too short", "conservative")}[
        kind.what
    ]
    expected = {
        frozenset({"below"}): few,
        frozenset({"above"}): many,
        frozenset({"below", "above"}): "not exact",
    }[frozenset(sides)]
    assert kind.verdict.startswith(expected)
