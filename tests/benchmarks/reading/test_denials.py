"""Values that an answer denies, takes back or joins are never read as its choice."""

from __future__ import annotations

import pytest

from culture_ray.benchmarks.reading.option import read_option
from culture_ray.benchmarks.reading.unread import Unread

CITIES = ("Paris", "London", "New York", "York")


@pytest.mark.parametrize(
    "text",
    [
        "B is wrong.", "B is not correct.", "B is incorrect.", "B is ruled out.", "B isn't right.",
        "Option B seems incorrect.", "B: incorrect", "B - wrong", "B. Wrong.", "Answer: B is wrong",
        "Anything but B", "Everything except B.", "All except London", "B would be false.",
        "The wrong answer is B.", "London is not the capital.", "I rule out A, C",
        "not A, not B, not C", "Neither A nor B", "It isn't A, B or C.", "A, C and D are wrong.",
        "Antwort B ist falsch.", "B ist nicht richtig.", "La réponse B est fausse.", "Pas B.",
        "Ce n'est pas B", "No es la B", "No B", "Nu B", "Ei B", "Si B", "Non è B", "Não é B",
        "Ikke B", "Inte B", "Niet B", "Nie B", "Не Б", "Б неверно", "B değil", "Không phải B",
        "Bukan B", "ليست ب", "الخيار ب خاطئ", "پاسخ ب نیست", "B درست نہیں ہے", "ख सही नहीं है",
        "उत्तर ख नहीं है", "B সঠিক নয়", "B அல்ல", "ไม่ใช่ ข", "ข ไม่ถูกต้อง",
        "B는 정답이 아닙니다.", "정답은 B가 아닙니다.", "Bではありません。", "答えはBではない。",
        "Bは違います。",
        "B不正确", "不选B", "答案不是B",
        "לא ב", '{"answer": "not B"}', r"\boxed{\neg B}",
    ],
)  # fmt: skip
def test_a_denied_value_is_not_chosen(text: str) -> None:
    assert isinstance(read_option(text, "ABCD", CITIES), Unread)


@pytest.mark.parametrize(
    "text",
    [
        "Nobody says B", "No one would choose B.", "None of them is B.", "Nothing points to B.",
        "Hardly anyone picks B.", "Few people would say B.", "There is no reason to choose B.",
        "Niemand sagt B.", "Nichts spricht für B.", "Personne ne dit B.", "Rien n'indique B.",
        "Nadie dice B.", "Ninguém diz B.", "Nessuno dice B.", "Ingen siger B.", "Inget pekar på B.",
        "Niets wijst op B.", "Nikt nie wybiera B.", "Nikdo neříká B.", "Никто не выбирает B.",
        "Kimse B demez.", "Kukaan ei sano B.", "Senki sem mondja, hogy B.", "没人选B。",
        "无人选择B。",
        "誰もBを選ばない。", "아무도 B를 선택하지 않는다.", "لا أحد يقول B.", "אף אחד לא אומר B.",
        "कोई भी B नहीं कहता।", "কেউ B বলে না।", "Không ai chọn B.", "B is unlikely.",
        "B is the least likely.", "I doubt it is B.", "I would avoid B.", "I disagree with B.",
        "B can be dismissed.", "I would argue against choosing B.", "I refuse to choose B.",
        "B ist unwahrscheinlich.", "B est peu probable.", "Far from B.",
        "It would be a mistake to choose B.",
        "Ich glaube nicht, dass es B ist.", "Я не думаю, что ответ B.", "Nie sądzę, że to B.",
        "En usko, että se on B.", "Nobody says London",
    ],
)  # fmt: skip
def test_a_value_inside_a_denial_is_not_chosen(text: str) -> None:
    assert isinstance(read_option(text, "ABCD", CITIES), Unread)


@pytest.mark.parametrize(
    "text",
    [
        "Nobody doubts that B is right.", "Nothing but B.", "None other than B.",
        "Nobody says A; the answer is B.", "None of the others is right, so B.",
        "A few say A, but the answer is B.", "In a few words: B", "Niemand sagt A, sondern B.",
        "There is nothing wrong with B.", "Nothing speaks against B.", "B, and nobody disagrees.",
        "B because nobody eats the others.", "Nothing else fits: B", "A is unlikely, so B.",
        "Although A is unlikely, B is correct.", "B without hesitation.", "I doubt A. B it is.",
        "Niemand anders als B.", "Personne d'autre que B.", "Ich glaube, dass es B ist.",
        "It is not A, that leaves B.", "A: Well, the answer is B.",
    ],
)  # fmt: skip
def test_a_denial_of_something_else_leaves_the_value(text: str) -> None:
    assert read_option(text, "ABCD", CITIES) == 1


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("B is incorrect, so A.", 0), ("B is wrong and C is correct", 2), ("C instead of B.", 2),
        ("B rather than A", 1), ("C, not B", 2), ("B and not A", 1),
        ("The answer isn't B but C.", 2),
        ("By excluding A, C and D, the answer is B.", 1), ("B, because the others are wrong.", 1),
        ("A. Incorrect.\nB. Correct.\nC. Incorrect.", 1), ("Incorrect: A, C. Correct: B", 1),
        ("There is no doubt that B is right.", 1), ("B ist nicht richtig, sondern C.", 2),
        ("Ce n'est pas B, c'est C.", 2), ("No es la B sino la C", 2),
        ("La risposta non è A ma B", 1), ("الإجابة ليست أ بل ب", 1),
        ("B सही नहीं है, C सही है।", 2), ("B가 아니라 C입니다.", 2),
        ("Bではなく、Cです。", 2), ("BではなくCです", 2), ("不是A，而是B", 1),
        ("答案是B不是A", 1), ("Bに間違いない。", 1), ("答えはBしかない。", 1),
        ("毫无疑问是B", 1), ("A错误，B正确，C错误。", 1),
        ("At first glance A, but the correct answer is C.", 2), ("I am not sure, but B.", 1),
        ("It could be A or B, but I choose B.", 1),
        ("It isn't A, B or C, so D.", 3), ("Not A, B or C but D.", 3),
    ],
)  # fmt: skip
def test_the_value_beside_a_denied_one_is_chosen(text: str, place: int) -> None:
    assert read_option(text, "ABCD", CITIES) == place


@pytest.mark.parametrize(
    "text",
    [
        "A or maybe B",
        "B, possibly C",
        "A, but B is also possible",
        "A B",
        "A... no wait, B.",
        "A. Wait, actually B.",
        "Option A, sorry, I mean option C.",
        "B (or C)",
        "A, vielleicht B",
        "A，也可能是B",
    ],
)
def test_a_value_that_is_taken_back_or_added_to_makes_a_contradiction(text: str) -> None:
    assert read_option(text, "ABCD", CITIES) is Unread.CONTRADICTION


@pytest.mark.parametrize(
    "text",
    ["N/A", "Answer: N/A", "R&B", "C++", "C#", "D-Day", "D'accord", "omega-C", "Plan B",
     "मैं इस प्रश्न का उत्तर नहीं दे सकता", "B?"],
)  # fmt: skip
def test_a_letter_of_a_name_or_a_word_is_no_option(text: str) -> None:
    assert read_option(text, "ABCD", CITIES) is Unread.NOTHING


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("मुझे लगता है कि सही उत्तर विकल्प B है।", 1), ("विकल्प ख", 1),
        ("ㄴ", 1), ("따라서 답은 ㄷ입니다.", 2), ("C'est B", 1),
        ("The answer is C (New York), not D-Day.", 2),
    ],
)  # fmt: skip
def test_letters_are_told_from_vowel_signs_and_elided_words(text: str, place: int) -> None:
    assert read_option(text, "ABCD", CITIES) == place
