"""Words that deny a value, doubt it or take it back, in many languages, as regular expressions.

Some deny what follows them ("not B"), some what they follow ("B değil", "Bではない"), some both.
Words are parted by slashes.
"""

from __future__ import annotations

from culture_ray.benchmarks.reading.words.answer_words import any_word
from culture_ray.judging.vocabulary import alternation

_WRONG = (
    "wrong/incorrect/false/mistaken/ruled out/eliminated/excluded/out(?=\\W*$)/impossible/"
    "(?<!not\\s)(?:unlikely|improbable|implausible|doubtful)/(?:less|least) likely/worst/invalid/"
    "dismissed/rejected/out of the question/unwahrscheinlich\\w*/zweifelhaft/usandsynlig\\w*/"
    "usannsynlig\\w*/osannolik\\w*/onwaarschijnlijk\\w*/improbables?/peu probable/"
    "poco probab(?:le|ile)/improvável/improbabile/improbabil[ăe]?/mało prawdopodobn\\w+/"
    "nepravděpodobn\\w+/маловероят\\w+/малоймовірн\\w+/απίθαν\\w+/epätodennäköi\\w+/"
    "valószínűtlen/غير محتمل/بعید/falsche?[rns]?/ausgeschlossen/unmöglich/falsk/forkerte?/"
    "udelukket/fel/feil/utesluten/fout/onjuiste?/uitgesloten/incorrecte?/faux/fausse/exclue?/"
    "incorrect[oa]/equivocad[oa]/errad[oa]/incorret[oa]/sbagliat[oa]/errat[oa]/greșit[ăe]?/"
    "incorect[ăe]?/błędn[aey]/niepoprawn[aey]/nieprawidłow[aey]/nesprávn\\w+/chybn\\w+/"
    "pogrešn\\w+/netočn\\w+/неправильн\\w+/неверн\\w+/неправилн\\w+/грешн\\w+/хибн\\w+/"
    "невірн\\w+/λάθος/λανθασμέν\\w+/yanlış\\w*/väärä/väärin/nepareiz\\w*/neteising\\w*/helytelen/"
    "hibás/téves/خاطئة/خاطئ/خطأ/غلط/نادرست/اشتباه/מוטעית/שגויה?/गलत/ग़लत/ভুল/ਗਲਤ/ખોટો/தவறான/தவறு/"
    "తప్పు/തെറ്റ\\w*/ತಪ್ಪು/වැරදි/ผิด/sai/salah/keliru/(?-i:mali)/makosa/si sahihi/kuskure/ስህተት/错/"
    "錯/間違/誤り/不正解/틀린/틀렸/틀립/오답"
)
_NOT_BOTH = (
    "not/\\w*n['’]t/cannot/never/neither/nor/hardly/scarcely/barely/partly/partially/half/nicht/"
    "kaum/teilweise/kein\\w*/ikke/inte/ej/niet/geen/ne/pas/non/não/nem/"
    "no(?= (?:es|era|puede|è|és|la)\\b)/nie/není/nemyslím/nevěřím/neverím/nije/"
    "nu(?= (?:este|e|poate)\\b)/ei(?= ole)/en(?= (?:usko|ole|sano|valitse|pidä))/не/нет/ні/δεν/"
    "όχι/ليست?/لا/غير/לא/אינ[הו]/না/không/bukan/tidak/(?-i:hindi)/sio/siyo"
)
_NOT_BOTH_ANYWHERE = "不/非/没/沒/ไม่/មិន"
"""Negations of scripts without spaces that stand before what they deny, or after its subject."""
_NOBODY = (
    "nobody/no one/none/nothing/no reason/(?<!a\\s)few (?:people|would)/hardly any\\w*/"
    "niemand\\w*/nichts/ingen(?:ting)?/intet/inget/inga/niets/(?:personne|rien|aucune?) n/nadie/"
    "ningun[oa]s?/ningún/nada/ninguém/nenhum\\w*/nessun[oa]?/niente/nulla/nimeni/nimic/nikt/"
    "nikdo/nikto/nitko/niko/никто/никой/ніхто/ничто/ничего/κανείς/κανένας/τίποτα/kimse/"
    "hiçbir\\w*/kukaan/mikään/senki/semmi/keegi/neviens/niekas/هیچ\\s?کس/هیچ/אף אחד/hakuna/"
    "walang/(?:i|we)(?: really)? doubt/refus(?:e|es|ed|ing) to/mistake to"
)
"""Negations that are the subject of a clause about the value, and verbs: "nobody says B"."""
_DIRECTLY = (
    "no/nu/ei/si/without/against/far from/avoid(?:ing)?/dismiss(?:ing)?/disagrees? with/"
    "cross(?:ing|ed)? out/strike out/gegen/ohne/vermeide/imod/mot/uden/utan/zonder/tegen/contre/"
    "sans/sin/contra/evit[ao]/sem/contro/senza/bez/przeciw/proti/против/без/проти/χωρίς/ضد/بدون/"
    "נגד/בלי"
)
"""Words that deny a value only where they stand directly before it, or with a verb between."""
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
    "না/değil\\w*/नहीं/नही/نیست/نہیں/নয়/ਨਹੀਂ/નથી/இல்லை/அல்ல/కాదు/അല്ല/ಅಲ್ಲ/නොවේ/"
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
_THAT = (
    "dass/daß/dat/at(?= (?:det|den|svaret))/att/hogy/że/iż/že/ža/что/чтобы/що/че/että/ότι/πως/că"
)
"""Conjunctions after a comma that carry a negation on: "ich glaube nicht, dass es B ist"."""
_CERTAIN = (
    r"(?:no|without(?: a)?|beyond) (?:doubt|hesitation|question)|"
    r"(?:none|nothing|nobody|no one) (?:other|else)(?: (?:than|but))?|nothing (?:wrong|against)|"
    r"(?:nobody|no one|none|nothing)(?: \w+)? (?:doubts?|denies|deny|disagrees? with|disputes?|"
    r"speaks against|rules out)|"
    r"(?:none|nothing|no one) (?:is|seems|fits|could be) (?:better|closer|(?:more|as) \w+)"
    r"(?: than| as)?|"
    r"(?:none|neither|nothing) of the (?:others?|rest)(?: \w+){0,3}|least (?:wrong|bad)|"
    r"niemand(?:en)? (?:anders?|bezweifelt)(?: als| dan)?|nichts anderes als|niets anders dan|"
    r"personne (?:d'autre que|ne doute)|rien d'autre que|nadie (?:más que|duda)|nada más que|"
    r"ninguém (?:mais que|duvida)|nessun altro che|nessuno dubita|"
    r"ingen an(?:den|nan|nen) (?:end|än|enn)|"
    r"никто (?:иной|другой)|nikt inny|никто не сомневается|"
    r"ingen (?:tvi(?:vl|l)|tvekan)|aucun doute|"
    r"(?:ninguna|nenhuma) d[uú]vida|ninguna duda|nessun dubbio|geen twijfel|никаких сомнений|"
    r"not (?:wrong|false|incorrect|mistaken)|nicht falsch|"
    r"kein(?:en)? zweifel|pas de doute|sin duda|sem dúvida|senza dubbio|без сомнения|ohne zweifel|"
    r"毫无疑问|没错|不会错|間違いな|違いな|しかな|틀림없"
)


def _any(words: str, anywhere: str = "") -> str:
    """Return one alternation of whole words, and of others that may be parts of words."""
    whole = any_word(words.split("/"))
    return rf"(?:{whole}|{alternation(anywhere.split('/'))})" if anywhere else whole


WRONG = _any(_WRONG)
"""Words that make a statement about a value one of a wrong answer."""
NOT_BEFORE = _any(f"{_NOT_BOTH}/{_NOBODY}/{_BEFORE}", f"{_NOT_BOTH_ANYWHERE}/无人/無人")
"""Words that deny the value after them."""
NOT_AFTER = _any(_AFTER, _AFTER_ANYWHERE)
"""Words that deny the value before them."""
NOT_OF_SUBJECT = _any(_NOT_BOTH, _NOT_BOTH_ANYWHERE)
"""Words that deny the value before them if nothing but a verb stands between."""
NOT = rf"(?:{NOT_BEFORE}|{NOT_AFTER})"
"""Negations of either kind."""
DIRECTLY = rf"{_any(_DIRECTLY)}(?:\s+(?:choos|pick|select|say)ing)?"
"""Words that deny the value directly after them."""
EXCEPT = _any(_BEFORE)
"""Words that leave out every value of the list after them."""
DOUBT = _any(_DOUBT)
"""Words that make a statement a supposition."""
REVISED = _any(_REVISED)
"""Words that take a value back or add another one."""
ALSO = _any(_ALSO, "也/도")
"""Words that add the value before them to another one."""
BUT = rf"(?:(?<!anything )(?<!everything )(?<!all )\bbut\b|{_any(_BUT)})"
"""Words after which a negation holds no more."""
THAT = _any(_THAT)
"""Conjunctions that continue the clause before a comma."""
CERTAIN = rf"(?:{_CERTAIN})"
"""Phrases with a word of denial that deny nothing."""
