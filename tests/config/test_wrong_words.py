"""A mistake on the command line is one line that names it, with exit code 2."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Said

# Without a language composing is quick, and what is tested here is found out before it is missed.
BASE = ("experiment=quickstart", "language=[]")
MODEL = "model.gemma_3_270m"

WRONG: list[tuple[str, list[str]]] = [
    # names that do not exist
    ("experiment=papper", ["unknown experiment 'papper'", "'paper'"]),
    ("model=[gemma_2_2bb]", ["unknown model 'gemma_2_2bb'", "'gemma_2_2b'"]),
    ("judge=[gemma_9b]", ["unknown judge 'gemma_9b'", "'gemma_2_9b'"]),
    ("populations=wvs", ["unknown populations 'wvs'", "evs_wvs_joint_v5"]),
    ("topics.only=[f12]", ["unknown topic 'f12' in topics.only", "'f12"]),
    # keys that do not exist
    ("sed=1", ["unknown key 'sed'", "'seed'"]),
    ("+sed=1", ["unknown key 'sed'", "'seed'"]),
    ("design.sample=2", ["unknown key 'design.sample'", "'design.samples'"]),
    (f"{MODEL}.dtyp=float16", [f"unknown key '{MODEL}.dtyp'", f"'{MODEL}.dtype'"]),
    ("model.gemma_3_27m.chat=true", ["unknown key 'model.gemma_3_27m.chat'", f"'{MODEL}.chat'"]),
    ("~sead", ["unknown key 'sead'", "'seed'"]),
    # a key that has its default in the code
    (f"{MODEL}.dtype=float32", [f"+{MODEL}.dtype=VALUE"]),
    # values, of which there are more in test_run_settings.py
    ("seed=abc", ["seed='abc'", "integer"]),
    ("stages=[elict]", ["stages.0='elict'", "'elicit'"]),
    ("model=[]", ["model=[]", "gemma_2_2b"]),
    ("~seed", ["seed is missing", "seed=VALUE"]),
    ("experiment=3", ["must be a string or a list"]),
    # words that are no override
    ("seed", ["'seed'", "KEY=VALUE"]),
    ("=3", ["'=3'", "KEY=VALUE"]),
    ("paper", ["'paper' is not an override", "experiment=paper"]),
    ("gemma_2_9b", ["'gemma_2_9b' is not an override", "'model=[gemma_2_9b]'"]),
    ("da", ["'language=[da]'"]),
    ("jureca", ["cluster=jureca"]),
    ("language=[catalan]", ["no texts in Catalan ('ca')", "culture-ray translate language=ca"]),
    ("topics.only=[justifiable]", ["topics.only='justifiable'", "f117 (", " more"]),
    ("model=[gemma_2_2b", ["'model=[gemma_2_2b'", "bracket"]),
    ("model=gemma_2_2b]", ["'model=gemma_2_2b]'", "bracket"]),
    ("run='open", ["run='open", "quote"]),
    ("model=gemma_2_2b,gemma_2_9b", ["model=gemma_2_2b,gemma_2_9b", "[value1,value2]"]),
    ("seed=${sed}", ["'sed' not found", "seed"]),
    ("--verbose", ["unknown flag '--verbose'"]),
    ("--resolve", ["--resolve", "--cfg"]),
    ("--config-dir=/no/such/folder", ["/no/such/folder"]),
]


@pytest.mark.parametrize(("word", "named"), WRONG, ids=[word for word, _ in WRONG])
def test_a_wrong_word_is_named_in_one_line(
    culture_ray: Callable[..., Said], workplace: Path, word: str, named: list[str]
) -> None:
    complaint = culture_ray("plan", *BASE, word).complaint
    for name in named:
        assert name in complaint
    assert list(workplace.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("word", "named"),
    [
        ("design.samples=0", ["design.samples=0", "at least 1"]),
        ("populations.compare=[DK,SE]", ["unknown population 'SE' in populations.compare"]),
        ("populations.us=USA", ["unknown population 'USA' in populations.us", "'US'"]),
    ],
)
def test_a_wrong_value_is_named_in_one_line(
    culture_ray: Callable[..., Said], word: str, named: list[str]
) -> None:
    complaint = culture_ray("plan", "experiment=quickstart", "language=[en]", word).complaint
    for name in named:
        assert name in complaint


def test_an_unknown_language_names_the_nearest(culture_ray: Callable[..., Said]) -> None:
    complaint = culture_ray("plan", "experiment=quickstart", "language=[dk]").complaint
    assert complaint == "unknown language 'dk': did you mean 'da'?"


@pytest.mark.parametrize("verb", ["plan", "sweep", "status"])
def test_a_run_needs_a_name(culture_ray: Callable[..., Said], verb: str) -> None:
    assert "run=None" in (said := culture_ray(verb, "language=[]").complaint)
    assert "quickstart" in said


@pytest.mark.parametrize(
    ("word", "near"), [("plam", "plan"), ("Sweep", "sweep"), ("stat", "status"), ("xyz", "plan")]
)
def test_an_unknown_verb_names_the_nearest(
    culture_ray: Callable[..., Said], word: str, near: str
) -> None:
    complaint = culture_ray(word, "experiment=quickstart").complaint
    assert f"unknown verb '{word}'" in complaint
    assert near in complaint
