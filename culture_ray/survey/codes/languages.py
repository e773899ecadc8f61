"""Language tags (BCP 47) from what other studies write: names, ISO 639 codes, other spellings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from culture_ray.survey.codes.countries import country_code
from culture_ray.survey.codes.table import plain, spellings
from culture_ray.survey.language_tags import is_tag


def language_tag(text: str, names: Mapping[str, str], known: Iterable[str] = ()) -> str | None:
    """Return the language tag that a code or a name stands for; None if it is unknown.

    English names, names in the language itself (`names`, tags by `plain` names), ISO 639-1, -2 and
    -3 codes and tags in any spelling are understood: Danish, dansk, DA, dan, dan_Latn, da_DK,
    Portuguese (Brazil). A region is kept, and a script where a language has several. `known` are
    tags that are valid as they are.
    """
    wanted = text.strip().replace("_", "-")
    for tag in known:
        if wanted.casefold() == tag.casefold():
            return tag
    if plain(text) in names:
        return names[plain(text)]
    return _of_tag(wanted) or _of_name(text, names)


def _of_tag(wanted: str) -> str | None:
    language, *parts = wanted.split("-")
    code = _code(language)
    if code is None:
        return None
    kept = [_part(part, code) for part in parts]
    tag = "-".join([code, *filter(None, kept)])
    return tag if is_tag(tag) else None


def _code(word: str) -> str | None:
    """Return the shortest ISO 639 code; a code of three letters that the table lacks is its own."""
    lower = word.lower()
    if not re.fullmatch(r"[a-z]{2,3}", lower):
        return None
    found = spellings("languages").get(lower)
    # ISO 639-3 has thousands of languages; English words of three letters are seldom its codes.
    return found or (lower if len(word) == 3 and word == lower else None)


def _part(part: str, language: str) -> str:
    if re.fullmatch(r"[A-Za-z]{4}", part):
        return part.capitalize() if language in _SEVERAL_SCRIPTS else ""
    if re.fullmatch(r"[A-Za-z]{2}", part):
        return part.upper()
    return part.lower()


def _of_name(text: str, names: Mapping[str, str]) -> str | None:
    """Return the tag of a name with a region or script: Portuguese (Brazil), Brazilian Portuguese.

    Only countries and the scripts of Chinese are understood beside a name.
    """
    table = {**spellings("languages"), **names}
    if plain(text) in table:
        return table[plain(text)]
    match = re.fullmatch(r"(.+?)\s*(?:\((.+)\)|[,/-]\s+(.+))", text.strip())
    language, beside = (match[1], match[2] or match[3]) if match else _adjective(text)
    code = table.get(plain(language))
    if code is None or not beside:
        return None
    if plain(beside) in _SCRIPTS:
        return f"{code}-{_SCRIPTS[plain(beside)]}"
    country = country_code(beside) or _ADJECTIVES.get(plain(beside))
    return f"{code}-{country}" if country and len(country) == 2 else None  # no tag has NIR


def _adjective(text: str) -> tuple[str, str]:
    first, _, last = text.strip().rpartition(" ")
    return last, first


_SCRIPTS = {"simplified": "Hans", "traditional": "Hant", "latin": "Latn", "cyrillic": "Cyrl"}
_ADJECTIVES = {
    "american": "US", "us": "US", "british": "GB", "canadian": "CA", "australian": "AU",
    "indian": "IN", "brazilian": "BR", "european": "PT", "mexican": "MX", "argentinian": "AR",
    "swiss": "CH", "austrian": "AT", "belgian": "BE", "egyptian": "EG",
}  # fmt: skip
_SEVERAL_SCRIPTS = frozenset(
    [
        "az",
        "bs",
        "ff",
        "ha",
        "kk",
        "ks",
        "ku",
        "ky",
        "mn",
        "ms",
        "pa",
        "rm",
        "sd",
        "sh",
        "sr",
        "tg",
        "tk",
        "tt",
        "ug",
        "uz",
        "vi",
        "yue",
        "zh",
    ]
)
