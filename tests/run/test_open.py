"""A run directory accepts only the settings it was made with, and names those that differ."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from culture_ray.errors import DiskProblem, NoSuchRun, RunMismatch
from culture_ray.plan.requests import request_plan
from culture_ray.plan.stage_units import elicit_units
from culture_ray.run.made_with import made_with
from culture_ray.run.open import check_run
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.store.run_directory import RunDirectory
from tests.answered import answer
from tests.small import small_settings


def test_a_new_run_keeps_its_configuration_and_where_it_came_from(small: Settings) -> None:
    opened = RunContext(small).open()
    assert opened.done == frozenset()
    assert made_with(small.run) == small.raw
    assert (
        '"command": "culture-ray sweep experiment=quickstart"' in small.run.provenance.read_text()
    )


def test_the_same_run_is_taken_up_where_it_stands(small: Settings) -> None:
    answer(small, judge=False)
    units = {unit.path for unit in elicit_units(small, request_plan(small))}
    assert RunContext(small).open().done == units


def test_a_run_whose_languages_have_no_phrases_yet_is_taken_up(small: Settings) -> None:
    RunContext(small).open()
    stored = made_with(small.run)
    for language in stored["language"].values():
        del language["phrases"]
    small.run.config.write_text(yaml.safe_dump(stored, allow_unicode=True), encoding="utf-8")
    RunContext(small).open()
    assert made_with(small.run) == small.raw


def test_a_run_from_before_units_grew_keeps_the_size_of_its_units(tmp_path: Path) -> None:
    before = small_settings(tmp_path)
    answer(before, judge=False)
    units = {unit.path for unit in elicit_units(before, request_plan(before))}
    stored = made_with(before.run)
    del stored["cluster"]["most_units"]
    before.run.config.write_text(yaml.safe_dump(stored, allow_unicode=True), encoding="utf-8")
    for _ in range(2):  # the first session writes the present configuration
        now = small_settings(tmp_path, "cluster.most_units=2")
        assert RunContext(now).open().done == units
        assert {unit.path for unit in elicit_units(now, request_plan(now))} == units
    new = small_settings(tmp_path / "new", "cluster.most_units=2")
    RunContext(new).open()
    assert len(list(elicit_units(new, request_plan(new)))) < len(units)
    with pytest.raises(RunMismatch, match=r"cluster\.most_units was 2, now 3"):
        check_run(new.run, small_settings(tmp_path / "new", "cluster.most_units=3").raw)


@pytest.mark.slow
def test_a_run_from_before_there_were_factors_and_ways_of_asking_is_taken_up(
    small: Settings,
) -> None:
    RunContext(small).open()
    stored = made_with(small.run)
    for protocol in stored["protocol"].values():
        del protocol["factors"]
    for language in stored["language"].values():
        del language["dont_know"], language["respondents"]
        for name in ("constrained_choice", "verbalised_distribution", "reasoned_answer"):
            del language["protocols"][name]
    small.run.config.write_text(yaml.safe_dump(stored, allow_unicode=True), encoding="utf-8")
    RunContext(small).open()
    assert made_with(small.run) == small.raw


@pytest.mark.slow
@pytest.mark.parametrize("protocol", ["hypothetical_interviews", "direct_item"])
def test_texts_and_levels_that_prompts_are_made_of_are_decisive(
    protocol: str, tmp_path: Path
) -> None:
    chosen = f"{protocol}_short" if protocol == "hypothetical_interviews" else protocol
    small = small_settings(tmp_path, f"protocol=[{chosen}]")
    RunContext(small).open()
    for change, said in (
        (("protocol", protocol, "factors", "typos"), f"protocol.{protocol}.factors.typos was"),
        (("language", "da", "protocols", protocol, "templates", "t01"), "templates.t01 was"),
    ):
        changed = deepcopy(small.raw)
        place = changed
        for key in change[:-1]:
            place = place[key]
        place[change[-1]] = [0.2] if change[-1] == "typos" else "{topic}?"
        with pytest.raises(RunMismatch, match=said):
            check_run(small.run, changed)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("seed=2", "seed was 1, now 2"),
        ("design.prompts_per_language=16", "design.prompts_per_language was 24, now 16"),
        ("design.kind=independent", "design.kind was balanced, now independent"),
        ("language=[da]", "language.en was set, now not set"),
        ("language=[da,en,nl]", "language.nl was not set, now set"),
        ("model=[gemma_2_2b]", "model.gemma_3_270m was set, now not set"),
        ("model.gemma_3_270m.source=other", "model.gemma_3_270m.source was embedded:gemma-3-270m"),
        ("topics.only=[f118]", "topics.only was ['c001_01'"),
        (
            "protocol.hypothetical_interviews.sampling.temperature=0.1",
            "protocol.hypothetical_interviews.sampling.temperature was 0.7, now 0.1",
        ),
        ("judge.gemma_3_270m.sampling.max_tokens=9", "judge.gemma_3_270m.sampling.max_tokens was"),
        ("cluster.unit_size=4", "cluster.unit_size was 8, now 4"),
    ],
)
def test_another_configuration_is_refused_with_what_differs_and_a_free_name(
    tmp_path: Path, word: str, said: str
) -> None:
    RunContext(small_settings(tmp_path)).open()
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    (tmp_path / "small_2").mkdir()
    with pytest.raises(RunMismatch) as error:
        RunContext(small_settings(tmp_path, word)).open()
    message = str(error.value)
    assert said in message
    assert "run=small_3" in message
    assert "\n" not in message
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_many_differences_are_counted_beyond_three(tmp_path: Path) -> None:
    RunContext(small_settings(tmp_path)).open()
    other = small_settings(
        tmp_path, "seed=2", "design.samples=2", "design.kind=independent", "cluster.unit_size=9"
    )
    with pytest.raises(RunMismatch, match=r"\(and 1 more\)"):
        RunContext(other).open()


@pytest.mark.slow
@pytest.mark.parametrize(
    "word",
    [
        "model.gemma_3_270m.in_flight=8",
        "model.gemma_3_270m.engine_args.max_num_seqs=8",
        "judge.gemma_3_270m.model.in_flight=8",
        "cluster.max_replicas=1",
        "populations.compare=[US,DK,'speakers:da','speakers:en']",
        "inference=paper",
        "stages=[measure]",
        "baselines=[perfect]",
    ],
)
def test_how_a_run_is_made_and_looked_at_may_change(tmp_path: Path, word: str) -> None:
    answer(small_settings(tmp_path), judge=False)
    changed = small_settings(tmp_path, word)
    opened = RunContext(changed).open()
    assert opened.done == {unit.path for unit in elicit_units(changed, request_plan(changed))}
    assert made_with(changed.run) == changed.raw


@pytest.mark.slow
def test_judges_of_earlier_sessions_are_remembered(tmp_path: Path) -> None:
    RunContext(small_settings(tmp_path)).open()
    other = small_settings(tmp_path, "judge=[gemma_2_9b]")
    RunContext(other).open()
    assert sorted(made_with(other.run)["judge"]) == ["gemma_2_9b", "gemma_3_270m"]


def test_a_run_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(NoSuchRun, match="it has no runs yet"):
        made_with(RunDirectory(tmp_path / "mine"))
    RunContext(small_settings(tmp_path)).open()
    with pytest.raises(NoSuchRun, match=r"no run 'mine' in .*: the choices are small"):
        made_with(RunDirectory(tmp_path / "mine"))


def test_a_run_named_without_its_folder_is_looked_for_in_results(tmp_path: Path) -> None:
    (tmp_path / "results/mine").mkdir(parents=True)
    (tmp_path / "results/mine/config.yaml").write_text("{}")
    with pytest.raises(NoSuchRun, match=r"did you mean .*results/mine\?"):
        made_with(RunDirectory(tmp_path / "mine"))


@pytest.mark.parametrize("text", ["run: [1", "- a\n- b\n", "", "just words"])
def test_a_configuration_that_cannot_be_read_is_said(small: Settings, text: str) -> None:
    RunContext(small).open()
    small.run.config.write_text(text)
    with pytest.raises(RunMismatch, match=r"config\.yaml cannot be read"):
        RunContext(small).open()


def test_results_that_cannot_be_written_are_said(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file")
    with pytest.raises(DiskProblem, match="a part of the path is a file"):
        RunContext(small_settings(tmp_path / "results")).open()


def test_the_kept_configuration_is_readable_by_people(small: Settings) -> None:
    RunContext(small).open()
    text = small.run.config.read_text(encoding="utf-8")
    assert "Åndelige" in text or "æ" in text, "Danish is kept as letters, not as escapes"
    assert yaml.safe_load(text)["run"] == "small"
