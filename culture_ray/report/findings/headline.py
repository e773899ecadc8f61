"""Headline of a run: the answer to the question of its title, and what else a reader should know.

A claim is made only where its 95 % interval allows it, and is given with that interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from culture_ray.report.benchmark_rows import benchmark_names, benchmark_rows
from culture_ray.report.cell_refs import CellRef, cell_ref
from culture_ray.report.cell_values import (
    CellValue,
    alignment_with_speakers,
    defined_cells,
    with_simultaneous_intervals,
)
from culture_ray.report.content import ReportContent
from culture_ray.report.findings.cells import language_name, studied_cells
from culture_ray.report.findings.groups import group_sentences
from culture_ray.report.findings.yardstick import countries_apart
from culture_ray.report.formatting import Number, Sentence, counted, in_sentence, listed
from culture_ray.report.leaderboard_rows import (
    Rows,
    cell_rows,
    leaderboard_number,
    model_rows,
    overall_row,
)

_FEW_LANGUAGES = 3


@dataclass(frozen=True)
class Headline:
    """Answer to the title's question in a word, the sentence behind it, and further sentences."""

    verdict: str
    sentence: Sentence
    support: tuple[Sentence, ...]


def headline(content: ReportContent) -> Headline:
    """Return the headline of a run; it says so where the run cannot answer the question."""
    if not content.has_study:
        return _of_benchmarks(content)
    if content.proves_path_only:
        return Headline(
            "This run cannot say.",
            ("Its models are too weak to hold views: it only shows that the software works, from "
             "survey items to report.",),
            (),
        )  # fmt: skip
    studied = studied_cells(content, alignment_with_speakers(content))
    cells = defined_cells(with_simultaneous_intervals(content, studied, "alignment_language"))
    if not cells:
        reason = next((c.reason for c in studied if c.reason), "no alignment was measured")
        return Headline("This run cannot say.", (f"Alignment is undefined: {reason}.",), ())
    known = [cell for cell in cells if cell.has_interval]
    if not known:
        return Headline(
            "This run cannot say.",
            ("It has too few topics to tell agreement from chance: there are no intervals.",),
            (),
        )
    clear = [cell for cell in known if cell.low is not None and cell.low > 0]
    support = (
        countries_apart(content), *group_sentences(content)[:1],
        _closest(content), _flattening(content), _leaders(content),
    )  # fmt: skip
    verdict, sentence = _answer(content, known, clear)
    return Headline(verdict, sentence, tuple(part for part in support if part))


def _of_benchmarks(content: ReportContent) -> Headline:
    """Return the headline of a run of benchmarks alone: how many figures it has, and where."""
    names = benchmark_names(content)
    rows = [row for name in names for row in benchmark_rows(content, name)]
    if not rows:
        return Headline("This run has no figures yet.", ("No benchmark was scored.",), ())
    weak: Sentence = ("Its models are too weak to say anything about culture: it only shows that "
                      "the software works.",)  # fmt: skip
    return Headline(
        f"{counted(len(names), 'benchmark')}: {listed(names)}.",
        (
            Number(len(rows), source=cell_ref("benchmarks", rows, "value", "rows")),
            " figures are listed under Benchmarks.",
        ),
        (weak,) if content.proves_path_only else (),
    )


def _answer(
    content: ReportContent, known: Sequence[CellValue], clear: Sequence[CellValue]
) -> tuple[str, Sentence]:
    if not clear:
        return (
            "No evidence that they do.",
            (*_share_of(known, clear), "."),
        )
    overall = overall_row(content)
    agreement = _share_of(known, clear)
    answers = (
        "its answers are " if len({cell.model for cell in known}) == 1 else "their answers are "
    )
    if overall is None or overall["gap_ci_low"] is None:
        return "In part.", (*agreement, ".")
    gap = _gap(overall)
    if overall["gap_by_chance"] is not None and overall["gap_ci_low"] <= overall["gap_by_chance"]:
        return (
            "As far as this run can tell, yes.",
            (*agreement, ", and on the average topic, ", answers, *gap,
             " away from people’s, no more than chance alone explains."),
        )  # fmt: skip
    verdict = "In part." if len(clear) > len(known) / 2 else "Mostly not."
    return verdict, (
        *agreement, "; but on the average topic, ", answers, *gap, " away from people’s.",
    )  # fmt: skip


def _share_of(known: Sequence[CellValue], clear: Sequence[CellValue]) -> Sentence:
    """Return the clause on how many combinations order topics as speakers do, beyond chance."""
    ends = [cell.interval_refs[0] for cell in known if cell.interval_refs is not None]
    source = ends[0]
    rows = tuple(row for end in ends for row in end.rows)

    def linked(value: int, how: str) -> Number:
        return Number(value, source=CellRef(source.file, rows, source.column, how))

    total = linked(len(known), "rows")
    pairs = " combinations of model and language, "
    one = len({cell.model for cell in known}) == 1
    like = ("the model puts" if one else "models put") + " the topics in an order that matches"
    clearly = ("the model’s" if one else "models’") + " order of the topics does not clearly match"
    end = " speakers’ better than chance"
    if len(known) == 1:
        begin = like if clear else clearly
        return (f"{begin[0].upper()}{begin[1:]}{end}",)
    if not clear:
        return ("In all ", total, f"{pairs}{clearly}{end}")
    if len(clear) == len(known):
        return ("In all ", total, f"{pairs}{like}{end}")
    return ("In ", linked(len(clear), "above zero"), " of ", total, f"{pairs}{like}{end}")


def _gap(row: dict[str, Any]) -> Sentence:
    def linked(column: str) -> Number:
        return leaderboard_number([row], column, "value", row[column], 0)

    return (
        linked("gap"), " percentage points (95 % interval ", linked("gap_ci_low"), " to ",
        linked("gap_ci_high"), ")",
    )  # fmt: skip


def _closest(content: ReportContent) -> Sentence:
    """Return the sentence on languages in which no model is closest to a country that speaks it."""
    rows = [r for r in cell_rows(content) if r["closest"] and r["speaking_percent"] is not None]
    codes = dict.fromkeys(row["language"] for row in rows)
    foreign = [
        code
        for code in codes
        if not any(r["closest_speaks"] for r in rows if r["language"] == code)
    ]
    if not rows:
        return ()
    if not foreign or len(foreign) > _FEW_LANGUAGES:
        near = [r for r in rows if r["closest_speaks"]]
        return (
            "In ", leaderboard_number(rows, "closest_speaks", "true", len(near)), " of ",
            leaderboard_number(rows, "closest_speaks", "rows", len(rows)),
            " combinations of model and language, the closest country is one where the prompt’s "
            "language is spoken.",
        )  # fmt: skip
    sentence: Sentence = ()
    for code in foreign:
        of_language = [r for r in rows if r["language"] == code]
        sentence += (" ",) if sentence else ()
        sentence += _nowhere(content, code, of_language)
    return sentence


def _nowhere(content: ReportContent, code: str, rows: Rows) -> Sentence:
    labels = {p.id: in_sentence(p.label or p.id) for p in content.populations}
    nearest = listed(list(dict.fromkeys(labels[row["closest"]] for row in rows)))
    name = language_name(content, code)
    ends = [(how, pick(r["speaking_percent"] for r in rows)) for how, pick in
            (("least", min), ("most", max))]  # fmt: skip
    low, high = (leaderboard_number(rows, "speaking_percent", how, value, 0) for how, value in ends)
    percent: Sentence = (low, " %") if str(low) == str(high) else (low, " % to ", high, " %")
    begin = (
        f"Asked in {name}, the model is closest to {nearest}, not to a country where {name} is "
        "spoken"
        if len(rows) == 1
        else f"Asked in {name}, every model is closest to {nearest.replace(' and ', ' or ')}, "
        f"none to a country where {name} is spoken"
    )
    spread = ", depending on the model" if len(percent) > 2 else ""
    return (
        f"{begin}. When topics are resampled, a country where it is spoken comes out closest in ",
        *percent, f" of draws{spread}.",
    )  # fmt: skip


def _flattening(content: ReportContent) -> Sentence:
    row = overall_row(content)
    if row is None or row["slope"] is None or row["slope_ci_low"] is None:
        return ()

    def linked(column: str) -> Number:
        return leaderboard_number([row], column, "value", row[column], 2)

    interval: Sentence = (" (95 % interval ", linked("slope_ci_low"), " to ",
                          linked("slope_ci_high"), ")")  # fmt: skip
    more_or_less = "less" if row["slope_ci_high"] < 1 else "more" if row["slope_ci_low"] > 1 else ""
    whose = "the model’s" if len(content.studied) == 1 else "models’"
    varies = (
        f"{whose[0].upper()}{whose[1:]} views vary {more_or_less} across topics than people’s: "
    )
    end = "" if more_or_less else ", which does not show that they vary more or less than people’s"
    return (
        f"{varies if more_or_less else ''}{'where' if more_or_less else 'Where'} people’s averages "
        f"on two topics are one point apart, {whose} are on average ", linked("slope"),
        " points apart", *interval, f"{end}.",
    )  # fmt: skip


def _leaders(content: ReportContent) -> Sentence:
    """Return the sentence on the models that may rank first; empty for a single model."""
    rows = [row for row in model_rows(content) if row["rank_low"] is not None]
    if len(rows) < 2:
        return ()
    names = [row["model"] for row in rows if row["rank_low"] == 1]
    first = rows[0]["model"]
    if len(names) == len(rows):
        return ("No model’s lead is statistically significant: any of them may rank first.",)
    value = Number(
        rows[0]["alignment"], 2, cell_ref("leaderboard", [rows[0]], "alignment")
    )  # fmt: skip
    if names == [first]:
        return (f"{first} agrees most with people, with an alignment of ", value, ".")
    others = [name for name in names if name != first]
    return (
        f"{first} ranks first, with an alignment of ", value,
        f", but its lead over {listed(others)} is not statistically significant.",
    )  # fmt: skip
