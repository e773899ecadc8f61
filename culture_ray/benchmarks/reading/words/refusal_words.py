"""Words with which a model declines to answer or says that it does not know, in many languages.

They are looked for where an answer begins with a letter or label and says nothing else: the "A:" of
"A: I can't answer that" is short for "answer". Each line of a list is a regular expression.
"""

from __future__ import annotations

import re


def _any_line(text: str) -> str:
    """Return one alternation of the lines of a text."""
    return "|".join(f"(?:{line.strip()})" for line in text.strip().splitlines())


_UNABLE = _any_line(r"""
    \b(?:i|we)(?:'m| am| are)? (?:really )?(?:can ?not|can't|won't|will not|could not|couldn't)
    \b(?:i|we)(?:'m| am| are) (?:really )?(?:unable|not (?:able|allowed|comfortable|willing))
    \b(?:i|we)(?: must|'d| would| have to)? (?:decline|refuse|rather not|prefer not)
    \bich (?:kann|möchte|darf|will)\b.{0,40}?\b(?:nicht|keine)\b
    \b(?:kann|möchte|darf|will) ich\b.{0,40}?\b(?:nicht|keine)\b
    \b(?:ik (?:kan|mag|wil)|(?:kan|mag|wil) ik)\b.{0,30}?\b(?:niet|geen)\b
    \b(?:jeg kan|kan jeg)\b.{0,20}?\bikke\b
    \b(?:jag kan|kan jag)\b.{0,20}?\binte\b
    \bje ne (?:peux|puis|veux|souhaite)\b
    \bno (?:puedo|quiero|me es posible)\b
    \bnão (?:posso|consigo|quero)\b
    \bnon (?:posso|riesco|voglio|sono in grado)\b
    \bnu pot\b
    \bnie (?:mogę|mogłabym|mógłbym|chcę)\b
    \bne(?:mohu|můžu|smím|chci)\b
    \bne mogu\b
    (?<!\w)не (?:могу|буду|хочу|можу|мога)(?!\w)
    (?<!\w)δεν (?:μπορώ|θέλω)(?!\w)
    \ben (?:voi|pysty|halua)\b
    \bnem (?:tudok|szeretnék|akarok)\b
    لا (?:أستطيع|استطيع|يمكنني|أقدر|أرغب)
    نمی\W?توانم
    אני לא (?:יכול|רוצה)
    \b(?:saya|aku) tidak (?:bisa|dapat|boleh|mau)\b
    không thể
    ไม่สามารถ
    \bsi(?:wezi|taweza)\b
    无法|無法|不能|不便|拒绝|拒絕
""")
"""First persons that cannot or will not, before the verb."""
_TO_ANSWER = _any_line(r"""
    \b(?:answer|help|assist|choose|pick|select|comply|respond|determine|decide|judge|comment)
    \b(?:discuss|engage|fulfil|say|tell|take (?:a|any) (?:side|position|stance)|do (?:that|this|so))
    \b(?:provide|give|offer)\b.{0,20}\b(?:answer|response|opinion|assistance|help)
    \b(?:be)?antwort|helfen|entscheiden|wählen|beurteilen|sagen
    \b(?:be)?antwoord|helpen|kiezen|zeggen
    \b(?:be)?svar|hjælp|hjelp|hjälp|vælge|velge|välja|\b(?:sige|säga|si)\b
    répon|aider|choisir|\bdire\b
    respond|contestar|ayudar|elegir|\bdecir
    ajudar|escolher|dizer
    rispo(?:nd|st)|aiutar|scegliere
    răspun|ajuta|alege
    odpow|pomóc|wybrać|odpov|pomoci|vybrat
    ответ|отвеч|помоч|выбра|сказать|відпов|допомог|обрати|отгов|одгов
    απαντ|βοηθ|επιλέξ
    vasta|auttaa|valita|válasz|segít|mondan
    إجاب|اجاب|أجيب|الرد|مساعد|اختيار
    پاسخ|جواب|کمک|انتخاب
    לענות|להשיב|לעזור|לבחור
    jawab|bantu|pilih|trả lời|giúp|chọn|ตอบ|ช่วย|เลือก|kujibu|kusaidia|kuchagua
    回答|作答|帮|幫|协助|協助|选|選|判断|判斷|提供
""")
"""Verbs of what is declined, after such a first person."""
_WHOLE = _any_line(r"""
    答え(?:られません|られない|できません|できない|できかね|することができ)
    回答(?:でき(?:ません|ない|かね)|を控え)
    (?:お手伝い|お答え|対応|選択)(?:することは|は)?でき(?:ません|ない|かね)
    選べ(?:ません|ない)
    (?:답변|대답|답|선택|도움|도와).{0,12}(?:수 없|어렵)
    (?:cevap|yanıt|yardım).{0,12}(?:veremem|veremiyorum|edemem|edemiyorum)
    (?:yanıtl|cevapl)ayam\w+
    (?:उत्तर|जवाब|मदद|सहायता|चुन).{0,20}नहीं
    (?:উত্তর|জবাব|সাহায্য).{0,20}(?:পারব|পারছি|পারি) ?না
    (?:جواب|مدد).{0,20}نہیں
    \b(?:(?:this|that|the)(?: question| request)?|it) (?:can ?not|can't) be (?:answered|determined)
    \b(?:as|i am|i'm) (?:just |only )?an? (?:ai|artificial|large language|language model)\b
""")
"""Phrases of languages whose verbs come last, and of no person."""
_ABOUT_REASONS = _any_line(r"""
    why|expla|elaborat|reason|further|detail|\bmore\b|better|\belse\b|\bother\b
    warum|erklär|begründ|weiter|waarom|uitleg|toelicht
    hvorfor|forklar|begrund|varför|förklar
    pourquoi|expli[cq]|raz[oó]n|por ?qu[eé]|spieg|perché
    dlaczego|wyjaśn|vysvětl|почему|объясн|поясн|чому|γιατί|εξηγ
    neden|açıkl|miksi|selit|miért|magyaráz
    لماذا|شرح|تفسير|چرا|توضیح|למה|להסביר
    क्यों|समझा|ব্যাখ্যা|mengapa|kenapa|jelas|tại sao|giải thích|ทำไม|อธิบาย|kwa nini|eleza
    为什么|為什麼|解释|解釋|说明|說明|説明|理由|なぜ|왜|설명|이유
""")
"""Words of a sentence that declines to say more about a choice, not to choose."""
_UNKNOWN = _any_line(r"""
    (?:(?:i|we) )?(?:really |honestly |simply |just )?(?:do not|don't|can ?not|can't) (?:know|tell)
    (?:(?:i|we) )?(?:do not|don't|can ?not|can't) (?:know|tell) (?:the answer|that|this|it)
    (?:i(?:'m| am) )?(?:not (?:really |entirely )?(?:sure|certain)|unsure|uncertain|undecided)
    (?:i have )?(?:absolutely )?no (?:idea|clue|opinion|comment|answer|preference)(?: \w+){0,4}
    (?:none|neither|all|both) of (?:the above|these|them|those)(?: (?:is|are) \w+)?
    (?:none|neither|all|both) of the (?:options|answers|choices)(?: (?:is|are) \w+)?
    (?:it|that|this) depends(?: on .*)?|unknown|not applicable|i (?:pass|abstain)
    there(?: is|'s) no (?:correct|right|single|good|definitive|clear) (?:answer|option)(?: .*)?
    (?:das )?(?:ich )?weiß (?:ich )?(?:es |das )?nicht|keine ahnung|(?:das |es )?kommt darauf an
    (?:dat )?(?:ik )?weet (?:ik )?(?:het |dat )?niet|geen idee|dat hangt ervan af
    (?:det )?(?:jeg )?ve[dt] (?:jeg )?(?:det )?ikke|ingen anelse|det kommer an på(?: .*)?
    (?:det )?(?:jag )?vet (?:jag )?(?:det )?inte|ingen aning|det beror på(?: .*)?
    je ne sais pas|aucune idée|(?:ça|cela) dépend(?: .*)?
    no (?:lo )?sé|ni idea|(?:eso )?depende(?: .*)?|(?:eu )?não sei|não faço ideia
    non (?:lo )?so|dipende(?: .*)?|nu știu|nie wiem|nevím|ne znam
    (?:я )?не знаю|(?:это )?зависит(?: .*)?|не знам|δεν (?:ξέρω|γνωρίζω)
    bilmiyorum|en tiedä|nem tudom|sijui|(?:saya )?tidak tahu|(?:tôi )?không biết
    لا (?:أعرف|أعلم|أدري)|نمی\W?دانم|(?:אני )?לא יודעת?
    मुझे (?:नहीं पता|पता नहीं|नहीं मालूम)(?: है)?|(?:আমি )?জানি না
    (?:مجھے )?(?:نہیں معلوم|معلوم نہیں)|(?:ฉัน|ผม)?ไม่(?:ทราบ|รู้|แน่ใจ)(?:ครับ|ค่ะ)?
    我?不(?:知道|清楚|确定|確定)(?:答案)?
    (?:私には)?(?:わか|分か)(?:りません|らない)|知りません
    (?:저는 )?(?:잘 )?모르겠\S*|모릅니다|모름
""")
_APOLOGY = _any_line(r"""
    (?:i(?:'m| am) )?(?:very |so |really )?sorry|my apologies|i apologi[sz]e
    désolée?|lo siento|desculpe|mi dispiace|scusa|îmi pare rău
    (?:es )?tut mir leid|entschuldigung|beklager|tyvärr|förlåt
    przepraszam|przykro mi|omlouvám se|извините|простите|вибачте|λυπάμαι
    üzgünüm|valitettavasti|sajnálom|maaf|xin lỗi|ขออภัย|samahani
    عذرا|آسف|متأسفم|סליחה|क्षमा करें|माफ़ करें|দুঃখিত
    抱歉|对不起|對不起|申し訳(?:ありません|ございません)|すみません|죄송합니다
""")

DECLINES = re.compile(rf"(?:{_UNABLE}).{{0,40}}?(?:{_TO_ANSWER})|{_WHOLE}", re.IGNORECASE)
"""Pattern of a sentence that declines to answer."""
ABOUT_REASONS = re.compile(_ABOUT_REASONS, re.IGNORECASE)
"""Pattern of a sentence about reasons or other answers, which declines no choice."""
UNKNOWN = re.compile(rf"\W*(?:{_UNKNOWN})\W*", re.IGNORECASE)
"""Pattern of a whole sentence that names no answer."""
APOLOGY = re.compile(rf"\W*(?:{_APOLOGY})\W*", re.IGNORECASE)
"""Pattern of a whole sentence of regret."""
