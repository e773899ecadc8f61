"""Phrases of the languages that a run's responses may be in."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.config.phrases import known_phrases
from culture_ray.errors import WrongValue
from culture_ray.judging.flags import is_refusal
from culture_ray.judging.opinions import split_opinions
from culture_ray.judging.vocabulary import vocabulary
from culture_ray.prompts.language import Language
from culture_ray.prompts.phrases import Phrases

ZULU = """
code: zu
phrases:
  labels: ['umuntu']
  refusals: ['uxolo']
  closings: ['qaphela']
"""


def language(code: str, phrases: Phrases | None) -> Language:
    return Language(code, code, code, {}, {}, 0, phrases=phrases)


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "own"
    (folder / "language").mkdir(parents=True)
    monkeypatch.setenv("CULTURE_RAY_CONF", str(folder))
    return folder / "language"


def test_a_users_language_brings_its_refusals_and_labels(own_folder: Path) -> None:
    refusal = "Uxolo, angikwazi ukusiza ngalokhu."
    before = vocabulary(known_phrases({}))
    assert not is_refusal(refusal, split_opinions(refusal, before), before)
    (own_folder / "zu.yaml").write_text(ZULU, encoding="utf-8")
    words = vocabulary(known_phrases({}))
    assert is_refusal(refusal, split_opinions(refusal, words), words)
    said = "Umuntu 1: Yebo.\nUmuntu 2: Cha.\nUmuntu 3: Angazi.\n\nQaphela: yisibonelo."
    split = split_opinions(said, words)
    assert split.opinions == ("Yebo.", "Cha.", "Angazi.")
    assert split.closing.startswith("Qaphela")


def test_the_runs_own_phrases_come_first_and_replace_those_of_the_file() -> None:
    mine = Phrases(refusals=("mangler",))
    found = known_phrases({"da": language("da", mine)})
    assert found[0] == mine
    assert len(found) == len(known_phrases({}))
    assert sum("beklager" in phrases.refusals for phrases in found) == 0


def test_a_stored_language_without_phrases_takes_those_of_its_file() -> None:
    found = known_phrases({"da": language("da", None)})
    assert any("beklager" in phrases.refusals for phrases in found)


def test_a_phrase_that_cannot_be_used_is_named_with_its_file(own_folder: Path) -> None:
    (own_folder / "zu.yaml").write_text("phrases: {labels: ['mtu (']}\n", encoding="utf-8")
    with pytest.raises(WrongValue, match=r"language\.zu\.phrases\.labels"):
        known_phrases({})


@pytest.mark.parametrize(
    "text",
    [
        "code: zu\nphrases:\n  refusals: [uxolo]\n  # a comment\n\n  labels: [mtu]\ntopics: {}\n",
        "{code: zu, phrases: {refusals: [uxolo], labels: [mtu]}}\n",
        "words: &words [uxolo]\nphrases:\n  refusals: *words\n  labels: [mtu]\n",
    ],
)
def test_the_section_is_found_wherever_it_stands_in_the_file(own_folder: Path, text: str) -> None:
    (own_folder / "zu.yaml").write_text(text, encoding="utf-8")
    assert Phrases(refusals=("uxolo",), labels=("mtu",)) in known_phrases({})


def test_a_file_without_the_section_has_no_phrases(own_folder: Path) -> None:
    before = len(known_phrases({}))
    (own_folder / "yo.yaml").write_text("code: yo\nname: Yoruba\n", encoding="utf-8")
    assert len(known_phrases({})) == before
