"""Marks of figures off their level: they are those that the calibration has measured."""

from __future__ import annotations

import json
import math
import zlib
from collections import defaultdict

import numpy as np
import pytest

from culture_ray.calibration import COVERAGE, OFF_LEVEL, PUBLISHED, SIZE, TWO_NAMES, OffLevel
from culture_ray.measures.resampling.item_draws import ItemAssumption
from culture_ray.regression.valid import Options, regress
from culture_ray.stages.regress.valid import _calibration_notes
from tests.calibration.regressions import DESIGNS, tables
from tests.calibration.simulate import simulate
from tests.calibration.summary import RATES, Rate
from tests.calibration.worlds import WORLDS

MEASURED = [kind for kind in OFF_LEVEL if kind.figures]


def rates_of(kind: OffLevel) -> list[Rate]:
    """Return the rates of a kind of figure."""
    return [rate for rate in rates() if rate.figure in kind.figures and rate.what == kind.what]


def rates(*, promised: bool = True) -> list[Rate]:
    """Return the rates of the docs' tables, those that the inference promises or the others."""
    entries = json.loads(RATES.read_text(encoding="utf-8")).values()
    names = ("world", "figure", "what", "rate", "of", "nominal")
    found = [Rate(*(entry[name] for name in names)) for entry in entries]
    return [rate for rate in found if (rate.nominal is not None) is promised]


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


MARKED_OTHERWISE = ("consistency", "capability by family and language")
"""Ends of the figures that UNCALIBRATED and PUBLISHED mark."""
NOT_OFFERED = "sampling=known"
"""End of a figure that no setting of a run asks for."""


def test_figures_without_a_promise_are_marked_in_their_own_way() -> None:
    off = [rate for rate in rates(promised=False) if rate.falls_short]
    ends = (*MARKED_OTHERWISE, NOT_OFFERED)
    rest = [rate for rate in off if not rate.figure.endswith(ends)]
    assert {rate.world for rate in rest} <= {name for name in WORLDS if WORLDS[name].world.twins}
    rejects = [math.floor(rate.percent + 0.5) for rate in rest if "within" in rate.figure and
               rate.percent > SIZE[1]]  # fmt: skip
    assert (min(rejects), max(rejects)) == (TWO_NAMES.lowest, TWO_NAMES.highest)


def test_the_mark_of_the_published_inference_has_the_rate_that_was_measured() -> None:
    entries = json.loads(RATES.read_text(encoding="utf-8")).values()
    (rejects,) = (e["rate"] for e in entries
                  if e["figure"].startswith("paper: ") and e["what"] == "rejects")  # fmt: skip
    assert f", {rejects:.0f} % of its tests" in PUBLISHED


IN_REGRESSIONS = {
    "slope": ("capability_within", "std_error"),
    "between families": ("capability_between", "std_error"),
    "levels": ("language[", "std_error"),
    "slope, by permutation": ("capability_within", "p_permutation"),
}
"""End of a figure's name -> beginning of its terms, and the column that holds it."""


def off_in_regressions() -> dict[str, list[tuple[str, str, str, OffLevel]]]:
    """Return, by world, the figures of regressions off their level: design, terms, column, mark."""
    found = defaultdict(list)
    for rate in rates():
        design, _, name = rate.figure.rpartition(": ") if ": " in rate.figure else (
            "within", "", rate.figure.removeprefix("language ")
        )  # fmt: skip
        kind = next((k for k in MEASURED if rate.figure in k.figures), None)
        if rate.falls_short and name in IN_REGRESSIONS and kind is not None:
            found[rate.world].append((design, *IN_REGRESSIONS[name], kind))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("world", off_in_regressions())
def test_a_study_of_a_world_marks_or_withholds_what_is_off_its_level_there(world: str) -> None:
    drawn = simulate(WORLDS[world].world, 1, rounds=50, seed=[1, zlib.crc32(world.encode())])
    usable = drawn.usable[0]
    rows, V = tables(drawn)[0][usable].reset_index(drop=True), drawn.V[0][usable][:, usable]
    options = Options(without_models=0, permutations=40)
    for design, begin, column, kind in off_in_regressions()[world]:
        fitted = regress(rows, DESIGNS[design], V, options, topics=drawn.topics)
        values = [getattr(t, column) for t in fitted.terms if t.term.startswith(begin)]
        shown = any(value is not None and np.isfinite(value) for value in values)
        marked = kind.sentence in _calibration_notes(fitted, ItemAssumption.RANDOM_TOPICS)
        assert marked or not shown, (design, begin)
