"""Configuration files read with libyaml hold what PyYAML's own parser reads from them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from omegaconf import OmegaConf, _utils
from yaml import YAMLError
from yaml._yaml import CParser

from culture_ray.config.files import conf_folder
from culture_ray.config.hydra_hooks.quick_yaml import quick_yaml

FILES = sorted(conf_folder().rglob("*.yaml"))


def _written(text: str) -> str:
    # Through the function that Hydra calls: the tests' own memory of files is beside the point.
    return repr(_utils.yaml.load(io.StringIO(text), Loader=_utils.get_yaml_loader()))


@pytest.mark.parametrize("folder", sorted({path.parent.name for path in FILES}))
def test_every_file_of_the_conf_tree_is_read_alike(folder: str) -> None:
    smallest = sorted((p for p in FILES if p.parent.name == folder), key=lambda p: p.stat().st_size)
    for path in smallest[:2]:
        text = path.read_text(encoding="utf-8")
        slow = _written(text)
        with quick_yaml():
            assert issubclass(_utils.get_yaml_loader(), CParser)
            assert _written(text) == slow


@pytest.mark.parametrize(
    "text",
    [
        "a: 1e3",
        "a: 2024-01-01",
        "a: 1:30",
        "a: yes",
        "a: .5e1",
        "a: 0x1f",
        "a: ~",
        "a: 'ø \U0001f600'",
    ],
)
def test_values_have_the_types_that_omegaconf_gives_them(text: str) -> None:
    slow = _written(text)
    with quick_yaml():
        assert _written(text) == slow


@pytest.mark.parametrize("text", ["a: 1\na: 2", "a: [1", "\ta: 1", "a: b: c"])
def test_what_cannot_be_read_is_refused_alike(text: str) -> None:
    for line in (False, True):
        with pytest.raises(YAMLError) as problem:
            if line:
                with quick_yaml():
                    _written(text)
            else:
                _written(text)
        assert "line" in str(problem.value)


def test_a_composition_within_another_one_changes_nothing() -> None:
    with quick_yaml():
        outer = _utils.get_yaml_loader()
        with quick_yaml():
            assert _utils.get_yaml_loader() is outer


def test_omegaconf_has_its_own_loader_back_afterwards(tmp_path: Path) -> None:
    before = _utils.get_yaml_loader
    with pytest.raises(ZeroDivisionError), quick_yaml():
        _ = 1 / 0
    assert _utils.get_yaml_loader is before
    assert OmegaConf.create("a: 1e3").a == 1000.0
