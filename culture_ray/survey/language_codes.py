"""Language codes: the two-letter code of ISO 639-1 from the three-letter codes of ISO 639-2."""

from __future__ import annotations

from culture_ray.survey.language_tags import is_tag


def language_code(text: str) -> str | None:
    """Return the language tag of a code in any case: da for DAN, de for ger and deu, da for DA.

    Other tags (BCP 47), such as pt-BR, are returned with the language in small letters; None for
    a text that is no tag.
    """
    code = text.strip().replace("_", "-")
    language, dash, rest = code.partition("-")
    tag = _SHORT.get(language.lower(), language.lower()) + dash + rest
    return tag if is_tag(tag) else None


_TABLE = """
    aaaar ababk aeave afafr akaka amamh anarg arara asasm avava ayaym azaze babak bebel bgbul
    bibis bmbam bnben bobodtib brbre bsbos cacat ceche chcha cocos crcre cscescze cuchu cvchv
    cycymwel dadan dedeuger dvdiv dzdzo eeewe elellgre eneng eoepo esspa etest eueusbaq fafasper
    ffful fifin fjfij fofao frfrafre fyfry gagle gdgla glglg gngrn guguj gvglv hahau heheb hihin
    hohmo hrhrv hthat huhun hyhyearm hzher iaina idind ieile igibo iiiii ikipk ioido isislice
    itita iuiku jajpn jvjav kakatgeo kgkon kikik kjkua kkkaz klkal kmkhm knkan kokor krkau kskas
    kukur kvkom kwcor kykir lalat lbltz lglug lilim lnlin lolao ltlit lulub lvlav mgmlg mhmah
    mimrimao mkmkdmac mlmal mnmon mrmar msmsamay mtmlt mymyabur nanau nbnob ndnde nenep ngndo
    nlnlddut nnnno nonor nrnbl nvnav nynya ococi ojoji omorm orori ososs papan pipli plpol pspus
    ptpor quque rmroh rnrun roronrum rurus rwkin sasan scsrd sdsnd sesme sgsag shhbs sisin
    skslkslo slslv smsmo snsna sosom sqsqialb srsrp ssssw stsot susun svswe swswa tatam tetel
    tgtgk ththa titir tktuk tltgl tntsn toton trtur tstso tttat twtwi tytah uguig ukukr ururd
    uzuzb veven vivie vovol wawln wowol xhxho yiyid yoyor zazha zhzhochi zuzul
"""
"""ISO 639-1 code, terminological and, where it differs, bibliographic code of each language."""

_SHORT = {code: entry[:2] for entry in _TABLE.split() for code in (entry[2:5], entry[5:]) if code}
