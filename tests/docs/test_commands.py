"""Every command on the pages runs in a folder with its inputs, or else its arguments compose.

Commands of a page run in their order, one after the other, as a reader would type them.
"""

from __future__ import annotations

import importlib.util
import re
import shlex
import shutil
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir

from culture_ray.cli.catalogue import VERBS
from culture_ray.config.compose import compose_and_run
from culture_ray.config.files import OWN_FOLDER, conf_folder
from tests.conftest import ROOT, Said
from tests.docs.examples import PAGE as EXTENDING
from tests.docs.examples import write_examples
from tests.docs.pages import PAGES, Command, commands
from tests.docs.prepared import prepare
from tests.docs.test_extending import COMMANDS as PLANNED

CultureRay = Callable[..., Said]

HERE = (
    "plan", "status", "import", "analyse", "report", "populations", "label-sheet", "export",
    "capability", "compare", "container", "leaderboard", "list", "models",
)  # fmt: skip
"""Verbs that run here as they are; also judge-check on a run, and submit as a dry run."""

INSTEAD = {
    "sweep": "it loads models; what it would do is planned",
    "probe": "it asks a server; its words are composed",
    "fetch": "it downloads weights; the sweep that it is for is planned",
    "submit": "it needs Slurm; it runs as a dry run",
    "cancel": "it needs a job of Slurm; its words are composed",
    "track": "it needs MLflow; its words are composed",
    "translate": "it loads a model; its words are composed",
    "vary": "it loads a model; its words are composed",
    "judge-check": "it loads a judge; its words are composed",
    "status": "a command before it would have made the run; its words are composed",
    "compare": "a command before it would have made the runs; its words are composed",
}
"""Reasons why a verb does not run here, and what is done instead."""

OTHERS = {
    "make": "builds, downloads or takes long; its target is in the Makefile",
    "pip": "downloads; its extras are in pyproject.toml",
    "python": "takes long or a GPU; its module is there",
    "source": "changes the reader's shell",
    "export": "changes the reader's shell",
    "git": "fetches from the network",
    "cd": "goes where the commands here already are",
    "mkdir": "its folder is made here before",
    "cp": "the file that it copies is there",
    "sbatch": "it needs Slurm; its script is there and its sweep is planned",
}
"""Programs that are not ours, and why they are not run; `checked` says what is looked at."""

WITH_COMMANDS = [page for page in PAGES if list(commands(page))]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the inputs of the pages' commands; copied for each page."""
    folder = tmp_path_factory.mktemp("prepared") / "work"
    folder.mkdir()
    prepare(folder)
    (folder / OWN_FOLDER / "cluster").mkdir()
    shutil.copy(
        conf_folder() / "cluster" / "university.yaml", folder / OWN_FOLDER / "cluster/mine.yaml"
    )
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_of_a_page_run_or_compose(
    page: Path, prepared: Path, workplace: Path, culture_ray: CultureRay
) -> None:
    shutil.copytree(prepared, workplace, dirs_exist_ok=True)
    write_examples(workplace / OWN_FOLDER)
    wrong = []
    for command in commands(page):
        words = shlex.split(command.words)
        program = Path(words[0]).name
        if page == EXTENDING and words[1:] in PLANNED:
            continue
        if program == "culture-ray":
            said = ours(culture_ray, words[1:])
            if said.code:
                wrong.append(f"{command.place}\n  exit code {said.code}: {said.err or said.out}")
        else:
            assert program in OTHERS, f"{command.place}: neither ours nor known why it is not run"
            checked(culture_ray, command, words)
    assert not wrong, "\n".join(wrong)


def test_every_reason_is_of_a_command_that_is_there() -> None:
    every = [shlex.split(command.words) for page in PAGES for command in commands(page)]
    programs = {Path(words[0]).name for words in every}
    assert set(OTHERS) <= programs
    verbs = {words[1] for words in every if Path(words[0]).name == "culture-ray"}
    assert set(INSTEAD) <= verbs
    assert set(HERE) <= verbs


def ours(culture_ray: CultureRay, words: Sequence[str]) -> Said:
    """Do what a command of ours says, or what stands for it here."""
    verb, rest = words[0], list(words[1:])
    if verb not in VERBS or "--help" in rest:
        return culture_ray(*words)
    if any(word.startswith(("push=", "file=hub:")) for word in rest):
        return composed(verb, rest)  # they need the hub; tests/cli/commands/publish has one
    if verb == "judge-check" and any(word.startswith("run=") for word in rest):
        return culture_ray(*words)
    if verb in {"status", "compare"} and not all(run.is_dir() for run in _runs_of(rest)):
        return composed(verb, rest)
    if verb in HERE or "--dry-run" in rest:
        return culture_ray(*words)
    assert verb in INSTEAD, f"{verb}: say in HERE or INSTEAD what is done with it"
    if verb == "submit":
        return culture_ray(*words, "--dry-run")
    if verb in {"sweep", "fetch"}:
        return culture_ray("plan", *_one_composition(_without_flags(verb, rest)))
    return composed(verb, rest)


def composed(verb: str, words: list[str]) -> Said:
    """Compose the words of a command from the file that its verb begins with."""
    words = _without_flags(verb, words)
    root = VERBS[verb].root
    if root == "translate":  # which takes a language that there is no file of yet
        words = [re.sub("^language=", "target=", word) for word in words]
    seen: list[object] = []
    compose_and_run("a test", words, lambda content, _: seen.append(content), root)
    assert len(seen) == 1
    return Said(0, "", "")


def checked(culture_ray: CultureRay, command: Command, words: list[str]) -> None:
    """Look at what a command of another program takes for granted."""
    program, rest = Path(words[0]).name, words[1:]
    place = command.place
    if program == "make":
        text = (ROOT / "Makefile").read_text(encoding="utf-8")
        assert all(re.search(rf"^{target}:", text, re.MULTILINE) for target in rest), place
    elif program == "pip":
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        for extras in re.findall(r"\[([^]]+)\]", command.words):
            assert set(extras.split(",")) <= set(project["optional-dependencies"]), place
    elif program == "python":
        assert rest[0] == "-m" and importlib.util.find_spec(rest[1]), place
    elif program == "cp":
        assert (ROOT / rest[0]).is_file(), place
    elif program == "sbatch":
        script = next(word for word in rest if not word.startswith("-") and word != ":")
        assert (ROOT / script).is_file(), place
        said = culture_ray("plan", *rest[rest.index(script) + 1 :])
        assert said.code == 0, f"{place}: {said.err}"


def _runs_of(words: Sequence[str]) -> list[Path]:
    given = dict(word.split("=", 1) for word in words if "=" in word)
    names = given.get("run", "").strip("[]").split(",")
    return [Path(given.get("results", "results")) / name for name in names]


def _without_flags(verb: str, words: Sequence[str]) -> list[str]:
    """Return words without the verb's own flags and their values."""
    kept, skip = [], False
    values = {flag.split()[0] for flag in VERBS[verb].flags if " " in flag}
    for word in words:
        if skip or word in {flag.split()[0] for flag in VERBS[verb].flags}:
            skip = word in values
            continue
        kept.append(word)
    return kept


def _one_composition(words: Sequence[str]) -> list[str]:
    """Return the first of what a --multirun would compose; its launcher's words are composed."""
    if "--multirun" not in words:
        return list(words)
    launcher = [word for word in words if word.startswith("hydra")]
    with initialize_config_dir(str(conf_folder()), version_base="1.3"):
        compose("config", overrides=["language=[]", *launcher], return_hydra_config=True)
    plain = [word for word in words if word != "--multirun" and word not in launcher]
    return [re.sub(r"^([\w.]+=)([^\[{,]+),.*", r"\1\2", word) for word in plain]
