"""Nothing is dropped silently: every request is a row, and every failure is counted."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from culture_ray.labels.read import labels, responses
from culture_ray.plan.requests import request_plan, request_table
from culture_ray.settings.run import Settings
from culture_ray.stages.report.quality import quality
from culture_ray.tables import QUALITY
from tests.answered import answer
from tests.mixed_run import fate_of
from tests.small import small_settings

MODEL = "gemma_3_270m"


@pytest.fixture(scope="module")
def rows(mixed_run: Settings) -> dict[str, dict[str, Any]]:
    """Return the rows of the quality table by language."""
    table = quality(mixed_run, request_plan(mixed_run))
    assert table.schema.equals(QUALITY)
    return {row["language"]: row for row in table.to_pylist()}


@pytest.fixture(scope="module")
def fates(mixed_run: Settings) -> Counter[str]:
    """Return the number of English requests by outcome."""
    table = request_table(request_plan(mixed_run), MODEL, "en")
    found = Counter(fate_of(row) for row in table.to_pylist())
    assert len(found) >= 8, "the run has to hold nearly every fate"
    return found


def test_rows_are_requests_in_every_stage(
    mixed_run: Settings, rows: dict[str, dict[str, Any]]
) -> None:
    for row in rows.values():
        assert row["requests"] == row["rows"] == 48
    plan = request_plan(mixed_run)
    wanted = {
        key
        for language in mixed_run.languages
        for key in request_table(plan, MODEL, language)["request_id"].to_pylist()
    }
    found = responses(mixed_run.run, [MODEL], ["da", "en"], ["request_id"])
    assert sorted(found["request_id"].to_pylist()) == sorted(wanted)
    assert labels(mixed_run.run, [MODEL], ["da", "en"]).num_rows == len(wanted)


def test_every_fate_is_counted_under_its_name(
    rows: dict[str, dict[str, Any]], fates: Counter[str]
) -> None:
    english = rows["en"]
    assert english["failed"] == fates["failed"]
    assert english["truncated"] == fates["truncated"]
    assert english["refusals"] == fates["refusal"]
    assert english["empty"] == fates["empty"]
    assert english["repetitive"] == fates["repetitive"]
    assert english["wrong_language"] == fates["wrong_language"]
    assert english["unparsable"] == fates["unparsable"]
    assert english["judge_errors"] == fates["judge_error"]
    assert english["undefined"] == fates["undecided"]


def test_what_is_used_and_what_is_not_add_up_to_the_requests(
    rows: dict[str, dict[str, Any]],
) -> None:
    for row in rows.values():
        lost = ("failed", "refusals", "empty", "unparsable", "judge_errors", "undefined")
        assert row["used"] + sum(row[name] for name in lost) == row["requests"]


def test_a_language_in_which_all_went_well_counts_nothing(
    rows: dict[str, dict[str, Any]],
) -> None:
    danish = rows["da"]
    assert danish["used"] == 48
    outcomes = QUALITY.names[QUALITY.get_field_index("failed") : QUALITY.get_field_index("used")]
    assert sum(danish[name] for name in outcomes) == 0
    assert danish["low_mass"] == 0
    assert danish["option_mass"] is None


def test_a_run_that_is_not_judged_yet_shows_its_responses(small: Settings) -> None:
    answer(small, judge=False)
    for row in quality(small, request_plan(small)).to_pylist():
        assert (row["requests"], row["rows"], row["used"]) == (24, 24, 0)


def test_a_run_that_is_not_begun_shows_what_is_missing(small: Settings) -> None:
    for row in quality(small, request_plan(small)).to_pylist():
        assert (row["requests"], row["rows"], row["used"]) == (24, 0, 0)


@pytest.mark.slow
def test_each_judge_has_rows_of_its_own(tmp_path: Any) -> None:
    both = "judge=[gemma_3_270m,gemma_2_9b]"
    settings = small_settings(tmp_path, both, "design.prompts_per_language=8")
    answer(settings)
    table = quality(settings, request_plan(settings))
    assert table["judge"].to_pylist() == ["gemma_3_270m", "gemma_2_9b"] * 2
    assert table["used"].to_pylist() == [8] * 4


@pytest.mark.slow
def test_what_was_cut_off_while_thinking_is_counted_and_told(tmp_path: Any) -> None:
    settings = small_settings(tmp_path)
    answer(settings, lambda row: "cut_thinking" if row["language"] == "en" else "fine")
    table = quality(settings, request_plan(settings))
    rows = {row["language"]: row for row in table.to_pylist()}
    assert rows["en"]["cut_thinking"] == rows["en"]["failed"] == 24
    assert rows["da"]["cut_thinking"] == rows["da"]["failed"] == 0
    thoughts = responses(settings.run, [MODEL], ["en", "da"], ["thoughts", "reasoning_tokens"])
    assert thoughts["thoughts"].to_pylist().count("1. A nurse?") == 24
    failed = labels(settings.run, [MODEL], ["en"]).to_pylist()
    assert {(row["status"], row["opinions"]) for row in failed} == {("failed", None)}
