"""The commit of the hub that a model was loaded from is recorded, per session."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from culture_ray.engines.model import Model
from culture_ray.run.commits import changed_commits, known_commits, record_commits, with_commits
from culture_ray.settings.stages import Stage
from culture_ray.stages.inputs import stage_inputs
from culture_ray.store.provenance import record, recorded
from culture_ray.store.run_directory import RunDirectory

pytest.importorskip("huggingface_hub", reason="the extra hub is not installed")

FIRST, SECOND = "1" * 40, "2" * 40
MODEL = Model("vllm", "a", "lab/a")


def cached(cache: Path, name: str, commit: str, file: str = "config.json") -> None:
    """Files of a download: those of a commit, and the commit that main is now."""
    folder = cache / f"models--{name.replace('/', '--')}"
    (folder / "snapshots" / commit).mkdir(parents=True, exist_ok=True)
    (folder / "snapshots" / commit / file).write_text("{}")
    (folder / "refs").mkdir(exist_ok=True)
    (folder / "refs" / "main").write_text(commit)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_each_session_has_the_commits_of_models_adapters_and_judges(
    cache: Path, tmp_path: Path
) -> None:
    run = RunDirectory(tmp_path / "ours")
    record(run, {})
    cached(cache, "lab/a", FIRST)
    cached(cache, "lab/lora", SECOND, "adapter_config.json")
    local = tmp_path / "local"
    local.mkdir()
    (local / "config.json").write_text("{}")
    models = {
        "a": replace(MODEL, adapter="lab/lora"),
        "judge b": MODEL,
        "absent": replace(MODEL, source="lab/none"),
        "folder": replace(MODEL, source=str(local)),
        "api": Model("openai", "gpt", "lab/a"),
    }
    record_commits(run, models)
    assert known_commits(run) == {"a": FIRST, "a, adapter": SECOND, "judge b": FIRST}
    assert list(changed_commits(recorded(run))) == []

    record(run, {})
    cached(cache, "lab/a", SECOND)
    record_commits(run, {"a": MODEL})
    assert [s["commits"]["a"] for s in recorded(run)["sessions"]] == [FIRST, SECOND]
    assert known_commits(run)["a"] == SECOND
    [said] = changed_commits(recorded(run))
    assert said.startswith(f"a was loaded from 2 commits of its repository ({FIRST[:12]}, ")


def test_a_pinned_model_is_the_commit_that_it_names(cache: Path, tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "ours")
    record(run, {})
    cached(cache, "lab/a", FIRST)
    cached(cache, "lab/a", SECOND)
    record_commits(run, {"a": replace(MODEL, revision=FIRST)})
    assert known_commits(run) == {"a": FIRST}
    models = {"tag": replace(MODEL, revision="v1"), "a": MODEL, "api": MODEL}
    found = with_commits(models, {"tag": FIRST, "a": FIRST})
    assert {name: model.revision for name, model in found.items()} == {
        "tag": "v1", "a": FIRST, "api": None,
    }  # fmt: skip


def test_a_report_is_made_again_for_other_commits_and_for_another_preregistration(
    cache: Path, tmp_path: Path
) -> None:
    run = RunDirectory(tmp_path / "ours")
    record(run, {})

    def inputs() -> dict[str, str]:
        return stage_inputs(run, Stage.REPORT, None, {})

    before = inputs()
    record(run, {})
    assert inputs() == before  # a session alone changes nothing
    cached(cache, "lab/a", FIRST)
    record_commits(run, {"a": MODEL})
    with_commit = inputs()
    assert with_commit["commits"] != before["commits"]
    (run.folder / "preregistration").mkdir()
    (run.folder / "preregistration" / "1.json").write_text("{}")
    assert inputs()["preregistration"] != with_commit["preregistration"]
