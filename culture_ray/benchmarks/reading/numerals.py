"""Numbers in running text: separators by language, digits of any script, words for thousands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from culture_ray.benchmarks.reading.clean import UNSPACED, western_digits
from culture_ray.survey.language_tags import language_of, region_of

COMMA_LANGUAGES = frozenset(
    {
        *("af", "az", "be", "bg", "bs", "ca", "cs", "da", "de", "el", "es", "et", "eu", "fi", "fr"),
        *("gl", "hr", "hu", "hy", "id", "is", "it", "ka", "kk", "ky", "lt", "lv", "mk", "nb", "nl"),
        *("nn", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "tr", "uk", "uz", "vi"),
    }
)
"""Languages that write a comma before decimals (Unicode CLDR)."""
_POINT_REGIONS = frozenset(
    {"CH", "DO", "GT", "HN", "LI", "MX", "NI", "PA", "PE", "PR", "SV", "US", "ZA", "419"}
)
"""Regions that write a point although others with their language write a comma (CLDR)."""


@dataclass(frozen=True)
class FoundNumber:
    """Number in a text."""

    start: int
    end: int
    value: Decimal


def decimal_comma(language: str) -> bool:
    """Return True if a language writes a comma before decimals; its region can change that."""
    code = language_of(language)
    short = {"no": "no", "sh": "hr"}.get(code, code)
    return short in COMMA_LANGUAGES and region_of(language) not in _POINT_REGIONS


def numbers_in(text: str, language: str) -> list[FoundNumber]:
    """Return the numbers of a text in order; digits that cannot be read as one are left out.

    A separator before exactly three digits groups thousands if the language uses it so ("1.234" is
    1234 in Danish and 1.234 in English), and always where it stands twice; spaces and apostrophes
    only group. Fractions such as 3/4, powers of ten, Chinese numerals and 万, 億, lakh and crore
    count. A digit within a word ("H2O") is no number.
    """
    return list(_numbers(western_digits(unicodedata.normalize("NFKC", text)), language))


def _numbers(text: str, language: str) -> Iterator[FoundNumber]:
    comma = decimal_comma(language)
    for match in _NUMBER.finditer(text):
        value = _cjk(match["cjk"]) if match["cjk"] else _value(match["digits"], comma)
        if value is None:
            continue
        value *= _FACTORS.get((match["factor"] or "").casefold(), Decimal(1))
        if match["rest"]:  # 1万2345
            below = _value(match["rest"], comma)
            value += below if below is not None else 0
        if power := match["power"] or match["exponent"]:
            value *= Decimal(10) ** int(power.replace("−", "-"))
        if match["under"]:
            under = _value(match["under"], comma)
            if not under:
                continue
            value = Decimal(match["mixed"] or 0) + value / under  # 3 1/2
        yield FoundNumber(match.start(), match.end(), -value if match["sign"] else value)


def _value(digits: str, comma: bool) -> Decimal | None:
    """Return the value of digits with separators; None if they form no number."""
    plain = re.sub(r"(?<=\d)[\s'’_\u00a0\u202f](?=\d)", "", digits)
    plain = plain.replace("٬", "").replace("٫", "." if not comma else ",")
    point, group = (",", ".") if comma else (".", ",")
    if "٫" in digits:
        point, group = ("," if comma else "."), ("." if comma else ",")
    parts = plain.split(group)
    if group in plain:
        whole = parts[-1].split(point)[0]
        grouped = len(whole) == 3 and all(1 <= len(p) <= 3 for p in parts[:-1])
        if grouped or (len(parts) > 2 and len(whole) == 3):
            plain = plain.replace(group, "")
        elif len(parts) == 2 and point not in plain:
            plain = plain.replace(group, point)  # 3.5 in a language with commas
        else:
            return None
    elif plain.count(point) > 1:  # 1.234.567 in English can only be groups
        parts = plain.split(point)
        if any(len(p) != 3 for p in parts[1:]):
            return None
        plain = "".join(parts)
    try:
        return Decimal(plain.replace(point, "."))
    except InvalidOperation:
        return None


def _cjk(numeral: str) -> Decimal | None:
    """Return the value of a Chinese or Japanese numeral such as 三千五百万; None if it has none."""
    total = section = number = 0
    for sign in numeral:
        if sign in _CJK_DIGITS:
            number = number * 10 + _CJK_DIGITS.index(sign) % 10 if number else (
                _CJK_DIGITS.index(sign) % 10
            )  # fmt: skip
        elif sign in _CJK_TENS:
            section += max(number, 1) * _CJK_TENS[sign]
            number = 0
        else:
            total = (total + section + number) * int(_FACTORS[sign])
            section = number = 0
    return Decimal(total + section + number)


_CJK_DIGITS = "〇一二三四五六七八九零壱弐参亖伍陸漆捌玖"
_CJK_TENS = {"十": 10, "百": 100, "千": 1000}
_FACTORS = {
    "万": Decimal(10) ** 4, "萬": Decimal(10) ** 4, "만": Decimal(10) ** 4,
    "亿": Decimal(10) ** 8, "億": Decimal(10) ** 8, "억": Decimal(10) ** 8,
    "千": Decimal(1000), "천": Decimal(1000), "百": Decimal(100),
    "thousand": Decimal(1000), "million": Decimal(10) ** 6, "billion": Decimal(10) ** 9,
    "lakh": Decimal(10) ** 5, "crore": Decimal(10) ** 7, "लाख": Decimal(10) ** 5,
    "करोड़": Decimal(10) ** 7, "हज़ार": Decimal(1000), "हजार": Decimal(1000),
}  # fmt: skip
_DIGITS = r"\d+(?:(?:[.,'’_٫٬]|[ \u00a0\u202f](?=\d{3}(?!\d)))\d+)*"
_FACTOR = "|".join(sorted(map(re.escape, _FACTORS), key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?<![^\W{UNSPACED}])(?<!\.)(?P<sign>(?<![\w)])[-−–](?=[\d.]))?"
    rf"(?:(?:(?P<mixed>\d+)\s(?=\d+/\d+(?!\d)))?(?P<digits>{_DIGITS})"
    rf"(?:\s?(?P<factor>{_FACTOR})(?P<rest>\d+)?)?"
    rf"(?:[eE](?P<exponent>[-+]?\d{{1,3}})(?!\w))?"
    rf"(?:\s*(?:[x×*]|\\times)\s*10\s*(?:\^|\*\*)\s*\{{?(?P<power>[-−]?\d{{1,3}})\}}?)?"
    rf"(?:\s?/\s?(?P<under>{_DIGITS}))?"
    rf"(?![A-Za-z]*\d)"
    rf"|(?P<cjk>[一二三四五六七八九十百千万萬億亿零〇]{{2,}}"
    rf"|[零〇一二三四五六七八九十](?=[个個人元円年岁歳次只枚]|\W|$)))",
    re.IGNORECASE,
)
