"""Headline: the answer to the title's question, never more than the intervals allow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from culture_ray.report.content import ReportContent
from culture_ray.report.findings.headline import headline
from culture_ray.report.findings.yardstick import countries_apart
from culture_ray.report.formatting import plain
from culture_ray.tables import BENCHMARK_QUALITY, LEADERBOARD, PEOPLE_CORRELATIONS
from tests.report.synthetic.closeness import with_closeness
from tests.report.synthetic.content import make_content, with_cells
from tests.report.synthetic.run import path_only_content


@pytest.fixture(scope="module")
def content() -> ReportContent:
    return with_closeness(with_cells(make_content(topics=8, responses=4)))


def changed(content: ReportContent, where: dict[str, Any], **columns: Any) -> ReportContent:
    """Return the content with columns of some rows of the leaderboard replaced."""
    assert content.leaderboard is not None
    rows = [
        row | columns if all(row[key] == value for key, value in where.items()) else row
        for row in content.leaderboard.to_pylist()
    ]
    return replace(content, leaderboard=pa.Table.from_pylist(rows, schema=LEADERBOARD))


def aligned(content: ReportContent, low: float) -> ReportContent:
    """Return the content with every interval of alignment beginning at `low`."""
    assert content.cells is not None
    ends = {"alignment_language_ci_low": low, "alignment_language_ci_high": 0.9}
    return replace(
        content, cells=pa.Table.from_pylist([row | ends for row in content.cells.to_pylist()])
    )


ALL = {"model": None, "language": None}


def test_agreement_with_a_gap_is_in_part(content: ReportContent) -> None:
    seen = changed(aligned(content, 0.2), ALL, gap=17.1, gap_ci_low=14.8, gap_ci_high=19.4,
                   gap_by_chance=5.0)  # fmt: skip
    found = headline(seen)
    assert found.verdict == "In part."
    assert plain(found.sentence) == (
        "In all 16 combinations of model and language, models put the topics in an order that "
        "matches speakers’ better than chance; but on the average topic, their answers are 17 "
        "percentage points (95 % interval 15 to 19) away from people’s."
    )


def test_agreement_with_no_more_of_a_gap_than_chance_is_a_yes(content: ReportContent) -> None:
    seen = changed(aligned(content, 0.2), ALL, gap=5.4, gap_ci_low=4.8, gap_ci_high=6.0,
                   gap_by_chance=5.0)  # fmt: skip
    assert headline(seen).verdict == "As far as this run can tell, yes."


def test_no_interval_above_zero_is_no_agreement(content: ReportContent) -> None:
    found = headline(aligned(content, -0.1))
    assert found.verdict == "No evidence that they do."
    assert plain(found.sentence) == (
        "In all 16 combinations of model and language, models’ order of the topics does not "
        "clearly match speakers’ better than chance."
    )


@pytest.mark.slow
def test_a_run_that_cannot_answer_says_so_and_nothing_else(content: ReportContent) -> None:
    for silent in (path_only_content(), make_content(topics=3, responses=2)):
        found = headline(silent)
        assert found.verdict == "This run cannot say." and found.support == ()
    nulls = pa.nulls(content.alignment.num_rows, pa.float64())
    place = content.alignment.column_names.index("alignment")
    empty = content.alignment.set_column(place, content.alignment.schema.field(place), nulls)
    found = headline(replace(content, alignment=empty, cells=None))
    assert "Alignment is undefined" in plain(found.sentence)


def test_a_language_whose_country_no_model_is_closest_to_is_named(content: ReportContent) -> None:
    near = changed(content, {}, closest="DK", closest_speaks=True, speaking_percent=60.0)
    abroad = changed(near, {"language": "pt"}, closest="NL", closest_speaks=False,
                     speaking_percent=5.0)  # fmt: skip
    labels = tuple(replace(p, label={"NL": "Netherlands"}.get(p.id, p.label))
                   for p in content.populations)  # fmt: skip
    said = [plain(one) for one in headline(replace(abroad, populations=labels)).support]
    assert said[0] == (
        "Asked in Portuguese, every model is closest to the Netherlands, none to a country where "
        "Portuguese is spoken. When topics are resampled, a country where it is spoken comes out "
        "closest in 5 % of draws."
    )


def test_countries_that_speak_the_language_are_counted_where_models_are_near_them(
    content: ReportContent,
) -> None:
    near = changed(content, {}, closest="DK", closest_speaks=True, speaking_percent=60.0)
    said = " ".join(plain(one) for one in headline(near).support)
    assert (
        "In 16 of 16 combinations of model and language, the closest country is one where" in said
    )


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        (
            (0.4, 0.7),
            "Models’ views vary less across topics than people’s: where people’s averages on two",
        ),
        ((1.2, 1.7), "Models’ views vary more across topics than people’s: where"),
        ((0.7, 1.3), "does not show that they vary more or less"),
    ],
)
def test_flattening_is_claimed_only_where_the_interval_leaves_out_one(
    content: ReportContent, ends: tuple[float, float], words: str
) -> None:
    seen = changed(content, ALL, slope=0.5, slope_ci_low=ends[0], slope_ci_high=ends[1])
    assert words in " ".join(plain(one) for one in headline(seen).support)


def test_models_that_may_rank_first_are_named_together(content: ReportContent) -> None:
    ranks = {"gpt_4o": (1, 1, 2), "gemma_2_9b": (2, 1, 3), "olmo_2_7b": (3, 2, 3),
             "gemma_2_2b": (4, 4, 4)}  # fmt: skip
    seen = content
    for model, (rank, low, high) in ranks.items():
        where = {"model": model, "language": None}
        seen = changed(seen, where, rank=rank, rank_low=low, rank_high=high, alignment=0.7)
    assert plain(headline(seen).support[-1]) == (
        "gpt_4o ranks first, with an alignment of 0.70, but its lead over gemma_2_9b is not "
        "statistically significant."
    )
    alone = changed(seen, {"model": "gemma_2_9b", "language": None}, rank_low=2)
    assert "gpt_4o agrees most with people" in plain(headline(alone).support[-1])


def test_two_countries_are_the_yardstick_of_alignment_and_gap(content: ReportContent) -> None:
    def told(*pairs: tuple[str, str, float | None, float | None]) -> str:
        names = ("population", "other", "alignment", "gap")
        rows = [dict(zip(names, pair, strict=True)) for pair in pairs]
        table = pa.Table.from_pylist(rows, schema=PEOPLE_CORRELATIONS)
        return plain(countries_apart(replace(content, correlations=table)))

    between = (("DK", "NL", 0.9, 5.0), ("BR", "DK", 0.3, 20.0), ("DK", "world", 0.1, 90.0))
    assert told(*between, ("BR", "NL", None, 1.0)) == (
        "For comparison, the answers of any two countries in this run are on average 12 points "
        "apart, with an alignment (rank correlation over topics) of 0.60 (means over 2 pairs)."
    )
    assert told(between[0]) == (
        "For comparison, the answers of the two countries in this run are 5 points apart, with an "
        "alignment (rank correlation over topics) of 0.90."
    )
    assert told(between[2]) == "" and countries_apart(content) == ()


def test_a_run_of_an_earlier_version_has_an_answer_without_a_gap(content: ReportContent) -> None:
    older = replace(aligned(content, 0.2), leaderboard=None, topic_gaps=None, culture_map=None)
    found = headline(older)
    assert "percentage points" not in plain(found.sentence) and found.support == ()


def test_a_run_of_benchmarks_whose_requests_all_failed_has_no_figures_yet(
    content: ReportContent,
) -> None:
    put = pa.Table.from_pylist([{"benchmark": "words"}], schema=BENCHMARK_QUALITY)
    tables = ("distributions", "alignment", "consistency", "quality", "ground_truth")
    empty = {name: getattr(content, name).slice(0, 0) for name in tables}
    found = headline(replace(content, topics=(), benchmark_quality=put, **empty))
    assert found.verdict == "This run has no figures yet."
