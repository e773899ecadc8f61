"""Pages of the smallest runs: one model, one topic, one language, no ground truth, no texts."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from culture_ray.report.content import ReportContent
from culture_ray.report.page.html import write_report
from culture_ray.report.plots.figures import write_figures
from tests.report.page.page_reader import Page, read_page
from tests.report.synthetic.content import make_content
from tests.report.synthetic.study import MODELS

TABLES = ("distributions", "alignment", "consistency", "quality", "ground_truth")


def _kept(table: pa.Table, column: str, names: list[str]) -> pa.Table:
    if column not in table.column_names:
        return table
    return table.filter(pc.is_in(table[column], pa.array(names, pa.string())))


def _of(content: ReportContent, column: str, names: list[str]) -> ReportContent:
    return replace(
        content, **{name: _kept(getattr(content, name), column, names) for name in TABLES}
    )


def one_model(content: ReportContent) -> ReportContent:
    """Return the first model alone, without baselines and regressions."""
    found = _of(content, "model", [MODELS[0].name])
    return replace(found, models=MODELS[:1], regressions={}, examples=content.examples[:2])


def one_topic(content: ReportContent) -> ReportContent:
    """Return the first topic alone."""
    topics = content.topics[:1]
    return replace(_of(content, "topic", [topics[0].id]), topics=topics, examples=())


def one_language(content: ReportContent) -> ReportContent:
    """Return English alone, the language of the first prompts."""
    languages = tuple(x for x in content.languages if x.code == "en")
    return replace(_of(content, "language", ["en"]), languages=languages, examples=())


def no_ground_truth(content: ReportContent) -> ReportContent:
    """Return the run without populations, as of a language without a survey."""
    return replace(
        content,
        populations=(),
        ground_truth=content.ground_truth.slice(0, 0),
        alignment=content.alignment.slice(0, 0),
    )


def imported(content: ReportContent) -> ReportContent:
    """Return the run as an import leaves it: counts of stances and texts are not known."""
    rows = [
        row | {"protocol": "imported", "pro": None, "con": None, "neutral": None}
        for row in content.distributions.to_pylist()
    ]
    quality = [
        row | {name: 0 for name in row if isinstance(row[name], int)}
        | {"protocol": "imported", "requests": 50, "rows": 50, "used": 50}
        for row in content.quality.to_pylist()
    ]  # fmt: skip
    return replace(
        content,
        distributions=pa.Table.from_pylist(rows, schema=content.distributions.schema),
        quality=pa.Table.from_pylist(quality, schema=content.quality.schema),
        examples=(),
    )


def smallest(content: ReportContent) -> ReportContent:
    """Return everything at once."""
    return no_ground_truth(one_language(one_topic(one_model(content))))


KINDS = (one_model, one_topic, one_language, no_ground_truth, imported, smallest)


@pytest.fixture(scope="module")
def content() -> ReportContent:
    return make_content(topics=3, responses=3)


def _page(content: ReportContent, folder: Path) -> tuple[str, Page]:
    write_report(content, [], folder / "report.html")
    text = (folder / "report.html").read_text(encoding="utf-8")
    words = html.unescape(re.sub(r"<[^>]*>", "", text)).replace("\N{NO-BREAK SPACE}", " ")
    return words, read_page(text)


@pytest.mark.parametrize("kind", KINDS, ids=[kind.__name__ for kind in KINDS])
def test_the_page_is_whole_and_claims_nothing(
    content: ReportContent, kind: Callable[[ReportContent], ReportContent], tmp_path: Path
) -> None:
    words, page = _page(kind(content), tmp_path)
    assert page.unclosed == [] and sorted(set(page.ids)) == sorted(page.ids)
    assert {x[1:] for x in page.links if x.startswith("#")} <= set(page.ids)
    assert "This run cannot say." in words  # there are no intervals
    assert not re.search(r"\b(nan|None|null|undefined undefined)\b", words.split("What was run")[0])


def test_what_is_not_known_of_an_import_is_said_and_never_zero(
    content: ReportContent, tmp_path: Path
) -> None:
    words, page = _page(imported(content), tmp_path)
    heads = [cell.text for cell in page.tables["quality"][0]]
    assert "refusals" not in heads and "failed" not in heads
    assert "how many others were refused, empty, truncated or failed is not known" in words
    assert "how many others were refused, empty or failed is not known" in words
    assert "requests (100 %)" not in words
    line = page.captions["F100 in English"][-1]
    assert [cell.value for cell in line[4:]] == [None] * 3
    assert all(cell.reason for cell in line[4:])


@pytest.mark.slow
@pytest.mark.parametrize("kind", (imported, smallest))
def test_every_figure_is_drawn_or_says_why_it_cannot_be(
    content: ReportContent, kind: Callable[[ReportContent], ReportContent], tmp_path: Path
) -> None:
    figures = write_figures(kind(content), tmp_path)
    for figure in figures:
        assert bool(figure.svg) != bool(figure.missing), figure.name
    if kind is imported:
        (stances,) = (figure for figure in figures if figure.name == "stances")
        assert "not known" in stances.missing
