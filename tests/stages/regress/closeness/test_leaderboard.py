"""Leaderboard, gaps and map of a run: means of cells, ranks, closest countries, the same people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from culture_ray.report.content import ReportContent
from culture_ray.stages.regress.closeness.closest import closest_countries
from culture_ray.stages.regress.closeness.culture_map import map_rows
from culture_ray.stages.regress.closeness.leaderboard import leaderboard
from culture_ray.stages.regress.closeness.main_cells import MainCells
from culture_ray.stages.regress.closeness.topic_gaps import topic_gaps
from tests.report.synthetic.closeness import main_cells
from tests.report.synthetic.content import make_content, with_cells


@pytest.fixture(scope="module")
def content() -> ReportContent:
    return with_cells(make_content(topics=10, responses=6))


@pytest.fixture(scope="module")
def cells(content: ReportContent) -> MainCells:
    return main_cells(content)


def test_a_row_per_cell_and_means_over_models_languages_and_both(cells: MainCells) -> None:
    rows = leaderboard(cells)
    assert [(r["model"] is None, r["language"] is None) for r in rows] == (
        [(True, True)] + [(False, True)] * 4 + [(True, False)] * 4 + [(False, False)] * 16
    )
    single = rows[9:]
    for name in ("alignment", "gap", "slope"):
        assert rows[0][name] == pytest.approx(np.mean([r[name] for r in single]))
        danish = [r[name] for r in single if r["language"] == "da"]
        assert rows[5][name] == pytest.approx(np.mean(danish))


def test_gap_and_slope_are_those_of_the_tables(content: ReportContent, cells: MainCells) -> None:
    truth = {(r["population"], r["topic"]): r["value_polarity"]
             for r in content.ground_truth.to_pylist()}  # fmt: skip
    row = next(r for r in leaderboard(cells) if (r["model"], r["language"]) == ("gpt_4o", "nl"))
    own = [r for r in content.distributions.to_pylist()
           if (r["model"], r["language"]) == ("gpt_4o", "nl")]  # fmt: skip
    answers = np.array([r["value_polarity"] for r in own])
    people = np.array([truth["speakers:nl", r["topic"]] for r in own])
    assert row["gap"] == pytest.approx(100 * np.abs(answers - people).mean())
    assert row["slope"] == pytest.approx(np.polyfit(people, answers, 1)[0])
    assert row["gap_ci_low"] < row["gap"] < row["gap_ci_high"]


def test_ranks_are_among_the_models_of_a_language(cells: MainCells) -> None:
    rows = leaderboard(cells)
    for code in (None, "da", "en", "nl", "pt"):
        own = [r for r in rows if r["language"] == code and r["model"] is not None]
        ordered = sorted(own, key=lambda r: -r["alignment"])
        assert [r["rank"] for r in ordered] == [1, 2, 3, 4]
        assert all(r["rank_low"] <= r["rank"] <= r["rank_high"] for r in own)


def test_the_closest_country_is_that_of_the_highest_alignment(
    content: ReportContent, cells: MainCells
) -> None:
    best: dict[tuple[str, str], tuple[float, str]] = {}
    for r in content.alignment.to_pylist():
        if r["population_kind"] == "country" and r["alignment"] is not None:
            found = (r["alignment"], r["population"])
            best[r["model"], r["language"]] = max(
                best.get((r["model"], r["language"]), found), found
            )
    speaks = {p.id: p.languages for p in content.populations}
    for row, closest in zip(cells.rows.to_dict("records"), closest_countries(cells), strict=True):
        assert closest is not None
        value, name = best[row["model"], row["language"]]
        assert (closest.country, closest.alignment) == (name, pytest.approx(value))
        assert closest.speaks == (row["language"] in speaks[name])
        assert 0 <= closest.share <= 1 and 0 <= closest.speaking_share <= 1


def test_gaps_are_signed_and_sorted_and_their_intervals_hold_for_all(cells: MainCells) -> None:
    rows = topic_gaps(cells)
    means = [r for r in rows if r["model"] is None]
    assert len(means) == 4 * 10 and len(rows) == 4 * 10 + 16 * 10
    assert [abs(r["gap"]) for r in means] == sorted((abs(r["gap"]) for r in means), reverse=True)
    for row in rows:
        assert row["gap"] == pytest.approx(row["answer"] - row["people"])
        assert row["smallest"] <= row["gap"] <= row["largest"]
    single = {(r["language"], r["topic"]): [] for r in means}
    for row in rows[len(means) :]:
        single[row["language"], row["topic"]].append(row["gap"])
    for row in means:
        own = single[row["language"], row["topic"]]
        assert row["gap"] == pytest.approx(np.mean(own)) and row["models"] == len(own) == 4
        # Bonferroni over 40 gaps: 3.23 standard errors, unless 0 or 100 % is nearer.
        assert row["ci_high"] <= row["gap"] + 3.24 * row["std_error"]


def test_people_with_the_same_answers_share_a_place_on_the_map(cells: MainCells) -> None:
    rows, topics = map_rows(cells)
    assert [r["topic"] for r in topics] == list(cells.truth.topics)
    assert sum(r["y_loading"] ** 2 for r in topics) == pytest.approx(1)
    assert [r["kind"] for r in rows].count("model") == 16
    assert all(r["x"] is not None and r["minor"] <= r["major"] for r in rows)
    twin = cells.truth.value_polarity.copy()
    danes, speakers = cells.truth.row("DK"), cells.truth.row("speakers:da")
    twin[speakers] = twin[danes]
    twins = replace(cells, truth=replace(cells.truth, value_polarity=twin))
    same = {r["population"]: r for r in map_rows(twins)[0] if r["kind"] != "model"}
    assert same["speakers:da"]["same_as"] == "DK" and same["DK"]["same_as"] is None
    assert (same["speakers:da"]["x"], same["speakers:da"]["y"]) == (
        same["DK"]["x"],
        same["DK"]["y"],
    )


def test_one_model_one_language_one_topic_and_no_people_make_empty_figures() -> None:
    content = with_cells(make_content(topics=1, responses=2))
    one = [r for r in content.distributions.to_pylist()
           if (r["model"], r["language"]) == ("gpt_4o", "da")]  # fmt: skip
    main = main_cells(content)
    keep = [i for i, (m, x) in enumerate(zip(main.rows["model"], main.languages, strict=True))
            if (m, x) == ("gpt_4o", "da")]  # fmt: skip
    alone = MainCells(
        main.rows.iloc[keep].reset_index(drop=True), tuple(main.study[i] for i in keep),
        main.truth, main.alignment_rounds[:, keep], main.topics, 1,
    )  # fmt: skip
    rows = leaderboard(alone)
    assert len(one) == 1 and len(rows) == 4
    assert rows[-1]["gap_ci_low"] is None and rows[-1]["gap"] is not None
    rows, topics = map_rows(alone)
    assert all(r.get("x") is None for r in rows) and topics == []
    nobody = MainCells(
        alone.rows, alone.study, main.truth.for_populations(["US"]), alone.alignment_rounds,
        main.topics, 1,
    )  # fmt: skip
    silent = leaderboard(nobody)[-1]
    assert silent["gap"] is None and silent.get("closest") is None
    assert silent["reason"] == "no ground truth for the speakers of this language"
    assert topic_gaps(nobody) == []
