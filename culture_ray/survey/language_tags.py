"""Language tags (BCP 47): which language a code names, and which other codes name it too.

Macrolanguages and deprecated codes are those of the IANA Language Subtag Registry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

EXPECTED = "a language tag (BCP 47) such as da, nb, pt-BR or zh-Hans"


def is_tag(code: str) -> bool:
    """Return True if a code is formed like a language tag: language, script, region, variants."""
    return _TAG.fullmatch(code) is not None


def language_of(code: str) -> str:
    """Return the language that a code names, without region and script: pt for pt-BR, no for nb.

    Languages of one macrolanguage count as one, as their texts can hardly be told apart (bs, hr,
    sr), or the same people write both (nb, nn).
    """
    language = _plain(code)
    return _MACROLANGUAGES.get(language, language)


def region_of(code: str) -> str | None:
    """Return the region of a code in capitals, BR for pt-BR; None without one."""
    parts = re.split(r"[-_]", code.strip())[1:]
    found = [part.upper() for part in parts if re.fullmatch(r"[A-Za-z]{2}|\d{3}", part)]
    return found[0] if found else None


def nearest_code(code: str, known: Iterable[str]) -> str | None:
    """Return the code among `known` that names the same language most closely; None without one.

    The code itself comes first, then the same without region and script, then any other code of
    the language. Other languages of a macrolanguage are other languages here: they have their own
    speakers.
    """
    candidates = list(known)
    lower = code.strip().lower().replace("_", "-")
    parts = lower.split("-")
    for length in range(len(parts), 0, -1):
        for candidate in candidates:
            if candidate.lower().replace("_", "-") == "-".join(parts[:length]):
                return candidate
    return next((one for one in candidates if _plain(one) == _plain(code)), None)


def _plain(code: str) -> str:
    """Return the language of a code as its shortest current code."""
    first = re.split(r"[-_]", code.strip().lower())[0]
    return _SHORTEST.get(first, first)


_TAG = re.compile(
    r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?(?:-(?:[A-Za-z0-9]{5,8}|\d\w{3}))*"
    r"(?:-x(?:-[A-Za-z0-9]{1,8})+)?"
)
_SHORTEST = {
    "iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "fil": "tl", "nb": "no",
    "cmn": "zh", "arb": "ar", "pes": "fa", "swh": "sw", "zsm": "ms", "ekk": "et", "lvs": "lv",
    "npi": "ne",
    "khk": "mn", "ory": "or", "plt": "mg", "als": "sq", "uzn": "uz", "azj": "az",
}  # fmt: skip
"""Deprecated codes, and the codes of the standard language of a macrolanguage."""
_MACROLANGUAGES = {
    member: whole
    for whole, members in {
        "no": "nn", "sh": "bs cnr hr sr", "ms": "id zlm", "zh": "yue wuu nan hak gan",
        "ar": "arz apc ary acm apd afb aeb arq ajp", "fa": "prs", "sw": "swc", "uz": "uzs",
        "az": "azb", "sq": "aln", "qu": "quz quy", "ku": "ckb kmr sdh", "ps": "pbu pbt pst",
        "yi": "ydd yih",
    }.items()
    for member in members.split()
}  # fmt: skip
