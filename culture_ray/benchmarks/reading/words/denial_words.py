"""Words that deny a value, doubt it or take it back, in many languages, as regular expressions.

Some deny what follows them ("not B"), some what they follow ("B değil", "Bではない"), some both.
Words are parted by slashes.
"""

from __future__ import annotations

from culture_ray.benchmarks.reading.words.answer_words import any_word
from culture_ray.judging.vocabulary import alternation

_WRONG = (
    "wrong/incorrect/false/mistaken/ruled out/eliminated/excluded/out(?=\\W*$)/impossible/"
    "falsche?[rns]?/ausgeschlossen/unmöglich/falsk/forkerte?/udelukket/fel/feil/utesluten/"
    "fout/onjuiste?/uitgesloten/incorrecte?/faux/fausse/exclue?/incorrect[oa]/equivocad[oa]/"
    "errad[oa]/incorret[oa]/sbagliat[oa]/errat[oa]/greșit[ăe]?/incorect[ăe]?/"
    "błędn[aey]/niepoprawn[aey]/nieprawidłow[aey]/nesprávn\\w+/chybn\\w+/pogrešn\\w+/netočn\\w+/"
    "неправильн\\w+/неверн\\w+/неправилн\\w+/грешн\\w+/хибн\\w+/невірн\\w+/λάθος/λανθασμέν\\w+/"
    "yanlış\\w*/väärä/väärin/nepareiz\\w*/neteising\\w*/helytelen/hibás/téves/"
    "خاطئة/خاطئ/خطأ/غلط/نادرست/اشتباه/מוטעית/שגויה?/गलत/ग़लत/ভুল/ਗਲਤ/ખોટો/தவறான/தவறு/తప్పు/"
    "തെറ്റ\\w*/ತಪ್ಪು/වැරදි/ผิด/sai/salah/keliru/(?-i:mali)/makosa/si sahihi/kuskure/ስህተት/"
    "错/錯/間違/誤り/不正解/틀린/틀렸/틀립/오답"
)
_NOT_BOTH = (
    "not/\\w*n['’]t/cannot/never/neither/nor/hardly/scarcely/barely/partly/partially/half/"
    "nicht/kaum/teilweise/kein\\w*/ikke/inte/ej/niet/geen/ne/pas/non/não/nem/"
    "no(?= (?:es|era|puede|è|és|la)\\b)/nie/není/nije/nu(?= (?:este|e|poate)\\b)/ei(?= ole)/"
    "не/нет/ні/δεν/όχι/ليست?/لا/غير/לא/אינ[הו]/না/không/bukan/tidak/(?-i:hindi)/sio/siyo"
)
_NOT_BOTH_ANYWHERE = "不/非/没/沒/ไม่/មិន"
"""Negations of scripts without spaces that stand before what they deny, or after its subject."""
_BEFORE = (
    "rather than/instead of/except(?: for)?/(?:any|every)thing but/all but/other than/apart from/"
    "rul(?:e|ed|ing) out/eliminat(?:e|ed|ing)/exclud(?:e|ed|ing)/discard(?:ed)?/reject(?:ed)?/"
    "außer/statt/anstatt/undtagen/i stedet for/utom/istället för/snarare än/unntatt/behalve/"
    "in plaats van/sauf/excepté/au lieu de/plutôt que/excepto/salvo/menos/en lugar de/en vez de/"
    "exceto/em vez de/ao invés de/tranne/eccetto/invece di/cu excepția/poza/oprócz/zamiast/"
    "kromě/místo/кроме/вместо/окрім/замість/εκτός/αντί/إلا/باستثناء/ما عدا/بدلا من/بدلاً من/"
    "به جز/به جای/מלבד/במקום/除了/而非/ยกเว้น/นอกจาก/แทนที่จะเป็น/trừ/thay vì/kecuali/"
    "selain/daripada/isipokuwa/badala ya"
)
_AFTER = (
    "değil\\w*/नहीं/नही/نیست/نہیں/নয়/ਨਹੀਂ/નથી/இல்லை/அல்ல/కాదు/അല്ല/ಅಲ್ಲ/නොවේ/"
    "को छोड़कर/के बजाय/کے بجائے/hariç/dışında"
)
_AFTER_ANYWHERE = (
    "ではな/じゃな/違[いう]/でな[いく]/くな[いく]/ない/ありません/以外/除[くい外]/"
    "아니/아닌/아닙/아님/아냐/않/못/말고/제외/대신"
)
_DOUBT = (
    "if/could/might/may/would/seems?/at first/perhaps/suppose/whether/hvis/måske/kunne/kanske/om/"
    "misschien/als/zou/vielleicht/wenn/könnte/si/peut-être/pourrait/podría/quizás?/talvez/"
    "poderia/forse/если/может/возможно/якщо/może/ربما/قد/إذا/शायद/यदि/अगर/也许/可能/如果/"
    "かもしれ/もし/아마"
)
_REVISED = (
    "wait/actually/sorry/correction/scratch that/on second thought/also/possibly/maybe/or/no/"
    "moment/eigentlich/doch/auch/oder/vent/faktisk/også/vänta/faktiskt/också/wacht/eigenlijk/ook/"
    "attendez/en fait/aussi/espera/en realidad/también/na verdade/também/aspetta/anzi/anche/"
    "подожди\\w*/точнее/также/انتظر/بل/أيضا/रुकिए/बल्कि/भी/bekle/aslında/等等/其实/或许/也/"
    "待って/いや/やはり/も/잠깐/아니/도"
)
_ALSO = (
    "also/too/as well/possible/auch/ebenfalls/aussi/également/también/também/anche/ook/også/också/"
    "też/także/také/также/тоже/теж/أيضا/أيضاً/هم/भी/ও/de olabilir/juga/cũng"
)
_BUT = (
    "however/yet/sondern/aber/jedoch/men/utan/maar/mais/sino/pero/mas/ma/bensì/ci/ale/lecz/"
    "nýbrž/već/nego/а/но/але/αλλά/بل/ولكن/لكن/بلکہ/बल्कि/लेकिन/বরং/melainkan/tetapi/mà/bali/"
    "vaan/hanem/而是/但是?/แต่"
)
_CERTAIN = (
    r"(?:no|without(?: a)?|beyond) doubt|not (?:wrong|false|incorrect|mistaken)|nicht falsch|"
    r"kein(?:en)? zweifel|pas de doute|sin duda|sem dúvida|senza dubbio|без сомнения|ohne zweifel|"
    r"毫无疑问|没错|不会错|間違いな|違いな|しかな|틀림없"
)


def _any(words: str, anywhere: str = "") -> str:
    """Return one alternation of whole words, and of others that may be parts of words."""
    whole = any_word(words.split("/"))
    return rf"(?:{whole}|{alternation(anywhere.split('/'))})" if anywhere else whole


WRONG = _any(_WRONG)
"""Words that make a statement about a value one of a wrong answer."""
NOT_BEFORE = _any(f"{_NOT_BOTH}/{_BEFORE}", _NOT_BOTH_ANYWHERE)
"""Words that deny the value after them."""
NOT_AFTER = _any(_AFTER, _AFTER_ANYWHERE)
"""Words that deny the value before them."""
NOT_OF_SUBJECT = _any(_NOT_BOTH, _NOT_BOTH_ANYWHERE)
"""Words that deny the value before them if nothing but a verb stands between."""
NOT = rf"(?:{NOT_BEFORE}|{NOT_AFTER})"
"""Negations of either kind."""
EXCEPT = _any(_BEFORE)
"""Words that leave out every value of the list after them."""
DOUBT = _any(_DOUBT)
"""Words that make a statement a supposition."""
REVISED = _any(_REVISED)
"""Words that take a value back or add another one."""
ALSO = _any(_ALSO, "也/도")
"""Words that add the value before them to another one."""
BUT = rf"(?:(?<!thing )(?<!all )\bbut\b|{_any(_BUT)})"
"""Words after which a negation holds no more."""
CERTAIN = rf"(?:{_CERTAIN})"
"""Phrases with a word of denial that deny nothing."""
