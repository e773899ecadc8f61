"""The offline second opinion on a response's language."""

from __future__ import annotations

import pytest

from culture_ray.errors import UnknownName
from culture_ray.judging.language_id import LanguageDetector, detectable, undetectable

FOUR = ("da", "en", "nl", "pt")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("1. Jeg synes, at det er i orden, hvis folk selv har valgt det.", "da"),
        ("1. I think it is all right as long as people chose it themselves.", "en"),
        ("1. Ik vind het prima, zolang mensen er zelf voor hebben gekozen.", "nl"),
        ("1. Acho que está tudo bem, desde que as pessoas tenham escolhido.", "pt"),
    ],
)
def test_a_sentence_is_enough(text: str, language: str) -> None:
    assert LanguageDetector(FOUR).detect(text).language == language


@pytest.mark.parametrize("text", ["", "1. 2. 3.", "Ja.", "ok", "???", "Det er i orden"])
def test_too_little_text_is_left_undetermined(text: str) -> None:
    assert LanguageDetector(FOUR).detect(text).language is None


@pytest.mark.slow
def test_only_candidates_are_named_and_detectors_do_not_disturb_each_other() -> None:
    danish = "Jeg synes, at det er i orden, hvis folk selv har valgt det."
    without, with_it = LanguageDetector(["en", "nl", "pt"]), LanguageDetector(FOUR)
    assert without.detect(danish).language != "da"
    assert with_it.detect(danish).language == "da"


def test_a_probability_below_the_limit_is_undetermined() -> None:
    mixed = "Es ist in Ordnung, jeder soll selbst entscheiden"
    found = LanguageDetector(FOUR, min_probability=0.999).detect(mixed)
    assert found.language is None
    assert 0 < found.probability < 0.999


@pytest.mark.slow
def test_an_unknown_candidate_is_named() -> None:
    with pytest.raises(UnknownName, match="unknown language 'xx'"):
        LanguageDetector(["da", "xx"])


NORWEGIAN = (
    "Jeg mener at kvinner må få bestemme over egen kropp, og at staten ikke bør blande seg inn."
)


@pytest.mark.slow
@pytest.mark.parametrize("code", ["nb", "nn", "no", "nb-NO"])
def test_norwegian_is_norwegian_by_every_code(code: str) -> None:
    detector = LanguageDetector()
    assert not detector.differs(detector.detect(NORWEGIAN).language, code)
    assert detector.differs(detector.detect(NORWEGIAN).language, "sv")


@pytest.mark.slow
def test_a_language_without_a_detector_is_named_and_never_wrong() -> None:
    assert undetectable(["da", "nb", "pt-BR", "zh-Hans", "tlh", "qya"]) == ["tlh", "qya"]
    assert not LanguageDetector().differs("en", "tlh")
    assert detectable(["nb", "pt-BR", "tlh"]) == ["no", "pt"]


@pytest.mark.slow
def test_words_with_vowel_signs_are_read_whole() -> None:
    hindi = "मुझे लगता है कि लोगों को अपना जीवन खुद तय करने का अधिकार होना चाहिए।"
    assert LanguageDetector().detect(hindi).language == "hi"
