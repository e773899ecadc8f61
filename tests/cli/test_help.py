"""Help texts fit a terminal, name every verb and choice, and their examples can be typed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from culture_ray.cli.catalogue import VERBS
from culture_ray.cli.descriptions import described_keys
from culture_ray.cli.help import overview, verb_help
from culture_ray.cli.verbs.lists import ROOTS
from culture_ray.cli.words import reads
from culture_ray.config.compose import compose_and_run
from culture_ray.config.files import choices
from culture_ray.config.import_choices import with_constants
from culture_ray.errors import ExitCode
from tests.conftest import ROOT, Said

each_verb = pytest.mark.parametrize("verb", VERBS)
WITHOUT_LANGUAGES = {
    "populations", "translate", "capability", "export", "models", "probe", "track", *ROOTS.values(),
}  # fmt: skip
"""Roots of compositions that choose no language."""
EXAMPLES = [(name, command) for name, verb in VERBS.items() for command, _ in verb.examples]


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",), ("help",)])
def test_the_command_alone_and_help_show_the_overview(
    culture_ray: Callable[..., Said], words: tuple[str, ...]
) -> None:
    said = culture_ray(*words)
    assert (said.code, said.out.rstrip("\n"), said.err) == (0, overview(), "")


@pytest.mark.parametrize("words", [("plan",), ("list", "topics")])
def test_help_before_a_verb_is_its_help(
    culture_ray: Callable[..., Said], words: tuple[str, ...]
) -> None:
    assert culture_ray("help", *words) == culture_ray(*words, "--help")
    assert "did you mean 'list'?" in culture_ray("help", "lsit").complaint


def test_the_overview_names_every_verb_and_exit_code() -> None:
    for name, verb in VERBS.items():
        assert re.search(rf"^  {name} +{re.escape(verb.summary)}$", overview(), re.MULTILINE)
    for code in ExitCode:
        assert re.search(rf"^ +{code.value} +{re.escape(code.meaning)}$", overview(), re.MULTILINE)


def test_the_readme_has_the_same_table_of_exit_codes() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", readme, re.MULTILINE)
    assert rows == [(str(code.value), code.meaning) for code in ExitCode]


HELPS = [(name, word) for name, verb in VERBS.items() for word in ("", *verb.roots)]
"""Verbs, and the words that some take after them."""


@pytest.mark.parametrize(("verb", "word"), HELPS)
def test_help_shows_the_options_of_a_verb_and_no_others(
    culture_ray: Callable[..., Said], verb: str, word: str
) -> None:
    said = culture_ray(*filter(None, (verb, word)), "--help")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith(f"usage: culture-ray {verb} ")
    if not word and (VERBS[verb].roots or not VERBS[verb].composes):
        assert all(word in said.out for word in VERBS[verb].roots)
        return
    text = " ".join(said.out.split())
    for key in described_keys(VERBS[verb].roots.get(word, VERBS[verb].root)):
        option = f" {key.name}={key.default}"
        if not VERBS[verb].keys or reads(VERBS[verb], key.name):
            assert f"{option} {key.about}" in text
            for name in choices(key.group) if key.group else ():
                assert re.search(rf"\b{name}\b", said.out), f"{key.group}/{name}"
        else:
            assert f"{option} " not in text


@each_verb
def test_texts_fit_eighty_columns(verb: str) -> None:
    helps = [verb_help(verb, word) for word in ("", *VERBS[verb].roots)]
    for line in "\n".join((overview(), *helps)).splitlines():
        assert len(line) <= 80, line


@pytest.mark.slow
@pytest.mark.parametrize(("verb", "command"), EXAMPLES, ids=[command for _, command in EXAMPLES])
def test_examples_are_commands_that_compose(verb: str, command: str, workplace: Path) -> None:
    for flag in VERBS[verb].flags:
        name, _, value = flag.partition(" ")
        command = re.sub(rf" {name}" + (r" \S+" if value else ""), "", command)
    program, first, *words = shlex.split(command)
    assert (program, first) == ("culture-ray", verb)
    root = VERBS[verb].root
    if VERBS[verb].roots:
        root, words = VERBS[verb].roots[words[0]], words[1:]
    without = [] if any(word.startswith("language=") for word in words) else ["language=[]"]
    without = [] if root in WITHOUT_LANGUAGES else without
    if root == "import":  # of which model and language are constants, not choices of conf
        words = with_constants(words)
    if root == "translate":  # which takes a language that there is no file of yet
        words = [re.sub("^language=", "target=", word) for word in words]
    seen: list[object] = []
    words = [word for word in words if word != "--json"]  # the verb's own, not Hydra's
    compose_and_run("a test", [*words, *without], lambda content, _: seen.append(content), root)
    assert len(seen) == 1


@each_verb
def test_examples_in_the_help_of_a_verb_can_be_pasted(verb: str) -> None:
    pasted = verb_help(verb).replace(" \\\n", " ")
    text = " ".join(pasted.split())
    for command, what in VERBS[verb].examples:
        assert f"{command} {what}" in text


@each_verb
def test_every_verb_leads_to_a_function(verb: str) -> None:
    module, _, function = VERBS[verb].code.partition(":")
    assert callable(getattr(import_module(f"culture_ray.cli.commands.{module}"), function))


def test_scripts_in_jobs_are_named_after_the_verbs_that_they_run() -> None:
    scripts = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "jobs").glob("*.py")}
    assert {"sweep", "analyse", "report"} <= set(scripts) <= set(VERBS)
    for verb, text in scripts.items():
        assert f'run_verb("{verb}")' in text
