"""Regular expressions for the markers of list items, in the many formats that models use.

Every pattern has a group `indent`. Items that are counted also have one of `number`, `group`
("3-5.", "1, 2 and 5"), `letter`, `roman`, or `sign` for other scripts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from culture_ray.judging.lists.numerals import AND, ANY, CJK, DIGITS, ENCLOSED
from culture_ray.judging.vocabulary import Vocabulary, alternation

_FLAGS = re.IGNORECASE | re.MULTILINE | re.VERBOSE

EMOJI = "\U0001f300-\U0001f51e\U0001f520-\U0001faff\u200d\ufe0f"
"""Pictures before a marker ("👤 Person 1:"), without the keycap of ten."""
# Marks before the number: "> **1.**", "| 1 |", "- 1)". Possessive, as rules of 80 dashes occur.
LEAD = rf"^ (?P<indent>[ \t]*) [>\#*_|•–—+\- \t\\{EMOJI}]*+"
_EMPHASIS = r"[ \t*_]*+"
_WORD = r"[^\W\d_]{1,4} [ \t]+"
JOINT = rf"(?: [ \t]* (?: [,、،&–—~～〜至到-] | {AND} ) [ \t]* (?: {_WORD} )? | [ \t]+ {_WORD} )"
"""Pattern between the numbers of several people: a comma, a dash, or a short word such as "to"."""
_OPEN = r"[(\[\#（【〔「]?"
_AFTER_STOP = "(?<= [。！？；，」』）।॥؟؛،۔] )"
"""Place after punctuation of scripts that put no space after it, or may leave it out."""
_STOP = r"[.)\]:．）：、】〕」।]"
"""Punctuation after a number, in half or full width."""

NUMBER = re.compile(
    rf"""
    {LEAD} (?: n[ro]\.? [ \t]* | n[º°] [ \t]* | № [ \t]* )?
    (?: {_OPEN} (?P<group>{DIGITS} (?: {JOINT} {DIGITS} )++ ) {_EMPHASIS} {_STOP} (?!\d)
      | {_OPEN} (?P<number>{DIGITS})
        (?: \\? {_STOP} [-)]? (?!\d)                          # 1. 1) （1） 【1】 1\. but not 1.5
          | [ \t]+ [:：] (?= \s )                            # 1 : in French
          | {_EMPHASIS} [ \t]* \|                             # | 1 | in a table
          | [ \t]* [*_]++ [ \t]* [.):]?                       # **1** and **1**.
          | [ \t]* [–—-] (?= [ \t] )                          # 1 - and 1-
          | [–—-] (?= [\u0590-\u0fff\u3040-\u9fff\uac00-\ud7af] )  # ١-نعم, but not 10-year
          | / \d{{1,2}} (?: [\])）] [:.：]? | [ \t]* [:.：–-] (?!\d) )  # 1/10: and [1/10]
          | [/،，] (?= \s ) | ， (?= [^\W\d] )                 # 1/ and 1，
          | [ºª°] [.)]?                                       # 1º
          | \uFE0F? \u20E3                                    # a digit on a keycap
          | (?<= \#\d ) (?= [ \t] ) | (?<= \#\d\d ) (?= [ \t] )  # #1
        )
      | {_OPEN} (?P<cjk>{CJK}) (?: [至到~～-] (?P<cjk_last>{CJK}) )? (?: {_STOP} | [，,] )
      | (?P<single>{ENCLOSED}) (?: [至到~～–-] (?P<single_last>{ENCLOSED}) )? {_STOP}? (?! {_STOP} )
    )
    (?: [ \t]* [*_]{{1,3}} (?= [ \t] | $ ) )?
    """,
    _FLAGS,
)
BARE = re.compile(
    r"^ (?P<indent>[ \t]*) (?P<number>\d{1,2}) (?: [ \t]+ (?=[^\W\d_]) | [ \t]* \n )", _FLAGS
)
DELIMITED = re.compile(
    r"""^ (?P<indent>[ \t]*) ["']? (?P<number>\d{1,2}) ["']?
    [ \t]* (?: [,;\t|>~/→⇒] | => ) [ \t]*""",
    _FLAGS,
)
LETTER = re.compile(
    rf"{LEAD} [(（]? (?P<letter>[A-ZＡ-Ｚ]) (?: [)\]）．、：] | [.:] (?=[ \t]) ) {_EMPHASIS}",
    _FLAGS,
)
SCRIPT_LETTER = re.compile(
    rf"{LEAD} [(（]? (?P<sign>[^\W\d_A-Za-z]{{1,3}})"
    rf" (?: [)\]）．、：] | [.:-] (?=[ \t]) ) {_EMPHASIS}",
    _FLAGS,
)
ROMAN = re.compile(
    rf"{LEAD} [(（]? (?P<roman>[IVX]{{1,5}}) [.)）．、] (?=[ \t*_]) {_EMPHASIS}", _FLAGS
)
BULLET = re.compile(
    r"^ (?P<indent>[ \t]*) (?: [-+•·◦▪●‣–—➤→✓✔・○◎■□◆◇►▶★☆∙⁃] | \*(?!\*) ) (?![-+*_=])"
    r" [ \t]* (?=\S)",
    _FLAGS,
)
HEADING = re.compile(
    r"^ (?P<indent>) (?: \#{1,6} [ \t]+ \S [^\n]* | \*\*[^*\n]+\*\* [ \t]* :? [ \t]* $ )", _FLAGS
)


@dataclass(frozen=True)
class WordPatterns:
    """Patterns that contain phrases of languages."""

    label: re.Pattern[str]
    """Word for a person and a number: "Borger 1:"."""
    ordinal: re.Pattern[str]
    """Ordinal in words, with or without such a word: "First citizen:"."""
    item_label: re.Pattern[str]
    """Word at the start of an item's text: "1. Citizen: Yes." """
    after_sentence: re.Pattern[str]
    """Number within a line, after the end of a sentence."""
    anywhere: re.Pattern[str]
    """Number within a line; it may be an ordinal ("den 2. maj")."""


@cache
def word_patterns(vocabulary: Vocabulary) -> WordPatterns:
    """Return the patterns of a vocabulary, compiled once."""
    labels, ordinals = vocabulary.any_of("labels"), vocabulary.any_of("ordinals")
    counts = alternation(w for one in vocabulary.phrases for w, n in one.numbers.items() if n)
    return WordPatterns(
        label=_label(labels, vocabulary.any_of("conjunctions")),
        ordinal=re.compile(
            rf"""
            ^ (?P<indent>[ \t]*) [*_\#]* [ \t]* (?: [^\W\d_]{{1,4}} [ \t]+ )?
            (?: (?:{ordinals}) [ \t]* (?:{labels})? | (?:{labels}) [ \t]+ (?:{ordinals}|{counts}) )
            [ \t*_]* [:：–—-] [*_ \t]*
            """,
            _FLAGS,
        ),
        item_label=re.compile(rf"^(?:{labels})\s*\d{{0,2}}\s*(?:[:–—-]\s+|：\s*)", re.IGNORECASE),
        after_sentence=_inline(
            labels,
            rf"""(?: (?: (?<= [.!?;,:)"”»’'*…]) | (?<=\n) ) [ \t]+ | {_AFTER_STOP} [ \t]* )""",
            rf"(?: {_STOP} [*_]* (?!\d) | [*_]+ )",
        ),
        anywhere=_inline(
            labels,
            rf"(?: (?<!\S) | {_AFTER_STOP} )",
            rf"(?: {_STOP} [*_]* (?!\d) | [ \t]* [–—-] (?= [ \t] ) )",
        ),
    )


def _label(labels: str, conjunctions: str) -> re.Pattern[str]:
    return re.compile(
        rf"""
        (?: {LEAD} | (?<= [.!?;:"”»’] ) (?= [ \t] ) | (?<= [。！？；」』] ) )  # a line or sentence
        [ \t]* (?: \d{{1,2}} [.):] )? {_EMPHASIS} [ \t]*          # "3. **Borger 3:**" is one marker
        (?: {labels} )
        (?: \w{{0,3}} [ \t]* (?P<group>{ANY} (?: {JOINT} {ANY} )++ ) (?= [ \t*_]*+ [:：.)）–—] )
          | [ \t]* (?: n[ro]\.? | n[º°] | \# | № )? [ \t]*
            (?: (?P<number>{ANY}) [ºª°]?
              | (?<![A-Za-zÀ-ɏ]) (?P<letter>[A-Z]) (?= [ \t]* [:：*.)–—-] ) )
            (?! \d | [,.]\d | [ \t]* (?: , | & | {conjunctions} ) [ \t]* \d )  # "borger 1 og 3"
        )
        [ \t]* (?: [*_:.)|–—：．）、-]+ [ \t]* )*
        """,
        _FLAGS,
    )


def _inline(labels: str, before: str, after: str) -> re.Pattern[str]:
    return re.compile(
        rf"""
        (?: {before} (?:{labels})? [ \t]* [*_(\[\#（【]* (?P<number>{DIGITS}|{CJK}) {after}
          | (?P<single>{ENCLOSED}) {_STOP}? )
        [ \t]*
        """,
        _FLAGS,
    )
