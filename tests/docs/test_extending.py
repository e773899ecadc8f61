"""Every example file of docs/extending.md is complete: the page's commands run with it as it is."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from culture_ray.config.files import OWN_FOLDER, groups
from tests.benchmarks.answering import Answering
from tests.conftest import Said
from tests.docs.examples import PAGE, examples, write_examples
from tests.docs.pages import commands
from tests.docs.prepared import our_survey
from tests.in_process import in_process  # noqa: F401 - a fixture

ALL = [shlex.split(command.words)[1:] for command in commands(PAGE)]
COMMANDS = [words for words in ALL if words[0] == "plan" or "--dry-run" in words]
READING = [words for words in ALL if words[0] == "populations"]


def choosing(name: str) -> Iterator[list[str]]:
    """Yield the commands that choose a file; a table is chosen with the file of its name."""
    group, _, stem = name.rpartition(".")[0].partition("/")
    for words in [*COMMANDS, *READING]:
        for word in words:
            key, _, value = word.partition("=")
            if key == group and stem in value.strip("[]").split(","):
                yield words


@pytest.fixture
def own(workplace: Path) -> Path:
    """A folder of one's own with every file of the page."""
    write_examples(workplace / OWN_FOLDER)
    our_survey(workplace / "ours.sav")
    return workplace / OWN_FOLDER


@pytest.mark.slow
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_of_the_page_runs_with_the_pages_files(
    own: Path, culture_ray: Callable[..., Said], words: list[str]
) -> None:
    before = sorted(own.parent.rglob("*"))
    said = culture_ray(*words)
    assert said.code == 0, said.err
    assert sorted(own.parent.rglob("*")) == before  # plans and dry runs write nothing


@pytest.mark.slow
def test_the_pages_benchmark_is_put_scored_and_reported_as_its_file_says(
    own: Path,
    culture_ray: Callable[..., Said],
    in_process: object,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("culture_ray.cli.commands.sweep.make_engine", Answering)
    monkeypatch.setattr(
        "culture_ray.cli.commands.sweep.prepare_embedded_models", lambda *_, **__: None
    )
    [planned] = [words for words in COMMANDS if "benchmark=[proverbs]" in words]
    said = culture_ray("sweep", *planned[1:])
    assert said.code == 0, said.err
    run = own.parent / "results" / "proverbs"
    figures = pd.read_csv(run / "benchmarks.csv")
    assert set(figures["language"].dropna()) == {"da", "en"}
    assert {"effort", "restraint"} <= set(figures["group"].dropna())
    assert 'id="benchmark-proverbs"' in (run / "report.html").read_text(encoding="utf-8")
    (run / "benchmarks.csv").unlink()
    assert culture_ray("analyse", "run=proverbs").code == 0
    assert (run / "benchmarks.csv").exists()


@pytest.mark.parametrize("name", examples())
def test_a_command_of_the_page_needs_the_file(
    own: Path, culture_ray: Callable[..., Said], name: str
) -> None:
    (own / name).unlink()
    assert culture_ray(*next(choosing(name))).complaint


def test_every_kind_of_file_has_an_example() -> None:
    kinds = {name.partition("/")[0] for name in examples()}
    # Kinds of statistics and of personas come with the project; their settings are keys.
    assert kinds == set(groups()) - {"inference", "persona"}
