"""Sections composed as one value each give the configuration that single values give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from omegaconf import DictConfig, OmegaConf

import culture_ray.config.compose as composing
from culture_ray.config.compose import compose
from culture_ray.config.files import OWN_FOLDER
from culture_ray.config.hydra_hooks import quick_yaml as loading
from culture_ray.errors import CultureRayError

BASE = "# @package language.xx\ncode: xx\ntopics: {a: {1: yes and no, k: '2'}, b: [1, 2.5, null]}\n"
FILES = {
    "language/xx.yaml": BASE,
    "language/yy.yaml": "# @package language.xx\ntopics: {a: {1: other}, c: 7}\n",
    "language/zz.yaml": "# @package language.xx\ndefaults: [xx]\ntopics: {a: {k: more}}\n",
    "language/ww.yaml": (
        "# @package language.ww\ntopics: {d: '${seed}', e: '${language.xx.topics.a}'}\n"
    ),
    "experiment/part.yaml": "# @package _global_\nlanguage: {xx: {topics: {b: [9]}}}\n",
    "experiment/whole.yaml": "# @package _global_\nlanguage: {xx: {topics: null}}\n",
    "experiment/text.yaml": "# @package _global_\nrun: ${language.xx.topics.a}\n",
    "root.yaml": (
        "defaults: [{language: [xx]}, _self_, {experiment: null}]\n"
        "seed: 3\nrun: null\nlanguage: {xx: {topics: {c: 1}}}\n"
    ),
    "plain.yaml": "defaults: [{language: [xx]}, {experiment: null}, _self_]\nseed: 3\n",
    "early.yaml": "defaults: [_self_, {language: [xx]}]\nlanguage: {xx: {topics: {c: 1}}}\n",
}


@pytest.fixture
def own(workplace: Path) -> None:
    for name, text in FILES.items():
        path = workplace / OWN_FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _result(words: list[str], root: str) -> object:
    try:
        return compose(words, root)[0]
    except CultureRayError as problem:
        return str(problem)


@pytest.mark.parametrize(
    ("root", "words"),
    [
        ("plain", []),
        ("plain", ["language=[xx,yy]"]),
        ("plain", ["language=[yy,xx]"]),
        ("plain", ["language=[zz]"]),
        ("plain", ["language=[xx,ww]"]),
        ("plain", ["experiment=part"]),
        ("plain", ["experiment=whole"]),
        ("plain", ["+run=1", "experiment=text"]),
        ("plain", ["language.xx.topics.a.k=x"]),
        ("plain", ["+language.xx.topics.new=x"]),
        ("plain", ["~language.xx.topics.b"]),
        ("plain", ["~language.xx.topics"]),
        ("plain", ["language.xx.topics=x"]),
        ("plain", ["language.xx.topics.nowhere=x"]),
        ("plain", ["+run=${language.xx.topics.a}"]),
        ("plain", ["+run=${language.xx.topics.nowhere}"]),
        ("plain", ["+run='all ${language.xx.topics}'"]),
        ("root", []),
        ("early", []),
    ],
)
def test_a_configuration_is_the_same_with_whole_sections(
    own: None, monkeypatch: pytest.MonkeyPatch, root: str, words: list[str]
) -> None:
    found = _result(words, root)
    monkeypatch.setattr(loading, "_section_loader", lambda quick: quick)
    assert found == _result(words, root)


def _texts_made_objects(words: list[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the keys of languages that have single texts in what Hydra composes."""
    found: list[str] = []
    to_container: Callable[..., Any] = OmegaConf.to_container

    def noted(config: DictConfig, **options: Any) -> Any:
        content: Mapping[str, Any] = to_container(config, **options)
        found.extend(
            code
            for code, one in (content.get("language") or {}).items()
            if "a" in (one.get("topics") or {})
        )
        return content

    with monkeypatch.context() as patch:
        patch.setattr(OmegaConf, "to_container", staticmethod(noted))
        composing.compose(words, "plain")
    return found


def test_texts_are_not_made_objects_unless_a_word_changes_one(
    own: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _texts_made_objects([], monkeypatch) == []
    assert _texts_made_objects(["seed=4"], monkeypatch) == []
    assert _texts_made_objects(["language.xx.topics.a.k=x"], monkeypatch) == ["xx"]


def test_every_composition_has_sections_of_its_own(own: None) -> None:
    first, second = compose([], "plain")[0], compose([], "plain")[0]
    first["language"]["xx"]["topics"]["b"].append("changed")
    assert second["language"]["xx"]["topics"]["b"] == [1, 2.5, None]
    assert compose([], "plain")[0] == second
