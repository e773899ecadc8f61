"""Table of measured figures in docs/scale.md, made from results/bench.json by `make bench`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tests.bench.groups import GROUPS
from tests.bench.record import Measurement

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scale.md"
BEGIN = "<!-- figures of make bench: begin -->"
END = "<!-- figures of make bench: end -->"

_HEAD = ("| figure | value | target | reached | measured on |", "| --- | --- | --- | --- | --- |")


def with_table(page: str, measurements: Sequence[Measurement]) -> str:
    """Return the text of the page with the table of these measurements between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"{PAGE.name} lacks {BEGIN} or {END}")
    return f"{before}{BEGIN}\n{table(measurements)}\n{END}{after}"


def table(measurements: Sequence[Measurement]) -> str:
    """Return the figures that have a target or need a GPU, by group, as Markdown."""
    lines = [_cores(measurements), "", *_HEAD]
    for group in GROUPS:
        lines.append(f"| **{group.measures}** (`{group.name}`) | | | | |")
        own = [one for one in measurements if one.group == group.name]
        lines += _rows(own) if own else ["| not measured | | | | |"]
    return "\n".join(lines)


def _rows(measurements: Iterable[Measurement]) -> Iterator[str]:
    for one in measurements:
        figure, day = one.figure, one.circumstances.measured.partition("T")[0]
        if figure.value is None:
            yield f"| {figure.name.strip()} | {figure.unit} | | | |"
        elif figure.target is not None:
            reached = "yes" if figure.met else "no"
            sign = "at least" if figure.better == "higher" else "at most"
            value = f"{shown(figure.value)} {figure.unit}".rstrip()
            target = f"{sign} {shown(figure.target)}"
            if figure.possible is not None:
                target += f" ({shown(figure.possible)} is possible)"
            yield f"| {figure.name.strip()} | {value} | {target} | {reached} | {day} |"


def shown(value: float) -> str:
    """Return a number with three digits, large ones in full."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _cores(measurements: Iterable[Measurement]) -> str:
    cores = sorted({one.circumstances.cores for one in measurements})
    return (
        f"Figures with a target, measured on {' and '.join(map(str, cores)) or 'no'} cores "
        f"without a GPU; `results/bench.json` has all of them.\nTimes depend on the machine and on "
        f"its other load; ratios compare two things in one run."
    )
