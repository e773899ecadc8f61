"""Rates of all worlds from the counts of their batches, as JSON and as tables of the docs.

`python -m tests.calibration.summary` writes the tables anew from calibration.json beside this file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from culture_ray.calibration import COVERAGE, MARKS, SIZE
from tests.calibration.batches import Batch
from tests.calibration.rates import Count
from tests.calibration.worlds import WORLDS

RATES = Path(__file__).with_name("calibration.json")
ROOT = Path(__file__).resolve().parents[2]
PAGES = (Path(__file__).with_name("README.md"),)
STATISTICS = ROOT / "docs" / "statistics.md"
"""Page with the table of the worlds of the published size alone."""

BEGIN, END = "<!-- calibration: made by tests.calibration.summary -->", "<!-- end -->"

_COLUMNS = {
    "slope: by family": ("within: slope", "rejects"),
    "given consistency": ("within_given_consistency: slope", "rejects"),
    "pooled": ("within_pooled: slope", "rejects"),
    "by permutation": ("within_pooled: slope, by permutation", "rejects"),
    "between families": ("within: between families", "rejects"),
    "alignment": ("alignment of cells", "covers"),
    "US bias: cell": ("US bias of cells", "covers"),
    "language": ("US bias by language", "covers"),
    "all": ("US bias over all", "covers"),
    "self-consistency": ("self-consistency of cells", "covers"),
}
"""Columns of the table of worlds -> figure and what is counted."""


_OF_PUBLISHED = {
    "`within`: slope of capability": "within: slope",
    "`within_given_consistency`: the same": "within_given_consistency: slope",
    "`within_pooled`: the same": "within_pooled: slope",
    "`within_pooled`: the same, by permutation": "within_pooled: slope, by permutation",
    "`within`: `capability_between`": "within: between families",
    "`within`: language levels": "language levels",
    "alignment of a cell": "alignment of cells",
    "self-consistency of a cell": "self-consistency of cells",
    "US bias of a cell": "US bias of cells",
    "US bias of a language": "US bias by language",
    "US bias over all": "US bias over all",
    "`inference=paper`: slopes of capability": "paper: capability by family and language",
}
"""Rows of the table of the published size -> figure."""

_NULL, _SLOPE = "as published", "as published, slope .3"


@dataclass(frozen=True)
class Rate:
    """Share of tests or intervals over the studies of a world."""

    world: str
    figure: str
    what: str
    percent: float
    of: int
    nominal: float | None

    @property
    def name(self) -> str:
        """Return the rate's name in the JSON file."""
        return f"{self.figure}, {self.what}, {self.world}"

    @property
    def falls_short(self) -> bool:
        """Return True if the rate is outside the range of calibrated figures, promised or not."""
        if self.what not in ("rejects", "covers"):
            return False
        low, high = SIZE if self.what == "rejects" else COVERAGE
        return not low <= self.percent <= high


def rates(counted: Iterable[tuple[Batch, list[Count]]]) -> list[Rate]:
    """Return the rates of all batches together, in the order of the worlds and figures."""
    sums: dict[tuple[str, str, str], tuple[int, int, float | None]] = {}
    for batch, counts in counted:
        for count in counts:
            key = batch.world, count.figure, count.what
            hits, of, _ = sums.get(key, (0, 0, None))
            sums[key] = hits + count.hits, of + count.of, count.nominal
    return [
        Rate(*key, round(100 * hits / of, 2), of, nominal)
        for key, (hits, of, nominal) in sums.items()
        if of
    ]


def as_json(found: Iterable[Rate], studies: int) -> dict[str, Any]:
    """Return rates as the benchmarks write their figures: distance from nominal where promised."""
    return {rate.name: _entry(rate) | {"studies": studies} for rate in found}


def tables(content: Mapping[str, Any]) -> str:
    """Return the tables of the docs as Markdown, from the content of calibration.json."""
    known = {(e["world"], e["figure"], e["what"]): _rate(e) for e in content.values()}
    worlds = dict.fromkeys(entry["world"] for entry in content.values())
    studies = {entry["studies"] for entry in content.values()}
    lines = [
        f"{max(studies):,} studies of each world. Slopes and permutations: percent of tests of a "
        f"true null hypothesis that reject (5 is right). The others: percent of intervals that "
        f"cover the truth (95 is right). Bold: outside 3.5 to 6.5, or 93 to 96.5.",
        "",
        "| world | " + " | ".join(_COLUMNS) + " |",
        "| --- |" + " --- |" * len(_COLUMNS),
    ]
    for world in worlds:
        cells = [_shown(known.get((world, *column))) for column in _COLUMNS.values()]
        if any(cells):
            lines.append(f"| {world} | " + " | ".join(cells) + " |")
    missing = [world for world in WORLDS if world not in worlds]
    if missing:
        lines += ["", f"Not run with so many studies yet: {'; '.join(missing)}."]
    rest = [rate for key, rate in known.items() if key[1:] not in _COLUMNS.values()]
    lines += ["", "| other figures | world | percent | of |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {rate.figure}, {rate.what} | {rate.world} | {_shown(rate)} | {rate.of:,} |"
        for rate in sorted(rest, key=lambda rate: rate.figure)
    ]
    return "\n".join(lines)


def table_of_published(content: Mapping[str, Any]) -> str:
    """Return the table of the published size as Markdown: rejections without effect, coverage."""
    known = {(e["world"], e["figure"], e["what"]): _rate(e) for e in content.values()}

    def shown(figure: str, *kinds: tuple[str, str]) -> str:
        rates = (known.get((world, figure, what)) for world, what in kinds)
        return next((_shown(rate) for rate in rates if rate is not None), "")

    lines = [
        "| figure | rejects without an effect (5 %) | covers (95 %) |",
        "| --- | --- | --- |",
    ]
    for name, figure in _OF_PUBLISHED.items():
        size = shown(figure, (_NULL, "rejects"))
        coverage = shown(figure, (_SLOPE, "covers"), (_NULL, "covers"))
        lines.append(f"| {name} | {size} | {coverage} |")
    marks = (f"- {mark}" for mark in MARKS)
    return "\n".join([*lines, "", "Marks of figures that miss their level:", "", *marks])


def with_tables(page: str, made: str) -> str:
    """Return a page with what is between its marks replaced by tables."""
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n\n{made}\n\n{END}{after}"


def _entry(rate: Rate) -> dict[str, Any]:
    facts = {
        "world": rate.world,
        "figure": rate.figure,
        "what": rate.what,
        "rate": rate.percent,
        "of": rate.of,
        "nominal": rate.nominal,
    }
    if rate.nominal is None:
        return {"value": rate.percent, "unit": "%", "target": None, "better": "higher"} | facts
    off = round(abs(rate.percent - rate.nominal), 2)
    unit = f"percentage points from {rate.nominal:.0f} %"
    return {"value": off, "unit": unit, "target": 1.5, "better": "lower"} | facts


def _rate(entry: Mapping[str, Any]) -> Rate:
    names = ("world", "figure", "what", "rate", "of", "nominal")
    return Rate(*(entry[name] for name in names))


def _shown(rate: Rate | None) -> str:
    if rate is None:
        return ""
    text = f"{rate.percent:.1f}"
    return f"**{text}**" if rate.falls_short else text


def main() -> None:
    """Write the tables of the pages anew."""
    content = json.loads(RATES.read_text(encoding="utf-8"))
    made = {page: tables(content) for page in PAGES} | {STATISTICS: table_of_published(content)}
    for page, of_page in made.items():
        page.write_text(with_tables(page.read_text(encoding="utf-8"), of_page), encoding="utf-8")


if __name__ == "__main__":
    main()
