"""Options read from answers in any script and shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.benchmarks.reading.option import most_probable_option, read_option
from culture_ray.benchmarks.reading.unread import Unread

CITIES = ("Paris", "London", "New York", "York")
NOTHING, CONTRADICTION = Unread.NOTHING, Unread.CONTRADICTION


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("B", 1), (" b ", 1), ("B.", 1), ("(B)", 1), ("[B]", 1), ("**B**", 1), ("B)", 1), ("b)", 1),
        ("B) London", 1), ("B. London", 1), ("(B) London", 1), ("B: London", 1), ("B - London", 1),
        ("London", 1), ("london.", 1), ("**London**", 1), ('"London"', 1), ("New York", 2),
        ("York", 3), ("The answer is B.", 1), ("The answer is: B", 1), ("Answer: B", 1),
        ("The correct answer is (B).", 1), ("The correct option is B", 1), ("Answer:\nB", 1),
        ("**Answer:** B", 1), ("The answer is **B**.", 1), ("Final answer: B) London", 1),
        ("The answer is London.", 1), ("I choose option C.", 2), ("B is correct.", 1),
        ("B is the correct answer because A is too far south.", 1), ("Option B is right.", 1),
        ('{"answer_choice": "B"}', 1), ('{"answer": "B", "reason": "A is no capital"}', 1),
        ('{"reasoning": "A? No, C.", "answer": "B"}', 1), ('```json\n{"answer": "B"}\n```', 1),
        ('{"answer": "B", "explanation": "cut o', 1), ('{"answer": ["B"]}', 1),
        (r"\boxed{B}", 1), (r"So it is $\boxed{\text{B}}$.", 1), ("<answer>B</answer>", 1),
        ("[[B]]", 1), ("#### B", 1), ("<think></think>B", 1),
        ("A) Paris is in France.\nB) London is in England.\n\nThe answer is B.", 1),
        ("Let me weigh A, B and C.\n\nFinal answer: C", 2),
        ("A is in France, so not A. The answer is B.", 1),
        ("The answer is not A. It is B.", 1),
        ("Both A and C are abroad, which leaves one.\n\n**B**", 1),
        ("B\n\nExplanation: A is in France and C is in America.", 1),
        ("I don't think it's A; it's B.", 1), ("The answer is b.", 1), ("A is the answer.", 0),
        ("My final answer is option **b**", 1), ("The correct answer is London, not Paris.", 1),
        ("Ｂ", 1), ("Ⓑ", 1), ("B。", 1),
    ],
)  # fmt: skip
def test_an_option_is_read_in_every_usual_shape(text: str, place: int) -> None:
    assert read_option(text, "ABCD", CITIES) == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Antwort: B", 1), ("Die richtige Antwort ist C.", 2), ("Réponse : B", 1),
        ("La bonne réponse est B.", 1), ("La respuesta correcta es la B.", 1), ("Svaret er B.", 1),
        ("Het juiste antwoord is B.", 1), ("A resposta correta é a letra B.", 1), ("答案：B", 1),
        ("答案是B。", 1), ("正确答案是 B", 1), ("我选B", 1), ("答案是乙。", 1), ("乙", 1),
        ("正解はBです。", 1),
        ("回答はBです。", 1), ("정답은 B입니다.", 1), ("정답: B", 1), ("정답: 나", 1),
        ("الإجابة: ب", 1),
        ("الإجابة الصحيحة هي ب.", 1), ("ب", 1), ("الجواب هو (ج)", 2), ("उत्तर: ख", 1),
        ("सही उत्तर B है।", 1),
        ("ख", 1), ("উত্তর: গ", 2), ("คำตอบคือ ข", 1), ("ข้อ ข", 1), ("Правильный ответ: Б", 1),
        ("Ответ: B", 1), ("Σωστή απάντηση: Γ", 2), ("התשובה הנכונה היא ב", 1), ("Đáp án: B", 1),
        ("Jawaban: B", 1), ("Cevap: B", 1), ("Doğru cevap B'dir.", 1), ("Jibu ni B.", 1),
        ("پاسخ: الف", 0), ("பதில்: B", 1), ("Oikea vastaus on B.", 1), ("Odpowiedź: B", 1),
    ],
)  # fmt: skip
def test_an_option_is_read_in_any_language_and_alphabet(text: str, place: int) -> None:
    assert read_option(text, "ABCD", CITIES) == place


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Unread.EMPTY), ("...", Unread.EMPTY), ("E", NOTHING), ("I do not know.", NOTHING),
        ("A city on the Thames.", NOTHING), ("It is Rome.", NOTHING), ("Vitamin C", NOTHING),
        ("The answer is E.", NOTHING), ('{"answer": "none"}', NOTHING), ("not B", NOTHING),
        ("I would not choose B.", NOTHING), ("Is it B?", CONTRADICTION),
        ("A or B", CONTRADICTION), ("A, B", CONTRADICTION), ("B/C", CONTRADICTION),
        ("The answer is A or B.", CONTRADICTION), ("Both B and C are correct.", CONTRADICTION),
        ("The answer is B. The answer is C.", CONTRADICTION), ("B) Paris", CONTRADICTION),
        ("The answer is B.\n\n\\boxed{C}", CONTRADICTION),
        ("B\n\nSo the answer is C.", CONTRADICTION),
        ("London or Paris", CONTRADICTION), ('{"answer": "A, B"}', CONTRADICTION),
        ("Ответ: В", CONTRADICTION), ("答案是甲或乙。", CONTRADICTION), ("ب أو ج", CONTRADICTION),
        ("A) Paris\nB) London\nC) New York\nD) York", CONTRADICTION),
        ("A. No. B. No. C. Yes.", CONTRADICTION), ("Answer: A\nWait. Answer: B", CONTRADICTION),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_unparsable_and_never_guessed(text: str, reason: Unread) -> None:
    found = read_option(text, "ABCD", CITIES)
    assert isinstance(found, Unread)
    if text not in ("Is it B?",):
        assert found == reason


def test_letters_of_the_prompt_come_before_alphabets() -> None:
    assert read_option("Ответ: В", "АБВГ", CITIES) == 2
    assert read_option("३", ("1", "2", "3", "4"), CITIES) == 2
    assert read_option("الإجابة: ٢", ("1", "2", "3", "4"), CITIES) == 1


def test_a_number_is_an_option_only_if_it_was_put_as_one() -> None:
    assert read_option("2", "ABCD", CITIES) is Unread.NOTHING
    assert read_option("The answer is 20.", "ABC", ("2", "20", "200")) == 1
    assert read_option("2.5", "ABC", ("2", "20", "200")) is Unread.NOTHING


@given(st.text(max_size=150), st.permutations(CITIES))
def test_any_text_names_one_option_or_gives_a_reason(text: str, texts: list[str]) -> None:
    assert read_option(text, "ABCD", texts) in {0, 1, 2, 3, *Unread}


@given(st.sampled_from("ABCD"), st.sampled_from(["The answer is {}.", "{}", "**{}**", "({})"]))
def test_reading_does_not_depend_on_the_options_texts(letter: str, shape: str) -> None:
    for texts in (CITIES, ("1 km", "2 km", "3 km", "4 km"), ("是", "不是", "也许", "不知道")):
        assert read_option(shape.format(letter), "ABCD", texts) == "ABCD".index(letter)


def test_probabilities_are_averaged_over_the_orders_of_the_options() -> None:
    first_letter = [[0.6, 0.4], [0.7, 0.3]]  # names the first place twice, option 1 more strongly
    assert most_probable_option(first_letter, [[0, 1], [1, 0]]) == 1
    assert most_probable_option([[0.6, 0.4], [0.6, 0.4]], [[0, 1], [1, 0]]) is CONTRADICTION
    assert most_probable_option([[0.0, 0.0]], [[0, 1]]) is NOTHING
    assert most_probable_option([[0.006, 0.004], [0.3, 0.7]], [[0, 1], [1, 0]]) == 0
