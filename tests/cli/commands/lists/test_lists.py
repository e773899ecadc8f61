"""`culture-ray list KIND` prints what there is, filters it, and refuses what it does not know."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from culture_ray.cli.verbs.lists import ROOTS
from culture_ray.config.files import OWN_FOLDER, choices
from tests.answered import answer
from tests.conftest import Said
from tests.small import small_settings

Rows = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def rows(culture_ray: Callable[..., Said]) -> Rows:
    """A list as JSON."""

    def listed(*words: str) -> list[dict[str, Any]]:
        said = culture_ray("list", *words, "--json")
        assert said.code == 0, said.err
        found: list[dict[str, Any]] = json.loads(said.out)
        return found

    return listed


def names(found: list[dict[str, Any]], kind: str) -> set[str]:
    return {row[kind] for row in found}


@pytest.mark.slow
def test_a_topic_is_found_by_a_word(rows: Rows) -> None:
    assert names(rows("topics", "name=abortion"), "topic") == {"f120"}
    work = rows("topics", "category=C")
    assert {row["category_name"] for row in work} == {"Work"}
    assert work == rows("topics", "category=Work")
    assert len(rows("topics")) == 32


@pytest.mark.slow
def test_topics_are_chosen_by_language_and_population(rows: Rows, workplace: Path) -> None:
    folder = workplace / OWN_FOLDER / "language"
    folder.mkdir(parents=True)
    own = {"code": "xx", "topics": {"f120": {}, "d054": {}}}
    (folder / "xx.yaml").write_text(yaml.safe_dump(own), encoding="utf-8")
    assert names(rows("topics", "of_language=xx"), "topic") == {"f120", "d054"}
    with_figures = names(rows("topics", "population=DK"), "topic")
    assert "d026_03" in with_figures
    assert with_figures <= names(rows("topics"), "topic")


@pytest.mark.slow
def test_languages_say_whether_speakers_have_figures(rows: Rows) -> None:
    found = {row["language"]: row for row in rows("languages")}
    assert set(found) == set(choices("language"))
    assert found["da"]["speakers"] == "speakers:da"
    assert found["de"]["speakers"] is None
    assert names(rows("languages", "name=danish"), "language") == {"da"}
    assert "de" not in names(rows("languages", "speakers=true"), "language")


@pytest.mark.slow
def test_a_language_says_which_protocols_it_lacks_and_no_column_is_lost(
    culture_ray: Callable[..., Said], workplace: Path
) -> None:
    folder = workplace / OWN_FOLDER / "language"
    folder.mkdir(parents=True)
    every = ("hypothetical_interviews", "persona", "direct_item", "constrained_choice",
             "verbalised_distribution", "reasoned_answer")  # fmt: skip
    for code, protocols in (("xx", every), ("xy", every[:1]), ("xz", ())):
        own = {"code": code, "name": "Own", "protocols": {name: {} for name in protocols}}
        (folder / f"{code}.yaml").write_text(yaml.safe_dump(own), encoding="utf-8")
    lines = culture_ray("list", "languages").out.splitlines()
    assert len(lines[0]) <= 80, "a terminal of the usual width"
    shown = {line.split()[0]: " ".join(line.split()) for line in lines if line.strip()}
    assert shown["language"].endswith("topics protocols reviewed speakers")
    assert shown["da"] == "da Danish dansk 32 all 7 no speakers:da"
    assert shown["xx"] == "xx Own 0 all but battery no no figures"
    assert shown["xy"] == "xy Own 0 hypothetical_interviews no no figures"
    assert shown["xz"] == "xz Own 0 none no no figures"


def test_populations_are_chosen_by_language_and_topic(rows: Rows) -> None:
    assert names(rows("populations", "language=pt", "kind=country"), "population") == {"BR", "PT"}
    assert names(rows("populations", "name=denmark"), "population") == {"DK"}
    assert {row["topics"] > 0 for row in rows("populations")} == {True}


def test_clusters_have_what_the_files_they_start_from_have(rows: Rows) -> None:
    found = {row["cluster"]: row for row in rows("clusters")}
    assert set(found) == set(choices("cluster"))
    jureca = found["jureca"]
    assert (jureca["nodes"], jureca["gpus_per_node"], jureca["slurm"]) == (4, 4, True)
    assert jureca["hours"] == 24
    assert "A100" in jureca["gpu"]
    assert found["local"]["slurm"] is False
    assert names(rows("clusters", "gpu=gh200"), "cluster") == {
        "bede",
        "isambard_ai",
        "jupiter",
        "vista",
    }


def test_benchmarks_are_those_that_can_be_put(rows: Rows) -> None:
    listed = {row["benchmark"]: row for row in rows("benchmarks")}
    assert {"quickstart", "global_mmlu", "normad"} <= set(listed)
    assert listed["global_mmlu"]["data"] == "CohereLabs/Global-MMLU"
    assert listed["global_mmlu"]["fetched"] is False
    assert listed["quickstart"]["fetched"] is True
    short = rows("benchmarks", "kind=short", "language=en")
    assert names(short, "benchmark") == {"blend_short"}


def test_scores_are_those_of_the_capability_file(rows: Rows) -> None:
    danish = rows("scores", "language=da")
    assert "DANSK" in names(danish, "benchmark")
    assert {row["language"] for row in danish} == {"da"}
    assert all(0 <= row["lowest"] <= row["highest"] <= 1 for row in danish)


def test_models_are_those_of_the_verb(rows: Rows, culture_ray: Callable[..., Said]) -> None:
    listed = rows("models", "family=phi")
    assert listed == json.loads(culture_ray("models", "family=phi", "--json").out)


@pytest.mark.slow
def test_runs_say_how_far_they_are(rows: Rows, workplace: Path) -> None:
    assert rows("runs") == []
    settings = small_settings(workplace / "results", "language=[en]")
    answer(settings)
    (found,) = rows("runs")
    assert (found["run"], found["state"], found["left"]) == ("small", "complete", 0)
    assert found["models"] == ["gemma_3_270m"]
    assert found["languages"] == ["en"]
    assert found["requests"] > 0
    next((workplace / "results" / "small" / "labels").rglob("*.arrow")).unlink()
    (found,) = rows("runs", "state=unfinished")
    assert found["left"] > 0
    assert rows("runs", "state=complete") == []
    assert rows("runs", "language=da") == []


def test_a_run_that_cannot_be_read_is_listed_as_such(
    rows: Rows, culture_ray: Callable[..., Said], workplace: Path
) -> None:
    broken = workplace / "results" / "broken"
    broken.mkdir(parents=True)
    (broken / "config.yaml").write_text("{", encoding="utf-8")
    (found,) = rows("runs")
    assert (found["state"], found["requests"], found["left"]) == ("unreadable", None, None)
    assert "?" in culture_ray("list", "runs").out


@pytest.mark.parametrize("kind", [kind for kind in ROOTS if kind != "runs"])
def test_a_table_ends_with_how_many_there_are(
    culture_ray: Callable[..., Said], rows: Rows, kind: str
) -> None:
    said = culture_ray("list", kind)
    assert said.code == 0, said.err
    noun = {"scores": "benchmark"}.get(kind, kind.removesuffix("s"))
    assert f"{len(rows(kind))} {noun}" in said.out or f"{len(rows(kind))} of " in said.out


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ((), ["what to list", "runs, models, topics"]),
        (("--json",), ["what to list"]),
        (("name=x",), ["what to list"]),
        (("topic",), ["unknown list 'topic'", "'topics'"]),
        (("topics", "categry=F"), ["unknown filter 'categry'", "'category'"]),
        (
            ("topics", "label=abortion"),
            ["unknown filter 'label'", "category, language, name, population"],
        ),
        (("topics", "category=Wrk"), ["unknown category 'Wrk'", "'Work'"]),
        (("topics", "language=xx"), ["unknown language 'xx'"]),
        (("topics", "population=Denmark"), ["unknown population 'Denmark'"]),
        (("populations", "kind=land"), ["unknown kind 'land'", "'language'"]),
        (("populations", "topic=abortion"), ["unknown topic 'abortion'"]),
        (("languages", "reviewed=perhaps"), ["reviewed='perhaps'"]),
        (("runs", "state=done"), ["state='done'", "'complete'"]),
        (("benchmarks", "kind=essay"), ["unknown kind 'essay'"]),
        (("benchmarks", "language=xx"), ["unknown language 'xx'"]),
        (("scores", "model=gemma"), ["unknown model 'gemma'", "gemma_2_"]),
    ],
)
def test_what_is_not_known_is_named(
    culture_ray: Callable[..., Said], words: tuple[str, ...], named: list[str]
) -> None:
    complaint = culture_ray("list", *words).complaint
    for name in named:
        assert name in complaint
