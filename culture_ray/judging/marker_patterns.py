"""Regular expressions for the markers of list items, in the many formats that models use.

Every pattern has a group `indent`, and one of `number`, `letter` or `roman` if items are counted.
"""

from __future__ import annotations

import re

from culture_ray.judging.phrases import in_any_language

_FLAGS = re.IGNORECASE | re.MULTILINE | re.VERBOSE
_LABELS = in_any_language("labels")
_AND = in_any_language("conjunctions")
_ORDINALS = in_any_language("ordinals")

# Marks before the number: "> **1.**", "| 1 |", "- 1)". Possessive, as rules of 80 dashes occur.
_LEAD = r"^ (?P<indent>[ \t]*) [>\#*_|•–—+\- \t\\]*+"
_EMPHASIS = r"[ \t*_]*+"

LABEL = re.compile(
    rf"""
    (?: {_LEAD} | (?<= [.!?;:"”»’] ) (?= [ \t] ) )         # a line, or a sentence within one
    [ \t]* (?: \d{{1,2}} [.):] )? {_EMPHASIS} [ \t]*         # "3. **Borger 3:**" is one marker
    (?: {_LABELS} ) [ \t]* (?: n[ro]\.? | n[º°] | \# )? [ \t]*
    (?: (?P<number>\d{{1,2}}) [ºª°]? | (?P<letter>[A-Z]) (?= [ \t]* [:*.)–—-] ) )
    (?! \d | [,.]\d | [ \t]* (?: , | & | {_AND} ) [ \t]* \d )  # "borger 1 og 3" is prose
    [ \t]* (?: [*_:.)|–—-]+ [ \t]* )*
    """,
    _FLAGS,
)
NUMBER = re.compile(
    rf"""
    {_LEAD} (?: n[ro]\. [ \t]* | № [ \t]* )? [(\[\#]? (?P<number>\d{{1,2}})
    (?: \\? [.)\]:] [-)]? (?!\d)                            # 1. 1) 1: (1) [1] 1\. 1.- but not 1.5
      | {_EMPHASIS} [ \t]* \|                               # | 1 | in a table
      | [ \t]* [*_]++ [ \t]* [.):]?                         # **1** and **1**.
      | [ \t]* [–—-] (?= [ \t] )                            # 1 - and 1-
      | [ºª°] [.)]?                                         # 1º
      | \uFE0F? \u20E3                                      # a digit on a keycap
      | (?<= \#\d ) (?= [ \t] ) | (?<= \#\d\d ) (?= [ \t] )  # #1
    )
    (?: [ \t]* [*_]{{1,3}} (?= [ \t] | $ ) )?
    """,
    _FLAGS,
)
BARE = re.compile(
    r"^ (?P<indent>[ \t]*) (?P<number>\d{1,2}) (?: [ \t]+ (?=[^\W\d_]) | [ \t]* \n )", _FLAGS
)
LETTER = re.compile(
    rf"{_LEAD} \(? (?P<letter>[A-Z]) (?: [)\]] | [.:] (?=[ \t]) ) {_EMPHASIS}", _FLAGS
)
ROMAN = re.compile(rf"{_LEAD} \(? (?P<roman>[IVX]{{1,5}}) [.)] (?=[ \t*_]) {_EMPHASIS}", _FLAGS)
BULLET = re.compile(
    r"^ (?P<indent>[ \t]*) (?: [-+•·◦▪●‣–—➤→✓✔] | \*(?!\*) ) (?![-+*_=]) [ \t]* (?=\S)", _FLAGS
)
ORDINAL = re.compile(
    rf"^ (?P<indent>[ \t]*) [*_\#]* [ \t]* (?:{_ORDINALS}) [ \t]+ (?:{_LABELS})? "
    r"[ \t]* [:–—-] [*_ \t]*",
    _FLAGS,
)
HEADING = re.compile(
    r"^ (?P<indent>) (?: \#{1,6} [ \t]+ \S [^\n]* | \*\*[^*\n]+\*\* [ \t]* :? [ \t]* $ )", _FLAGS
)


def inline(number: int, *, after_sentence: bool) -> re.Pattern[str]:
    """Return the pattern of `number` as a marker within a line.

    After the end of a sentence "2." starts an item; elsewhere it may be an ordinal ("den 2. maj").
    """
    before = r"""(?: (?<=[.!?;,:)"”»’'*]) | (?<=\n) ) [ \t]+""" if after_sentence else r"(?<!\S)"
    after = r"(?: [.)\]:] [*_]* (?!\d) | [*_]+ )" if after_sentence else r"[.)\]:] [*_]* (?!\d)"
    return re.compile(rf"{before} (?:{_LABELS})? [ \t]* [*_(\[\#]* {number} {after} [ \t]*", _FLAGS)
