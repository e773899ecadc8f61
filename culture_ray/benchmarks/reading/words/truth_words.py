"""Words for true and false by language, as models write them about a statement.

What denies a word for true stands among those for false, so that "not true" is never read as true.
"""

from __future__ import annotations

from collections.abc import Mapping

from culture_ray.survey.language_tags import language_of

TRUE_FALSE: Mapping[str, tuple[str, str]] = {
    "ar": ("صحيح/صحيحة/صح/صواب/نعم", "خطأ/خاطئ/خاطئة/غير صحيح/غير صحيحة/ليس صحيحا/ليست صحيحة/لا"),
    "bg": ("вярно/истина/да/правилно", "невярно/грешно/неистина/не е вярно/не е истина/не"),
    "bn": ("সত্য/সঠিক/হ্যাঁ/ঠিক", "মিথ্যা/ভুল/না/সত্য নয়/সঠিক নয়"),
    "cs": ("pravda/pravdivé/ano/správně", "nepravda/nepravdivé/není pravda/ne/nesprávně"),
    "da": ("sandt/sand/ja/korrekt/rigtigt", "falsk/usandt/forkert/ikke sandt/ikke korrekt/nej"),
    "de": ("wahr/richtig/korrekt/ja/stimmt", "falsch/unwahr/nicht wahr/nicht richtig/nein/"
           "nicht korrekt/stimmt nicht"),
    "el": ("αληθές/αλήθεια/σωστό/ναι", "ψευδές/ψέμα/λάθος/όχι/δεν είναι αλήθεια/δεν είναι σωστό"),
    "en": ("true/correct/right/yes/accurate", "false/incorrect/wrong/untrue/no/inaccurate/not true/"
           "not correct/not right/not accurate/isn't true/isn't correct/not entirely true/"
           "not entirely correct/not quite true/not necessarily true"),
    "es": ("verdadero/verdadera/cierto/cierta/correcto/correcta/sí", "falso/falsa/incorrecto/"
           "incorrecta/no es cierto/no es verdad/no es verdadero/no es correcto/no"),
    "fa": ("درست/صحیح/بله/بلی", "نادرست/غلط/خیر/نه/درست نیست/صحیح نیست"),
    "fi": ("tosi/totta/oikein/kyllä", "epätosi/väärin/ei ole totta/ei/ei pidä paikkaansa"),
    "fr": ("vrai/vraie/correct/correcte/exact/oui", "faux/fausse/incorrect/incorrecte/inexact/"
           "pas vrai/pas correct/non"),
    "he": ("נכון/אמת/כן/נכונה", "לא נכון/שקר/שגוי/לא/לא נכונה/לא אמת"),
    "hi": ("सत्य/सही/सच/हाँ/हां", "असत्य/गलत/ग़लत/झूठ/नहीं/सही नहीं/सत्य नहीं/सच नहीं"),
    "hu": ("igaz/helyes/igen", "hamis/nem igaz/helytelen/nem helyes/nem"),
    "id": ("benar/betul/ya", "salah/tidak benar/tidak betul/tidak/keliru"),
    "it": ("vero/vera/corretto/corretta/sì/giusto", "falso/falsa/scorretto/sbagliato/errato/"
           "non è vero/non è corretto/no"),
    "ja": ("正しい/真/はい/正解/本当/○",
    "間違い/間違っている/偽/いいえ/誤り/正しくない/不正解/正しくありません/×"),
    "ko": ("참/사실/예/맞습니다/맞다/맞음/옳다/네", "거짓/아니요/아니오/틀립니다/틀리다/틀림/"
           "사실이 아닙니다/사실이 아니다/맞지 않습니다/맞지 않다"),
    "nl": ("waar/juist/correct/ja/klopt", "onwaar/onjuist/niet waar/niet juist/incorrect/nee/"
           "niet correct/klopt niet/fout"),
    "pl": ("prawda/prawdziwe/tak/poprawne",
    "fałsz/fałszywe/nieprawda/nieprawdziwe/nie/niepoprawne"),
    "pt": ("verdadeiro/verdadeira/verdade/certo/correto/correta/sim",
    "falso/falsa/errado/incorreto/"
           "incorreta/não é verdade/não é verdadeiro/não é correto/não"),
    "ro": ("adevărat/adevărată/corect/corectă/da", "fals/falsă/incorect/nu este adevărat/"
           "nu e adevărat/nu este corect/nu"),
    "ru": ("верно/истина/правда/да/правильно/верное", "неверно/ложь/неправда/нет/неправильно/"
           "не верно/не правда/неверное/ложно"),
    "sv": ("sant/sann/ja/korrekt/rätt", "falskt/falsk/osant/fel/nej/inte sant/inte korrekt"),
    "sw": ("kweli/ndiyo/sahihi", "uongo/si kweli/sio kweli/hapana/si sahihi/sio sahihi/makosa"),
    "th": ("จริง/ถูก/ถูกต้อง/ใช่", "เท็จ/ไม่จริง/ผิด/ไม่ถูก/ไม่ถูกต้อง/ไม่ใช่"),
    "tr": ("doğru/evet", "yanlış/doğru değil/hayır"),
    "uk": ("правда/вірно/так/істина/правильно", "неправда/невірно/ні/хибно/неправильно/брехня"),
    "ur": ("درست/صحیح/ہاں/سچ", "غلط/نہیں/جھوٹ/درست نہیں/صحیح نہیں"),
    "vi": ("đúng/chính xác/có", "sai/không đúng/không chính xác/không"),
    "zh": ("正确/正確/对/對/是/真/真的",
    "错误/錯誤/错/錯/不正确/不正確/不对/不對/否/不是/假/假的/不真实"),
}  # fmt: skip
"""Words for true and for false by language, the usual ones first, parted by slashes."""


def truth_words(language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words for true and for false of a language, with the English ones.

    A language without an entry has those of English alone.
    """
    english, own = TRUE_FALSE["en"], TRUE_FALSE.get(language_of(language), ("", ""))
    return _both(own[0], english[0]), _both(own[1], english[1])


def _both(own: str, english: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, f"{own}/{english}".split("/"))))
