"""Two runs side by side on the screen: what changed, and how far the figures differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
from rich.table import Table

from culture_ray.report.formatting import NONE, counted, listed, shown
from culture_ray.report.screen.judges import agreement_lines

FIGURES = {
    "alignment_language": "alignment with the speakers of the language",
    "us_minus_native": "US bias",
    "self_consistency": "self-consistency",
}
"""The figures on the screen; the tables hold all."""

_READ = ("models", "languages", "topics", "protocols", "prompts", "judges", "design", "seed")
"""Parts that decide what the responses and their labels say."""

_MOST = 4


def compare_lines(
    changes: pa.Table,
    differences: pa.Table,
    agreement: pa.Table | None,
    names: tuple[str, str],
    populations: str,
) -> Iterator[Table | str]:
    """Yield what is printed of two runs, called `names`; differences are second minus first."""
    rows = differences.to_pylist()
    yield f"{names[1]} (second) minus {names[0]} (first), both against populations={populations}"
    yield from _changes(changes.to_pylist())
    yield from (f"- {sentence}" for sentence in findings(differences))
    for figure, words in FIGURES.items():
        mine = [row for row in rows if row["figure"] == figure]
        yield _table(words, mine)
        yield _chance(mine)
    if agreement is not None:
        yield "stances of the same responses, read in both runs:"
        yield from agreement_lines(agreement)


def findings(differences: pa.Table) -> list[str]:
    """Return a sentence per figure of FIGURES on its mean difference, no stronger than allowed."""
    found = []
    for figure, words in FIGURES.items():
        for row in differences.to_pylist():
            if row["figure"] != figure or row["scope"] != "all" or row["difference"] is None:
                continue
            cells = counted(row["cells"], "cell")
            mean = f"{words[0].upper()}{words[1:]}{_how(row)}, mean of {cells}"
            found.append(f"{mean}: {_direction(row)}.")
    return found


def _direction(row: Mapping[str, Any]) -> str:
    value = f"{shown(row['difference'], 3)}{_interval(row)}"
    if row["ci_low"] is None:
        return f"{value}, without an interval"
    if row["difference"] == row["ci_low"] == row["ci_high"] == 0:
        return "exactly the same in both runs"
    if row["ci_low"] <= 0 <= row["ci_high"]:
        return f"{value}, which is compatible with no difference"
    return f"{'higher' if row['difference'] > 0 else 'lower'} in the second run by {value}"


def _changes(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not rows:
        yield "nothing was asked differently, and the versions are the same"
    for part in dict.fromkeys(row["part"] for row in rows):
        mine = [row for row in rows if row["part"] == part]
        told = []
        for change, sign in (("added", "+"), ("removed", "-"), ("changed", "~")):
            names = [_named(row) for row in mine if row["change"] == change]
            if names:
                told.append(f"{sign} {change}: {listed(names, _MOST)}")
        yield f"  {part}: {'; '.join(told)}"
    decisive = [part for part in _READ if any(row["part"] == part for row in rows)]
    if len(decisive) > 1:
        yield f"! {listed(decisive)} changed at once: the differences cannot tell them apart"


def _named(row: Mapping[str, Any]) -> str:
    brief = row["change"] == "changed" and row["part"] != "prompts"
    return f"{row['name']} ({row['first']} to {row['second']})" if brief else str(row["name"])


def _table(title: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    alike = len({_how(row) for row in rows}) == 1
    if alike:
        title += _how(rows[0])
    table = Table(box=None, padding=(0, 1), pad_edge=False, title=title)
    table.title_justify, table.title_style = "left", "bold"
    table.add_column("of", overflow="fold")
    for name in ("cells", "topics", "first", "second"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("difference (95 %)", justify="right", no_wrap=True)
    means = [row for row in rows if row["scope"] != "cell"]
    for row in means if len(means) > 1 else rows:
        name = _what(row) + ("" if alike else _how(row))
        table.add_row(
            name, shown(row["cells"]), shown(row["topics"]), shown(row["first"], 3),
            shown(row["second"], 3), f"{shown(row['difference'], 3)}{_interval(row)}",
        )  # fmt: skip
    return table


def _chance(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return how many cells differ beyond their interval, and how many would by chance alone."""
    cells = [row for row in rows if row["scope"] == "cell"]
    known = [row for row in cells if row["ci_low"] is not None]
    beyond = sum(row["ci_low"] > 0 or row["ci_high"] < 0 for row in known)
    undefined = len(cells) - len(known)
    left = f"; {undefined} without an interval" if undefined else ""
    return (
        f"{beyond} of {counted(len(known), 'cell')} differ beyond a 95 % interval; of as many "
        f"equal ones {shown(0.05 * len(known), 1)} would by chance{left}"
    )


def _what(row: Mapping[str, Any]) -> str:
    named = [row[name] for name in ("model", "language") if row[name]]
    if row["model_second"]:
        named[0] = f"{row['model']} > {row['model_second']}"
    return " ".join(named) or "all"


def _how(row: Mapping[str, Any]) -> str:
    """Return protocol and judges in brackets, as far as they have to be told."""
    judges = dict.fromkeys(name for name in (row["judge_first"], row["judge_second"]) if name)
    told = [row["protocol"], row["persona"], " > ".join(judges)]
    return f" ({', '.join(name for name in told if name)})"


def _interval(row: Mapping[str, Any]) -> str:
    if row["ci_low"] is None:
        return "" if row["difference"] is None else f" ({NONE})"
    return f" ({shown(row['ci_low'], 3)} to {shown(row['ci_high'], 3)})"
