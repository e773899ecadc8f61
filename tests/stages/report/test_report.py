"""The report of a run: page, figures, the caveats that a reader must see, and examples."""

from __future__ import annotations

from dataclasses import replace as replace_fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from culture_ray.report.content import ReportContent
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.regress import regress
from culture_ray.stages.report.examples import PER_CELL, examples
from culture_ray.stages.report.report import by_family_and_size, report
from culture_ray.store.provenance import recorded
from culture_ray.store.shards import read, replace_table
from culture_ray.tables import TIMELINE
from tests.answered import answer
from tests.small import TOPICS, small_settings

pytestmark = pytest.mark.slow

NOT_RUN = {"gemma_2_2b": "it does not fit"}


@pytest.fixture(scope="module")
def shown(own_mixed_run: Settings) -> ReportContent:
    measure(RunContext(own_mixed_run))
    regress(RunContext(own_mixed_run))
    return report(RunContext(own_mixed_run), NOT_RUN)


def page(settings: Settings) -> str:
    return (settings.run.folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_report_is_one_page_with_figures_as_png_and_pdf_on_request(
    own_mixed_run: Settings, shown: ReportContent
) -> None:
    figures = own_mixed_run.run.folder / "figures"
    stems = {path.stem for path in figures.iterdir()}
    assert stems and not list(figures.glob("*.p*"))
    report(RunContext(replace_fields(own_mixed_run, print_figures=True)), NOT_RUN)
    assert "<html" in page(own_mixed_run)
    for stem in stems:
        assert (figures / f"{stem}.png").read_bytes().startswith(b"\x89PNG")
        assert (figures / f"{stem}.pdf").read_bytes().startswith(b"%PDF")


def test_populations_have_the_names_that_people_use(
    own_mixed_run: Settings, shown: ReportContent
) -> None:
    named = {population.id: population.label for population in shown.populations}
    assert named["DK"] == "Denmark"
    assert named["speakers:da"] == "Speakers of Danish"
    assert "Northern Ireland" in page(own_mixed_run)


def test_models_of_a_family_stand_together_from_small_to_large(own_mixed_run: Settings) -> None:
    one = next(iter(own_mixed_run.models.values()))
    names = {"gemma-2-27b-it": "gemma", "gpt-4o": "openai", "gemma-2-9b-it": "gemma",
             "olmo_2_7b": "olmo", "gpt-3.5-turbo-0125": "openai"}  # fmt: skip
    models = {
        name: replace_fields(one, family=family, parameters=None) for name, family in names.items()
    }
    models["small"] = replace_fields(one, family="gemma", parameters=270e6)
    assert list(by_family_and_size(models)) == [
        "small", "gemma-2-9b-it", "gemma-2-27b-it", "gpt-4o", "gpt-3.5-turbo-0125", "olmo_2_7b",
    ]  # fmt: skip


def test_it_says_that_the_embedded_model_only_proves_the_path(
    own_mixed_run: Settings, shown: ReportContent
) -> None:
    assert shown.proves_path_only
    text = " ".join(page(own_mixed_run).split())
    assert "It only shows that the pipeline works: it is too weak to say anything about" in text


@pytest.mark.slow
def test_it_does_not_say_so_of_a_model_that_is_strong_enough(tmp_path: Path) -> None:
    settings = small_settings(tmp_path, "model=[gemma_2_2b]", "judge=[gemma_2_9b]")
    answer(settings)
    measure(RunContext(settings))
    regress(RunContext(settings))
    assert not report(RunContext(settings), {}).proves_path_only
    assert "too weak to say anything" not in page(settings)


@pytest.mark.slow
def test_a_run_that_nobody_judged_says_so_and_claims_no_other_reason(small: Settings) -> None:
    answer(small, judge=False)
    measure(RunContext(small))
    regress(RunContext(small))
    told = report(RunContext(small), {}).notices
    assert told[0] == (
        "This run is not finished. Requests left: 48 to judge. "
        "Resume with: culture-ray sweep experiment=quickstart"
    )
    text = " ".join(page(small).split())
    assert "There is no alignment to report: not measured yet." in text
    assert "US bias cannot be shown: not measured yet." in text
    assert "24 of 24 responses have no label from gemma_3_270m yet." in text
    assert "no population that speaks this language" not in text


def test_a_whole_run_is_not_called_unfinished(shown: ReportContent) -> None:
    assert "not finished" not in " ".join(shown.notices)


def test_notices_name_what_a_reader_must_know(shown: ReportContent) -> None:
    said = " ".join(shown.notices)
    assert "gemma_2_2b could not finish: it does not fit" in said
    assert "judge Gemma 3 270M is a base model" in said
    assert "The prompts in da, en have not been confirmed by a person yet." in said


def test_the_content_names_the_run_its_command_and_its_sources(
    own_mixed_run: Settings, shown: ReportContent
) -> None:
    assert (shown.run, shown.experiment) == ("small", "quickstart")
    assert shown.command == "culture-ray sweep experiment=quickstart"
    assert shown.started
    assert own_mixed_run.populations.source in shown.sources
    assert own_mixed_run.capability.source in shown.sources
    assert [model.name for model in shown.studied] == ["gemma_3_270m"]
    assert len(shown.baselines) == 3
    assert "sk-" not in str(shown.provenance)


@pytest.mark.slow
def test_a_report_made_later_and_without_the_experiment_tells_what_the_run_was(
    own_mixed_run: Settings, shown: ReportContent
) -> None:
    later = replace_fields(own_mixed_run, experiment="", command="culture-ray report run=small")
    told = report(RunContext(later), {})
    assert (told.experiment, told.command) == (shown.experiment, shown.command)
    assert told.finished == recorded(own_mixed_run.run)["sessions"][-1]["at"]


@pytest.mark.slow
def test_a_run_was_last_worked_on_when_the_last_thing_of_its_timeline_ended(
    small: Settings,
) -> None:
    answer(small)
    late = datetime(2077, 5, 1, 10, 0, tzinfo=UTC)
    events = [
        {"at": late, "seconds": 90.0, "event": "load", "model": "gemma_3_270m", "replica": "r"},
        {"at": late + timedelta(seconds=30), "seconds": None, "event": "leave"},
    ]
    rows = [dict.fromkeys(TIMELINE.names) | {"stage": "elicit"} | event for event in events]
    replace_table(small.run.folder / "timeline.arrow", pa.Table.from_pylist(rows, TIMELINE))
    assert report(RunContext(small), {}).finished == "2077-05-01T10:01:30+00:00"


def test_the_quality_of_every_cell_is_in_the_content(shown: ReportContent) -> None:
    rows = shown.quality.to_pylist()
    assert [row["language"] for row in rows] == ["da", "en"]
    assert all(row["rows"] == row["requests"] for row in rows)


@pytest.mark.slow
def test_a_report_of_a_run_that_has_nothing_yet_can_be_made(small: Settings) -> None:
    content = report(RunContext(small), {"gemma_3_270m": "it could not start"})
    assert content.distributions.num_rows == 0
    assert "it could not start" in page(small)


def test_examples_are_the_first_responses_by_id_of_each_cell_and_topic(
    own_mixed_run: Settings,
) -> None:
    found = examples(own_mixed_run)
    shards = [read(path).to_pylist() for path in own_mixed_run.run.shards("responses")]
    rows = [row for shard in shards for row in shard if row["text"] is not None]
    expected = set()
    for code in ("da", "en"):
        for topic in TOPICS:
            cell = [row for row in rows if (row["language"], row["topic"]) == (code, topic)]
            first = sorted(cell, key=lambda row: str(row["request_id"]))[:PER_CELL]
            expected |= {(row["language"], row["topic"], row["prompt"]) for row in first}
    assert {(one.language, one.topic, one.prompt) for one in found} == expected
    assert len(found) == len(expected)


def test_examples_carry_the_stances_that_the_judge_gave(own_mixed_run: Settings) -> None:
    for one in examples(own_mixed_run):
        assert one.status in {"labelled", "refusal", "empty", "unparsable", "error"}
        assert (len(one.stances) == 10) == (one.status == "labelled")
        assert set(one.stances) <= {"pro", "con", "neutral"}


def test_examples_of_a_run_that_is_not_judged_say_so(small: Settings) -> None:
    answer(small, judge=False)
    found = examples(small)
    assert found
    assert {one.status for one in found} == {"not judged"}


@pytest.mark.slow
def test_the_first_judge_of_the_run_is_the_one_whose_stances_are_shown(tmp_path: Path) -> None:
    words = ("design.prompts_per_language=8", "language=[en]")
    both = small_settings(tmp_path, "judge=[gemma_3_270m,gemma_2_9b]", *words)
    answer(both)
    swapped = small_settings(tmp_path, "judge=[gemma_2_9b,gemma_3_270m]", *words)
    first, second = examples(both), examples(swapped)
    assert [one.text for one in first] == [one.text for one in second]
    assert [one.stances for one in first] != [one.stances for one in second]
