"""Lists in any script and style of numbering, read without phrases of their language."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from culture_ray.judging.lists.markers import best_markers, inline_markers
from culture_ray.judging.lists.numerals import value_of
from culture_ray.judging.opinions import split_opinions
from tests.shipped import SHIPPED

CJK = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]
ALPHABETS = {
    "Latin": "abdeghklmnoprstuåæøéñç", "Greek": "αβγδεζηθκλμνπρσ", "Cyrillic": "абвгдежзиклмнопрст",
    "Arabic": "ابتثجحدرزسشعغفقكلمنه", "Hebrew": "אבגדהזחטיכלמנסעפצקרש",
    "Devanagari": "कखगचजटडतदनपबमरलवसह",
    "Bengali": "কখগচজটডতদনপবমরলসহ", "Thai": "กขคงจชดตถทนบปพมยรลวสห",
    "Han": "我他她会不想要能去来看说好国家人民",
    "Kana": "あいうえおかきくけこさしすせそたちつてと", "Hangul": "가나다라마바사아자차카타파하",
}  # fmt: skip
DIGITS = {
    "Arabic": "٠١٢٣٤٥٦٧٨٩", "Persian": "۰۱۲۳۴۵۶۷۸۹",
    "Devanagari": "०१२३४५६७८९", "Bengali": "০১২৩৪৫৬৭৮৯",
    "Thai": "๐๑๒๓๔๕๖๗๘๙", "full width": "０１２３４５６７８９", "European": "0123456789",
}  # fmt: skip
SPACED = (
    "{n}. ", "{n}) ", "({n}) ", "[{n}] ", "{n}: ", "**{n}.** ", "- {n}. ", "{n} - ", "\u200f{n}. ",
    "{n}- ",
)  # fmt: skip
TIGHT = ("{n}、", "（{n}）", "{n}．", "【{n}】", "{n}：", "{n}）", "{n}. ")
LABELS = (
    "Респондент {n}: ", "Mtu wa {n}: ", "Personne n° {n} : ", "受访者{n}：", "المشارك {n}: ",
    "응답자 {n}: ", "Ερωτώμενος {n} - ", "**प्रतिभागी {n}:** ", "P{n}: ", "第{n}位：", "{n}人目：",
    "{n}-й участник: ", "👤 Persona {n}: ", "### Mashkulli nr. {n}\n", "Respondent_{n} - ",
    "Mtu {n}/12: ", "[Osoba {n}] ",
)  # fmt: skip


EXAMPLES = 25 if settings.default.max_examples <= 100 else 1000
"""Examples per style of list, of which there are many."""


@st.composite
def opinions(draw: st.DrawFn, *, least: int = 3) -> list[str]:
    """Draw opinions in one script, as words of its letters."""
    letters = ALPHABETS[draw(st.sampled_from(sorted(ALPHABETS)))]
    word = st.text(letters, min_size=2, max_size=7)
    sentence = st.lists(word, min_size=2, max_size=6).map(" ".join)
    return draw(st.lists(sentence, min_size=least, max_size=12))


def read(lines: list[str], between: str = "\n") -> tuple[str, ...]:
    return split_opinions(between.join(lines), asked=12).opinions


def in_digits(number: int, digits: str) -> str:
    return "".join(digits[int(digit)] for digit in str(number))


@settings(max_examples=EXAMPLES)
@given(
    opinions(),
    st.sampled_from(sorted(DIGITS)),
    st.sampled_from(SPACED + TIGHT),
    st.sampled_from(["\n", "\n\n"]),
)
def test_numbers_of_any_script_and_style_mark_the_opinions(
    items: list[str], digits: str, style: str, between: str
) -> None:
    lines = [style.format(n=in_digits(n, DIGITS[digits])) + item for n, item in enumerate(items, 1)]
    assert read(lines, between) == tuple(items)


SIGNS: dict[str, Callable[[int], str]] = {
    "Chinese numerals": lambda n: f"{CJK[n - 1]}、",
    "Chinese numerals in brackets": lambda n: f"（{CJK[n - 1]}）",
    "circled": lambda n: chr(ord("①") + n - 1),
    "circled, black": lambda n: "❶❷❸❹❺❻❼❽❾❿⓫⓬"[n - 1],
    "in brackets": lambda n: chr(ord("⑴") + n - 1),
    "with a stop": lambda n: chr(ord("⒈") + n - 1) + " ",
    "Roman signs": lambda n: chr(ord("Ⅰ") + n - 1) + ". ",
    "Roman letters": lambda n: (
        ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"][n - 1] + ". "
    ),
    "small Roman letters": lambda n: (
        ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"][n - 1] + ") "
    ),
    "capitals": lambda n: "ABCDEFGHIJKL"[n - 1] + ") ",
    "Cyrillic letters": lambda n: "абвгдежзиклм"[n - 1] + ") ",
    "Greek letters": lambda n: "αβγδεζηθικλμ"[n - 1] + ") ",
    "Arabic letters": lambda n: "أبجدهوزحطيكل"[n - 1] + ") ",
    "Hangul letters": lambda n: "가나다라마바사아자차카타"[n - 1] + ". ",
    "heavenly stems": lambda n: "甲乙丙丁戊己庚辛壬癸子丑"[n - 1] + "：",
    "pictures": lambda n: f"🗣️ {n}. ",
    "keycaps": lambda n: f"{n}\ufe0f\u20e3 ",
    "bullets": lambda n: "• ",
    "dots of Japan": lambda n: "・",
    "squares": lambda n: "■ ",
}


@pytest.mark.parametrize("sign", SIGNS)
@settings(max_examples=EXAMPLES)
@given(items=opinions())
def test_signs_and_letters_mark_the_opinions(sign: str, items: list[str]) -> None:
    lines = [SIGNS[sign](n) + item for n, item in enumerate(items, 1)]
    if sign == "keycaps":
        lines = lines[:9]
    assert read(lines) == tuple(items[: len(lines)])


@pytest.mark.parametrize("label", LABELS)
@settings(max_examples=EXAMPLES)
@given(items=opinions())
def test_labels_that_count_mark_the_opinions_in_any_language(label: str, items: list[str]) -> None:
    assert read([label.format(n=n) + item for n, item in enumerate(items, 1)]) == tuple(items)


@pytest.mark.parametrize("style", ["{n}. ", "{n}、", "{n}) ", "（{n}）"])
@settings(max_examples=EXAMPLES)
@given(items=opinions(), end=st.sampled_from("。！？"))
def test_a_list_within_one_line_is_split_without_spaces(
    style: str, items: list[str], end: str
) -> None:
    line = "".join(style.format(n=n) + item + end for n, item in enumerate(items, 1))
    assert read([line]) == tuple(item + end for item in items)


def test_labels_within_one_line_are_found_by_the_words_of_the_first() -> None:
    chinese = "受访者1：支持。受访者2：反对。受访者3：看情况。"
    assert split_opinions(chinese).opinions == ("支持。", "反对。", "看情况。")
    swahili = "Mtu 1: Ndiyo. Mtu 2: Hapana. Mtu 3: Sijui."
    assert split_opinions(swahili).opinions == ("Ndiyo.", "Hapana.", "Sijui.")


@pytest.mark.parametrize(
    ("style", "between"),
    [
        ("{n}/6: {v}", "\n"),
        ("[{n}/6] {v}", "\n"),
        ("Mtu ({n}): {v}", "\n"),
        ("{n} - {v}", " "),
        ("({n}) {v}", " "),
    ],
)
def test_less_usual_numbers_mark_opinions(style: str, between: str) -> None:
    views = ("Yes.", "No.", "Maybe so.", "Not at all.", "I agree.", "I do not.")
    lines = [style.format(n=n, v=view) for n, view in enumerate(views, 1)]
    assert split_opinions(between.join(lines)).opinions == views


@settings(max_examples=EXAMPLES)
@given(items=opinions(least=3), data=st.data())
def test_a_range_speaks_for_each_of_its_people(items: list[str], data: st.DataObject) -> None:
    sizes = [data.draw(st.integers(1, 4)) for _ in items]
    sizes[0] += 1
    dash = data.draw(st.sampled_from(["-", "–", " - ", "～", " to "]))
    lines, first = [], 1
    for item, size in zip(items, sizes, strict=True):
        number = str(first) if size == 1 else f"{first}{dash}{first + size - 1}"
        lines.append(f"{number}. {item}")
        first += size
    split = split_opinions("\n".join(lines), asked=sum(sizes))
    assert split.count == sum(sizes)
    assert split.items == tuple(items)


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("十", 10), ("十二", 12), ("二十", 20), ("二十三", 23), ("三", 3), ("⑩", 10), ("Ⅳ", 4),
     ("٣", 3),
     ("१२", 12), ("㈦", 7), ("፫", 3), ("🔟", 10), ("一二", None), ("十十", None)],
)  # fmt: skip
def test_numerals_have_their_values(numeral: str, value: int | None) -> None:
    assert value_of(numeral) == value


def test_numbers_within_a_line_are_markers_once_they_reach_three() -> None:
    found = inline_markers("Some say 1. yes 2. no 3. perhaps", 0, SHIPPED)
    assert [marker.number for marker in found] == [1, 2, 3]
    assert inline_markers("Some say 1. yes 2. no", 0, SHIPPED) == []


def test_numbers_below_the_first_of_several_labels_are_part_of_its_item() -> None:
    text = "Person 1: Yes, because\n1. it is good\n2. it is old\nPerson 2: No."
    style, markers = best_markers(text, SHIPPED)
    assert style == "label"
    assert [text[marker.start : marker.end].strip() for marker in markers] == [
        "Person 1:", "Person 2:",
    ]  # fmt: skip


def test_numbers_that_are_indented_by_two_are_part_of_the_item_above_them() -> None:
    text = "1. Yes:\n  1. it is good\n  2. it is old\n2. No."
    style, markers = best_markers(text, SHIPPED)
    assert style == "number" and [marker.start for marker in markers] == [0, text.index("2. No")]
