"""A letter or label before words that decline to answer, or that know nothing, is no choice."""

from __future__ import annotations

import pytest

from culture_ray.benchmarks.design.answers import AnswerKind
from culture_ray.benchmarks.reading.label import read_label, read_statement
from culture_ray.benchmarks.reading.option import read_option
from culture_ray.benchmarks.reading.unread import Unread
from culture_ray.benchmarks.rows import BenchmarkItem, RightAnswer
from culture_ray.benchmarks.scoring.answer_scores import AnswerReader, PutAnswer
from culture_ray.judging.vocabulary import Vocabulary

CITIES = ("Paris", "London", "New York", "York")
NORM = {"yes": {"en": ("yes",)}, "no": {"en": ("no",)}, "neutral": {"en": ("neutral",)}}


@pytest.mark.parametrize(
    "text",
    [
        "A: I'm sorry, I can't answer that", "A. I cannot answer this question.",
        "C) Sorry, but I am unable to choose.", "B: As an AI, I cannot answer.",
        "A\nI'm sorry, I can't help with that.", "B. I must decline to answer.",
        "A: I'd rather not say.", "A: This question cannot be answered.", "A: Sorry.",
        "Answer: A. I'm sorry, I can't answer that.", "(A) I am not able to help with it.",
        "A: Es tut mir leid, das kann ich nicht beantworten.",
        "B: Désolé, je ne peux pas répondre à cette question.",
        "A) Lo siento, no puedo responder a eso.", "A: Desculpe, não posso responder.",
        "A: Mi dispiace, non posso rispondere.", "A: Beklager, det kan jeg ikke svare på.",
        "A: Sorry, daar kan ik geen antwoord op geven.", "A: Przykro mi, nie mogę odpowiedzieć.",
        "A: Извините, я не могу ответить на этот вопрос.", "A: Üzgünüm, bu soruya cevap veremem.",
        "A：抱歉，我无法回答这个问题。", "A：申し訳ありませんが、お答えできません。",
        "A: 죄송합니다. 답변할 수 없습니다.", "A: عذراً، لا أستطيع الإجابة على هذا السؤال.",
        "A: क्षमा करें, मैं इसका उत्तर नहीं दे सकता।", "A: Maaf, saya tidak bisa menjawab.",
        "A: Xin lỗi, tôi không thể trả lời.", "A: ขออภัย ฉันไม่สามารถตอบได้",
        "A: סליחה, אני לא יכול לענות.",
    ],
)  # fmt: skip
def test_a_letter_before_a_refusal_is_no_choice(text: str) -> None:
    assert read_option(text, "ABCD", CITIES) is Unread.REFUSAL


@pytest.mark.parametrize(
    "text",
    [
        "A: I don't know.", "A. I have no idea.", "A: None of the above.", "A: It depends.",
        "A: Not sure.", "A: There is no correct answer.", "A: Das weiß ich nicht.",
        "A : Je ne sais pas.", "A: No lo sé.", "A: Não sei.", "A: Det ved jeg ikke.",
        "A: Не знаю.", "A：我不知道。", "A：わかりません。", "A: 모르겠습니다.", "A: لا أعرف.",
    ],
)  # fmt: skip
def test_a_letter_before_words_that_know_nothing_is_no_choice(text: str) -> None:
    assert read_option(text, "ABCD", CITIES) is Unread.NOTHING


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("A: Paris", 0), ("A. I'm sorry for the confusion.", 0), ("B. I cannot explain why.", 1),
        ("B. I can't provide an explanation.", 1), ("B. I cannot think of a better answer.", 1),
        ("A. I'm not sure, but I think so.", 0), ("B. I don't know why, but it is.", 1),
        ("B\n\nI cannot explain further.", 1), ("A: I can't tell, but the answer is B.", 1),
        ("I'm sorry, I can't be sure, but B.", 1), ("A. I know this from school.", 0),
        ("B. Je ne peux pas expliquer pourquoi.", 1), ("A: I can answer that.", 0),
        ("C. Ich kann das nicht weiter erklären.", 2), ("B. They do not say grace there.", 1),
    ],
)  # fmt: skip
def test_a_choice_whose_reasons_are_declined_is_read(text: str, place: int) -> None:
    assert read_option(text, "ABCD", CITIES) == place


def test_labels_and_statements_before_a_refusal_are_no_answer() -> None:
    assert read_label("No: I'm sorry, I can't judge that.", NORM, ["en"]) is Unread.REFUSAL
    assert read_label("Yes. I can't answer that.", NORM, ["en"]) is Unread.REFUSAL
    assert read_label("No, I'm sorry.", NORM, ["en"]) == "no"
    assert read_label("No. I cannot say yes to that.", NORM, ["en"]) == "no"
    assert read_label("No, one must not answer the phone there.", NORM, ["en"]) == "no"
    assert read_statement("True: I cannot decide.", {}, ["en"]) is Unread.REFUSAL
    assert read_statement("True. I can't explain why.", {}, ["en"]) is True


def test_such_an_answer_is_scored_as_a_refusal_whatever_the_vocabulary() -> None:
    right = (RightAnswer("Paris", 0),)
    item = BenchmarkItem("1", "1", "en", "Which?", options=CITIES, answers=right)
    reader = AnswerReader(AnswerKind("option"), "en", Vocabulary())
    scored = reader.score(item, PutAnswer("A: I'm sorry, I can't answer that."))
    assert (scored.status, scored.answer, scored.score) == ("refusal", None, None)
