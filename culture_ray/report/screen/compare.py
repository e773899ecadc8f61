"""Comparison of two runs on a terminal: changes of configuration, and differences in measures."""

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
"""Measures shown on the screen; the tables hold all of them."""

_DECISIVE_PARTS = (
    "models",
    "languages",
    "topics",
    "protocols",
    "prompts",
    "judges",
    "design",
    "seed",
)
"""Parts of a configuration that affect responses and labels."""

_MAX_NAMES = 4


def compare_lines(
    changes: pa.Table,
    differences: pa.Table,
    agreement: pa.Table | None,
    names: tuple[str, str],
    populations: str,
) -> Iterator[Table | str]:
    """Yield the printed comparison of two runs; differences are second minus first."""
    rows = differences.to_pylist()
    first, second = names
    yield f"{second} (second) minus {first} (first), both compared with populations={populations}"
    yield from _changes(changes.to_pylist())
    yield from (f"- {sentence}" for sentence in difference_sentences(differences))
    for figure, label in FIGURES.items():
        figure_rows = [row for row in rows if row["figure"] == figure]
        yield _table(label, figure_rows)
        yield _beyond_interval(figure_rows)
    if agreement is not None:
        yield "agreement of the two runs on the stances of the same responses:"
        yield from agreement_lines(agreement)


def difference_sentences(differences: pa.Table) -> list[str]:
    """Return a sentence on the mean difference of each measure; certain only if its interval is."""
    found = []
    for figure, label in FIGURES.items():
        for row in differences.to_pylist():
            if row["figure"] != figure or row["scope"] != "all" or row["difference"] is None:
                continue
            cells = counted(row["cells"], "cell")
            mean = f"{label[0].upper()}{label[1:]}{_protocol_and_judges(row)}, mean of {cells}"
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
        yield "the configuration and the versions are the same"
    for part in dict.fromkeys(row["part"] for row in rows):
        part_rows = [row for row in rows if row["part"] == part]
        texts = []
        for change, sign in (("added", "+"), ("removed", "-"), ("changed", "~")):
            names = [_named(row) for row in part_rows if row["change"] == change]
            if names:
                texts.append(f"{sign} {change}: {listed(names, _MAX_NAMES)}")
        yield f"  {part}: {'; '.join(texts)}"
    decisive = [part for part in _DECISIVE_PARTS if any(row["part"] == part for row in rows)]
    if len(decisive) > 1:
        yield f"! {listed(decisive)} changed together: their effects cannot be told apart"


def _named(row: Mapping[str, Any]) -> str:
    brief = row["change"] == "changed" and row["part"] != "prompts"
    return f"{row['name']} ({row['first']} to {row['second']})" if brief else str(row["name"])


def _table(title: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    alike = len({_protocol_and_judges(row) for row in rows}) == 1
    if alike:
        title += _protocol_and_judges(rows[0])
    table = Table(box=None, padding=(0, 1), pad_edge=False, title=title)
    table.title_justify, table.title_style = "left", "bold"
    table.add_column("group", overflow="fold")
    for name in ("cells", "topics", "first", "second"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("difference (95 %)", justify="right", no_wrap=True)
    means = [row for row in rows if row["scope"] != "cell"]
    for row in means if len(means) > 1 else rows:
        name = _cell_name(row) + ("" if alike else _protocol_and_judges(row))
        table.add_row(
            name, shown(row["cells"]), shown(row["topics"]), shown(row["first"], 3),
            shown(row["second"], 3), f"{shown(row['difference'], 3)}{_interval(row)}",
        )  # fmt: skip
    return table


def _beyond_interval(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the number of intervals that exclude zero, and the number expected by chance."""
    cells = [row for row in rows if row["scope"] == "cell"]
    known = [row for row in cells if row["ci_low"] is not None]
    beyond = sum(row["ci_low"] > 0 or row["ci_high"] < 0 for row in known)
    undefined = len(cells) - len(known)
    left = f"; {undefined} without an interval" if undefined else ""
    return (
        f"the 95 % interval of the difference excludes zero in {beyond} of "
        f"{counted(len(known), 'cell')} (expected by chance: {shown(0.05 * len(known), 1)}){left}"
    )


def _cell_name(row: Mapping[str, Any]) -> str:
    named = [row[name] for name in ("model", "language") if row[name]]
    if row["model_second"]:
        named[0] = f"{row['model']} > {row['model_second']}"
    return " ".join(named) or "all"


def _protocol_and_judges(row: Mapping[str, Any]) -> str:
    """Return protocol, persona and judges in brackets; a judge of both runs is named once."""
    judges = dict.fromkeys(name for name in (row["judge_first"], row["judge_second"]) if name)
    parts = [row["protocol"], row["persona"], " > ".join(judges)]
    return f" ({', '.join(name for name in parts if name)})"


def _interval(row: Mapping[str, Any]) -> str:
    if row["ci_low"] is None:
        return "" if row["difference"] is None else f" ({NONE})"
    return f" ({shown(row['ci_low'], 3)} to {shown(row['ci_high'], 3)})"
