"""Phrases of the languages that a run's responses may be in."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.config.files import files_of
from culture_ray.config.phrases import known_phrases
from culture_ray.errors import WrongValue
from culture_ray.judging.flags import is_refusal
from culture_ray.judging.opinions import split_opinions
from culture_ray.judging.vocabulary import vocabulary
from culture_ray.prompts.language import Language
from culture_ray.prompts.phrases import Phrases

SWAHILI = """
code: sw
phrases:
  labels: ['mhojiwa']
  refusals: ['samahani']
  closings: ['kumbuka']
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
    refusal = "Samahani, siwezi kusaidia na jambo hili."
    before = vocabulary(known_phrases({}))
    assert not is_refusal(refusal, split_opinions(refusal, before), before)
    (own_folder / "sw.yaml").write_text(SWAHILI, encoding="utf-8")
    words = vocabulary(known_phrases({}))
    assert is_refusal(refusal, split_opinions(refusal, words), words)
    said = "Mhojiwa 1: Ndiyo.\nMhojiwa 2: Hapana.\nMhojiwa 3: Sijui.\n\nKumbuka: ni mfano."
    split = split_opinions(said, words)
    assert split.opinions == ("Ndiyo.", "Hapana.", "Sijui.")
    assert split.closing.startswith("Kumbuka")


def test_the_runs_own_phrases_come_first_and_replace_those_of_the_file() -> None:
    mine = Phrases(refusals=("mangler",))
    found = known_phrases({"da": language("da", mine)})
    assert found[0] == mine
    texts = [path.read_text(encoding="utf-8") for path in files_of("language").values()]
    assert len(found) == sum("\nphrases:" in text for text in texts) >= 4
    assert sum("beklager" in phrases.refusals for phrases in found) == 0


def test_a_stored_language_without_phrases_takes_those_of_its_file() -> None:
    found = known_phrases({"da": language("da", None)})
    assert any("beklager" in phrases.refusals for phrases in found)


def test_a_phrase_that_cannot_be_used_is_named_with_its_file(own_folder: Path) -> None:
    (own_folder / "sw.yaml").write_text("phrases: {labels: ['mtu (']}\n", encoding="utf-8")
    with pytest.raises(WrongValue, match=r"language\.sw\.phrases\.labels"):
        known_phrases({})
