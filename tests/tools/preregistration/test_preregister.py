"""A run is compared with what was registered before it: settings, prompts, analysis, requests."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from culture_ray.errors import RunMismatch
from culture_ray.run.preregistration import FOLDER, record_analysis, registrations
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.report.preregistered import departure_notices, preregistration
from culture_ray.tools.preregistration.preregister import preregister
from tests.answered import answer
from tests.small import small_settings

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def registered(settings: Settings, hypotheses: str = "") -> str:
    _, path = preregister(RunContext(settings), hypotheses, NOW)
    return path.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_document_says_what_is_asked_and_tested_and_with_what_power(small: Settings) -> None:
    text = registered(small, "Danes are described better in Danish.")
    [made] = registrations(small.run)
    assert made.intact
    assert "written 2026-01-02 03:04 UTC" in text
    assert f"SHA-256 of the content: `{made.sha256}`" in text
    assert "Danes are described better in Danish." in text
    for line in (
        "- `gemma_3_270m`: embedded:gemma-3-270m",
        "- `da`: Danish",
        "- `f120`: Justifiable: abortion",
        "- elicit gemma_3_270m: 48 requests",
        "Capability: no test within families, as no two models share a family.",
        "- inference.rounds: 60",
        "- difference cell: ",
    ):
        assert line in text, f"{line}\n{text}"
    wording = made.content["asked"]["language"]["da"]["topics"]["f120"]["wordings"]
    assert len(wording) >= 3  # every text of the prompts is in the file
    assert not small.run.config.exists()


@pytest.mark.slow
def test_another_plan_is_another_version_and_the_same_one_is_not(tmp_path: Path) -> None:
    first, other = (small_settings(tmp_path / "results", f"seed={seed}") for seed in (1, 2))
    before = registered(first)
    assert registered(first) == before
    registered(other)
    assert [one.version for one in registrations(first.run)] == [1, 2]
    assert (first.run.folder / FOLDER / "1.md").read_text(encoding="utf-8") == before


@pytest.mark.slow
def test_a_run_that_was_started_is_not_registered_any_more(small: Settings) -> None:
    RunContext(small).open()
    with pytest.raises(RunMismatch, match="comes before the first request; choose a new name"):
        registered(small)
    assert registrations(small.run) == []


@pytest.mark.slow
def test_a_run_keeps_to_its_registration_or_is_told_where_it_departs(tmp_path: Path) -> None:
    settings = small_settings(tmp_path / "results")
    assert preregistration(settings) is None
    registered(settings)
    answer(settings)
    record_analysis(settings)
    kept = preregistration(settings)
    assert kept is not None
    assert (kept.departures, kept.faults, list(departure_notices(kept))) == ((), (), [])

    record_analysis(replace(settings, inference=replace(settings.inference, rounds=70)))
    shard = settings.run.shards("responses")[0]
    shard.unlink()
    file = settings.run.folder / FOLDER / "1.json"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"rounds": 60', '"rounds": 50'))
    now = preregistration(settings)
    assert now is not None
    assert now.departures == (
        ("inference.rounds", "50", "70"),
        ("requests to gemma_3_270m", "48 requests", "40 answered or failed"),
    )
    assert list(departure_notices(now)) == [
        "The preregistration was changed after it was written: its content does not have the hash "
        "that it states.",
        "This run departs from its preregistration in 2 settings: see “What was run”.",
    ]


@pytest.mark.slow
def test_other_prompts_models_and_dates_are_departures(tmp_path: Path) -> None:
    registered(small_settings(tmp_path / "results"))
    run = small_settings(
        tmp_path / "results", "model=[gemma_2_2b]", "design.prompts_per_language=16",
        "language.da.topics.f120.wordings.w1='Er abort i orden?'",
    )  # fmt: skip
    answer(run)
    file = run.run.folder / FOLDER / "1.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(content | {"made_at": "2999-01-01T00:00:00+00:00"}))
    found = preregistration(run)
    assert found is not None
    told = {setting: (before, now) for setting, before, now in found.departures}
    assert told["design.prompts_per_language"] == ("24", "16")
    assert told["language.da.topics.f120.wordings.w1"][1] == "Er abort i orden?"
    assert told["model.gemma_3_270m"] == ("set", "not set")
    assert told["model.gemma_2_2b"] == ("not set", "set")
    assert told["requests to gemma_3_270m"] == ("48 requests", "0 answered or failed")
    assert any("dated after the start of the run" in fault for fault in found.faults)
