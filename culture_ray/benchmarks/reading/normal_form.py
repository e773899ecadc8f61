"""Normal form of short answers: without case, accents of stress, articles and punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from culture_ray.benchmarks.reading.clean import UNSPACED, clean_text, without_emphasis
from culture_ray.survey.language_tags import language_of

ARTICLES: Mapping[str, str] = {
    "ar": "ال", "ca": "el la els les un una uns unes l'", "da": "en et den det de",
    "de": "der die das den dem des ein eine einen einem einer eines", "el": "ο η το οι τα τον την "
    "του της των ενας μια ενα", "en": "a an the", "es": "el la los las un una unos unas lo",
    "fr": "le la les un une des du l' d'", "he": "ה", "hu": "a az egy",
    "it": "il lo la i gli le un "
    "uno una l' un'", "nl": "de het een", "no": "en et ei den det de", "pt": "o a os as um uma uns "
    "umas", "sv": "en ett den det de",
}  # fmt: skip
"""Articles by language; those of one piece with their word are prefixes: ال, ה, l'."""
_LETTERS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه",
                          "ς": "σ", "ё": "е", "ß": "ss", "ı": "i"})  # fmt: skip
"""Forms of a letter that writers exchange."""
_STRESS = "\u0301\u0300"
"""Accents that mark stress."""


def normal_form(text: str, language: str, strip: Sequence[str] = ()) -> str:
    """Return words parted by single spaces, for comparing answers.

    Unicode in its compatible form, without case, punctuation, marks of emphasis and stress, forms
    of Arabic letters that writers exchange, articles of the language and the words of `strip`.
    """
    folded = _folded(text)
    prefixes, articles = _articles(language)
    left_out = articles | {_folded(word) for word in strip}
    words = [_without_prefix(word, prefixes) for word in folded.split() if word not in left_out]
    return " ".join(words) or folded


def contains(answer: str, alias: str) -> bool:
    """Return True if the normal form of an answer contains that of an alias as whole words.

    In scripts without spaces, and beside particles of Korean, a part of a word counts.
    """
    if not alias:
        return False
    before = "" if _open(alias[0]) else r"(?<![^\W_])"
    after = "" if _open(alias[-1]) else r"(?![^\W_])"
    return re.search(before + re.escape(alias) + after, answer) is not None


def _folded(text: str) -> str:
    plain = without_emphasis(clean_text(text)).casefold().translate(_LETTERS)
    plain = "".join(c for c in unicodedata.normalize("NFD", plain) if c not in _STRESS)
    plain = unicodedata.normalize("NFC", plain)
    plain = re.sub(r"(?<=\w)'(?=\w)", "' ", plain)
    letters = "".join(c if _keeps(c) else " " for c in plain)
    return " ".join(re.sub(r"(?<!\d)[.,]|[.,](?!\d)", " ", letters).split())


def _keeps(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN" or character in ".,'+%"


def _articles(language: str) -> tuple[tuple[str, ...], set[str]]:
    code = language_of(language)
    every = ARTICLES.get(code, "").split()
    joined = tuple(every) if code in ("ar", "he") else ()
    return joined, set() if joined else set(every)


def _without_prefix(word: str, prefixes: Sequence[str]) -> str:
    """Return a word without an article of one piece with it, if three letters are left."""
    for prefix in prefixes:
        if word.startswith(prefix) and len(word) >= len(prefix) + 3:
            return word[len(prefix) :]
    return word


def _open(character: str) -> bool:
    """Return True for scripts in which other letters may follow a word without a space."""
    return re.match(f"[{UNSPACED}]", character) is not None
