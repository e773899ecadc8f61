"""The place of a run is the one that Hydra composes, from plain words without it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from culture_ray.config.compose import compose
from culture_ray.config.files import OWN_FOLDER
from culture_ray.config.hydra_hooks.plain_words import plain_place
from culture_ray.config.hydra_hooks.refusals import WITHOUT_TEXTS


def test_plain_words_name_the_place_that_hydra_composes() -> None:
    words = ["run=paper-2", "results=../some/where.d"]
    content = compose([WITHOUT_TEXTS, *words])[0]
    assert plain_place(words) == {key: content[key] for key in ("run", "results")}


def test_without_a_word_the_place_is_that_of_the_root_file() -> None:
    assert plain_place([]) == {"run": None, "results": "results"}


@pytest.mark.parametrize(
    "word",
    [
        "run=12", "run=1e3", "run=null", "run=True", "run=inf", "run='a b'", "run=a,b", "run=",
        "run=${seed}", "run=a/b", "+run=a", "run=[a]", "results=.5", "results=~/there",
        "experiment=paper", "seed=2", "--multirun", "rnu=a", "run",
    ],
)  # fmt: skip
def test_other_words_are_left_to_hydra(word: str) -> None:
    assert plain_place([word]) is None


def test_a_root_file_of_ones_own_is_left_to_hydra(workplace: Path) -> None:
    own = workplace / OWN_FOLDER
    own.mkdir()
    (own / "config.yaml").write_text("results: elsewhere\n", encoding="utf-8")
    assert plain_place(["run=a"]) is None


@pytest.mark.slow
def test_the_status_of_a_run_imports_no_hydra(tmp_path: Path) -> None:
    code = (
        "import sys; from culture_ray.cli.commands import status; from culture_ray.errors import "
        "NoSuchRun\ntry: status.act(['run=nowhere'])\nexcept NoSuchRun: pass\n"
        "else: sys.exit(2)\nsys.exit('hydra' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False).returncode == 0
