"""Words with which answers are stated in many languages, as parts of regular expressions.

They only show where a value is stated; the value itself is a letter, a label or a number. A
language without words here is still read by layout: a letter alone, after a colon, in brackets.
"""

from __future__ import annotations

import re

from culture_ray.benchmarks.reading.clean import UNSPACED
from culture_ray.judging.vocabulary import alternation

_ANSWER = (
    *("answers?", "choice", "choose", "chose", "select", "pick", "go with", "go for"),  # en
    *("svaret?", "valg", "vælger", "svar", "väljer", "velger", "val"),  # da sv no
    *("antwoord", "keuze", "kies", "antwort", "wahl", "wähle", "lösung"),  # nl de
    *("réponse", "choix", "choisis", "respuesta", "elijo", "elección", "opción correcta"),  # fr es
    *("resposta", "escolha", "escolho", "alternativa correta", "risposta", "scelgo", "scelta"),
    *("răspunsul", "răspuns", "aleg", "resposta", "erantzuna", "resposta correcta"),  # ro ca eu gl
    *("odpowied[źz]\\w*", "wybieram", "odpověď", "odpoveď", "volím", "odgovor", "odgovorom"),
    *("ответ\\w*", "выбираю", "выбор", "відповід\\w*", "обираю", "отговор\\w*", "одговор\\w*"),
    *("адказ", "απάντηση", "επιλέγω", "επιλογή", "cevap", "cevabı", "yanıt", "cavab", "жауап"),
    *("javob", "vastaus", "vastaan", "vastus", "atbilde", "atsakymas", "válasz", "svarið"),
    *("الإجابة", "الاجابة", "الجواب", "إجابتي", "جواب", "پاسخ", "گزینه صحیح", "پاسخ صحیح"),
    *("התשובה", "תשובה", "उत्तर", "जवाब", "उत्तरः", "উত্তর", "জবাব", "ਉੱਤਰ", "ਜਵਾਬ", "જવાબ", "ઉત્તર"),
    *("விடை", "பதில்", "సమాధానం", "జవాబు", "ഉത്തരം", "ಉತ್ತರ", "පිළිතුර", "အဖြေ"),
    *("คำตอบ", "ตอบ", "ຄຳຕອບ", "ចម្លើយ", "đáp án", "câu trả lời", "trả lời", "jawaban"),
    *("jawabannya", "jawapan", "sagot", "jibu", "amsa", "ìdáhùn", "azịza", "impendulo"),
    *("መልስ", "መልሱ", "jawaabta", "valiny", "答案", "回答", "我选", "選擇", "选择", "选"),
    *(
        "選",
        "答え",
        "解答",
        "正解",
        "回答",
        "정답",
        "답변",
        "답",
        "პასუხი",
        "պատասխան\\w*",
        "хариулт",
    ),
)
_RIGHT = (
    *("correct", "right", "the answer", "true answer", "best answer", "my answer", "my choice"),
    *("korrekte?", "rigtige?", "rätt", "riktig", "riktige", "korrekt"),
    *("juiste?", "correcte?", "richtige?", "korrekte?"),
    *("correcte?", "juste", "bonne", "correct[oa]", "corret[oa]", "certa", "corrett[oa]", "giusta"),
    *("corectă?", "poprawn[ay]", "prawidłow[ay]", "správn[áaěýy]\\w*", "točan", "pravilen"),
    *("правильн\\w+", "верн\\w+", "правилн\\w+", "вірн\\w+", "тачан", "σωστή", "ορθή"),
    *("doğru", "düzgün", "oikea", "õige", "pareizā", "teisingas", "helyes"),
    *("الصحيحة", "صحيحة", "صحيح", "صحیح", "درست", "הנכונה", "נכונה"),
    *("सही", "সঠিক", "ਸਹੀ", "સાચો", "சரியான", "సరైన", "ശരിയായ", "ಸರಿಯಾದ", "නිවැරදි"),
    *("ถูกต้อง", "ถูก", "đúng", "chính xác", "benar", "betul", "tama", "sahihi", "daidai"),
    *("正确", "正確", "正解", "正しい", "정답", "맞습니다", "옳", "სწორი", "ճիշտ", "ትክክል\\w*"),
)
_WRONG = (
    *("wrong", "incorrect", "false", "mistaken", "falsche?", "falsk", "forkerte?", "fel", "feil"),
    *("fout", "onjuiste?", "incorrecte?", "faux", "fausse", "incorrect[oa]", "equivocad[oa]"),
    *("errad[oa]", "sbagliat[oa]", "greșit", "błędn[ay]", "nesprávn\\w+", "неправильн\\w+"),
    *(
        "неверн\\w+",
        "неправилн\\w+",
        "хибн\\w+",
        "λάθος",
        "yanlış",
        "väärä",
        "خاطئة",
        "خاطئ",
        "خطأ",
    ),
    *("غلط", "نادرست", "מוטעית", "שגויה", "गलत", "ভুল", "தவறான", "తప్పు", "ผิด", "sai", "salah"),
    *("错", "錯", "間違", "誤り", "틀린", "오답"),
)
_NOT = (
    *("not", "\\w*n['’]t", "cannot", "never", "neither", "nor", "hardly", "scarcely", "barely"),
    *("partly", "partially", "half", "nicht", "kaum", "teilweise", "kein\\w*"),
    *(
        "ikke",
        "inte",
        "ej",
        "niet",
        "geen",
        "ne",
        "pas",
        "non",
        "não",
        "nem",
        "no(?= (?:es|era|puede|è|és|la)\\b)",
    ),
    *("nie", "není", "nije", "nu(?= (?:este|e|poate)\\b)", "ei(?= ole)", "не", "нет", "ні", "δεν"),
    *(
        "όχι",
        "değil\\w*",
        "ليست?",
        "لا",
        "غير",
        "نیست",
        "نہیں",
        "לא",
        "אינ[הו]",
        "नहीं",
        "नही",
        "নয়",
        "না",
        "ਨਹੀਂ",
    ),
    *(
        "નથી",
        "இல்லை",
        "కాదు",
        "അല്ല",
        "ಅಲ್ಲ",
        "නොවේ",
        "không",
        "bukan",
        "tidak",
        "hindi",
        "sio",
        "siyo",
    ),
)
_NOT_ANYWHERE = (
    *("不", "非", "没", "沒", "ではな", "じゃな", "ない", "아니", "않", "ไม่", "അല്ല", "មិន"),
)
"""Negations in scripts without spaces, and suffixes."""
_OR = (
    *(
        "or",
        "and",
        "to",
        "eller",
        "og",
        "och",
        "of",
        "en",
        "oder",
        "und",
        "ou",
        "et",
        "o",
        "u",
        "y",
        "e",
    ),
    *("sau", "și", "lub", "albo", "i", "nebo", "a", "ili", "или", "і", "та", "и", "або", "чи"),
    *("ή", "και", "veya", "ya da", "ve", "tai", "vagy", "أو", "و", "یا", "או", "ו", "या", "और"),
    *("বা", "এবং", "அல்லது", "లేదా", "หรือ", "และ", "hoặc", "và", "atau", "dan", "au", "na"),
    *("或者?", "和", "还是", "還是", "または", "か", "と", "또는", "혹은", "이나", "그리고"),
)
_DOUBT = (
    *(
        "if",
        "could",
        "might",
        "may",
        "would",
        "seems?",
        "at first",
        "perhaps",
        "suppose",
        "whether",
    ),
    *("hvis", "måske", "kunne", "kanske", "om", "misschien", "als", "zou", "vielleicht", "wenn"),
    *("könnte", "si", "peut-être", "pourrait", "podría", "quizás?", "talvez", "poderia", "forse"),
    *("если", "может", "возможно", "якщо", "może", "ربما", "قد", "إذا", "शायद", "यदि", "अगर"),
    *("也许", "可能", "如果", "かもしれ", "もし", "아마"),
)


def _words(entries: tuple[str, ...]) -> str:
    """Return one alternation of words; those of scripts with spaces are whole words."""
    spaced = [entry for entry in entries if not _unspaced(entry)]
    others = [entry for entry in entries if _unspaced(entry)]
    return rf"(?:(?<!\w)(?:{alternation(spaced)})(?!\w)|(?:{alternation(others)}))"


def _unspaced(entry: str) -> bool:
    return re.search(f"[{UNSPACED}]", entry) is not None


ANSWER = _words(_ANSWER)
"""Words before a value that is stated as the answer."""
RIGHT = _words(_RIGHT)
"""Words after a value that is stated as the answer ("B is correct")."""
WRONG = _words(_WRONG)
"""Words that make such a statement one of a wrong answer."""
NOT = rf"(?:{_words(_NOT)}|{alternation(_NOT_ANYWHERE)})"
"""Negations."""
OR = _words(_OR)
"""Words that join two values."""
DOUBT = _words(_DOUBT)
"""Words that make a statement a supposition."""
