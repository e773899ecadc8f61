"""A folder of a user's own files comes before the project's, and is where new files go."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from culture_ray.config.files import (
    OWN_FOLDER,
    choices,
    conf_folder,
    files_of,
    find_file,
    own_folder,
    writable_folder,
)
from culture_ray.config.hydra_hooks.own_files import package_of
from culture_ray.errors import WrongValue
from tests.conftest import Said

MINE = "# @package model.mine\nengine: vllm\nfamily: mine\nsource: me/mine\nparameters: 1e9\n"
PLAN = ("plan", "experiment=quickstart", "topics.only=[f118]", "design.prompts_per_language=4")


def with_model(folder: Path, name: str = "mine") -> None:
    (folder / "model").mkdir(parents=True)
    (folder / "model" / f"{name}.yaml").write_text(MINE)


def test_without_a_folder_of_ones_own_only_the_projects_files_are_there(workplace: Path) -> None:
    assert own_folder() is None
    assert find_file("config.yaml") == conf_folder() / "config.yaml"
    assert "mine" not in choices("model")


@pytest.mark.slow
def test_a_folder_beside_ones_work_is_found_by_every_verb(
    workplace: Path, culture_ray: Callable[..., Said]
) -> None:
    with_model(workplace / OWN_FOLDER)
    assert "mine" in choices("model")
    said = culture_ray(*PLAN, "model=[mine]", "language=[en]")
    assert said.code == 0, said.err
    assert "mine" in culture_ray("plan", "--help").out
    assert "did you mean 'mine'?" in culture_ray(*PLAN, "model=[mime]").complaint


@pytest.mark.slow
def test_the_environment_names_a_folder_that_lies_elsewhere(
    tmp_path: Path, workplace: Path, monkeypatch: pytest.MonkeyPatch,
    culture_ray: Callable[..., Said],
) -> None:  # fmt: skip
    with_model(tmp_path / "shared")
    monkeypatch.setenv("CULTURE_RAY_CONF", str(tmp_path / "shared"))
    assert culture_ray(*PLAN, "model=[mine]", "language=[en]").code == 0
    assert writable_folder(None) == (tmp_path / "shared").resolve()
    monkeypatch.setenv("CULTURE_RAY_CONF", str(tmp_path / "gone"))
    with pytest.raises(WrongValue, match="CULTURE_RAY_CONF"):
        own_folder()
    assert "CULTURE_RAY_CONF" in culture_ray(*PLAN).complaint


@pytest.mark.slow
def test_ones_own_file_hides_the_projects_of_that_name(
    workplace: Path, culture_ray: Callable[..., Said]
) -> None:
    folder = workplace / OWN_FOLDER / "language"
    folder.mkdir(parents=True)
    text = (conf_folder() / "language" / "en.yaml").read_text(encoding="utf-8")
    (folder / "en.yaml").write_text(text.replace("reviewed: false", "reviewed: true"))
    assert files_of("language")["en"] == folder / "en.yaml"
    said = culture_ray(*PLAN, "language=[da,en]")
    assert "not yet confirmed by a person: da\n" in said.out


def test_new_files_go_where_they_are_found_again(workplace: Path) -> None:
    assert writable_folder("here") == Path("here")
    assert writable_folder(None) == conf_folder()  # a clone's own
    (workplace / OWN_FOLDER).mkdir()
    assert writable_folder(None) == workplace / OWN_FOLDER


@pytest.mark.slow
def test_a_file_of_three_lines_is_a_model_and_a_judge(
    workplace: Path, culture_ray: Callable[..., Said]
) -> None:
    (workplace / OWN_FOLDER / "model").mkdir(parents=True)
    (workplace / OWN_FOLDER / "model" / "mine.yaml").write_text(MINE.partition("\n")[2])
    said = culture_ray(*PLAN, "model=[mine]", "judge=[mine]", "judge.mine.sampling.max_tokens=99")
    assert said.code == 0, said.err
    for stage in ("elicit", "judge"):
        assert re.search(rf"{stage} +mine", said.out), said.out
    unknown = culture_ray(*PLAN, "model=[mine]", "judge=[mime]")
    assert "unknown judge 'mime'" in unknown.complaint


def test_files_without_a_header_go_where_the_others_of_their_folder_go() -> None:
    assert package_of("language/ca.yaml") == "language.ca"
    assert package_of("model/qwen_2_5") == "model.qwen_2_5"
    assert package_of("topics/own.yaml") == "topics"
    assert package_of("experiment/first.yaml") == "_global_"
    assert package_of("nothing_like_it/x.yaml") == package_of("x.yaml") == ""
