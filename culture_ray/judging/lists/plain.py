"""Plain form of a response: lines without invisible characters, fences, HTML and LaTeX."""

from __future__ import annotations

import re

_INVISIBLE = "\u200b\u200e\u200f\u061c\u202a-\u202e\u2060\u2066-\u2069\ufeff"
"""Zero-width spaces and direction marks. Joiners are letters' business in Persian or Hindi."""


def plain_lines(text: str) -> str:
    """Return `text` as plain lines: list items of HTML, XML and LaTeX become bullets."""
    text = re.sub(r"\r\n?|[\u2028\u2029\x85]", "\n", text)
    text = re.sub(f"[{_INVISIBLE}]", "", text).replace("\u00a0", " ").replace("\u3000", " ")
    text = re.sub(r"(?<![^\W\d_])[\u200c\u200d]+|[\u200c\u200d]+(?=[\W\d_])", "", text)
    text = _END_OF_TURN.split(text, maxsplit=1)[0] if _END_OF_TURN.search(text.strip(), 1) else text
    text = re.sub(r"[ \t]{9,}", " " * 8, text)  # degenerate output can be thousands of blanks
    text = re.sub(r"(?m)^[ \t]*(?:```|~~~)[\w+-]*[ \t]*$\n?", "", text)
    if "\\item" in text:
        text = re.sub(r"\\(?:begin|end)\{[^}\n]*\}(?:\[[^]\n]*\])?", "\n", text)
        text = re.sub(r"\\item\b(?:\[([^]\n]*)\])?[ \t]*", r"\n• \1 ", text)
    return _without_totals(_without_tags(text) if "<" in text else text)


def _without_totals(text: str) -> str:
    """Return the text with "1/3", "(1 of 3)" and the like, up to 3 of 3, as the first number."""
    counted = list(_OF_TOTAL.finditer(text))
    totals = {int(match["total"]) for match in counted}
    if len(counted) < 2 or totals != {len(counted)}:
        return text
    if [int(match["number"]) for match in counted] != list(range(1, len(counted) + 1)):
        return text
    return _OF_TOTAL.sub(lambda match: f"{match['before']}{match['number']}{match['after']}", text)


def _without_tags(text: str) -> str:
    """Return the text with items of HTML lists, rows of tables and elements of XML as lines."""
    if (element := _repeated_element(text)) is not None:
        return _with_elements_as_lines(text, element)
    depth, in_head = 0, False

    def line(match: re.Match[str]) -> str:
        nonlocal depth, in_head
        closes, name = bool(match[1]), match[2].casefold()
        if name in ("ol", "ul"):
            depth = max(0, depth + (-1 if closes else 1))
            return "\n\n" if depth == 0 else "\n"
        if name == "li":
            return "" if closes else "\n" + "    " * max(0, depth - 1) + "• "
        if name == "tr":
            rule = " |\n|---|---|" if in_head else " |"
            in_head = False
            return rule if closes else "\n| "
        if name in ("td", "th"):
            in_head = in_head or name == "th"
            return " | " if closes else ""
        if name in _BREAKS:
            return "\n"
        return match[0]

    if not re.search(r"<(?:li|tr|p|br)\b", text, re.IGNORECASE):
        return text
    return _TAG.sub(line, text)


def _with_elements_as_lines(text: str, element: str) -> str:
    """Return the text with each of these elements of XML as a bullet in one line."""
    item = re.compile(
        rf"<{element}\b[^<>\n]*>(.*?)(?:</{element}\s*>|(?=<{element}\b)|\Z)",
        re.DOTALL | re.IGNORECASE,
    )
    lines = item.sub(lambda match: f"\n• {' '.join(_TAG.sub(' ', match[1]).split())}\n", text)
    return _TAG.sub("\n\n", re.sub(r"\n\s*\n(?=• )", "\n", lines))


def _repeated_element(text: str) -> str | None:
    """Return the name of the first element that opens and closes at least twice, as XML items."""
    for match in _TAG.finditer(text):
        name = match[2].casefold()
        opened = len(re.findall(rf"<{re.escape(name)}\b", text, re.IGNORECASE))
        closed = len(re.findall(rf"</{re.escape(name)}\s*>", text, re.IGNORECASE))
        if name not in _HTML and opened >= 2 and closed >= opened - 1:
            return name
    return None


_TAG = re.compile(r"<(/)?([A-Za-z][\w-]*)(?:\s[^<>\n]*)?/?>")
_BREAKS = frozenset(
    {"p", "div", "br", "table", "tbody", "thead", "dl", "dt", "h1", "h2", "h3", "h4"}
)
"""Elements of HTML that begin a line."""
_HTML = frozenset(
    {
        *("a", "b", "i", "u", "s", "p", "q", "em", "ol", "ul", "li", "tr", "td", "th", "br", "hr"),
        *("dl", "dt", "dd", "div", "span", "strong", "small", "sub", "sup", "table", "thead"),
        *("tbody", "h1", "h2", "h3", "h4", "h5", "h6", "code", "pre", "blockquote", "mark", "font"),
        *("center", "html", "body", "head", "title"),
    }
)
"""Elements of HTML, which are layout and no items."""
_OF_TOTAL = re.compile(
    r"(?m)^(?P<before>[^\d\n]{0,24})(?P<number>\d{1,3})[ \t]*(?:/|[ \t][^\W\d_]{1,5}[ \t])[ \t]*"
    r"(?P<total>\d{1,3})(?P<after>[.):：\]]|(?=\W))"
)
"""Number of an item with that of all, at the start of a line."""
_ENDS = "eot_id|eom_id|im_end|end|endoftext|end_of_text|return|end_of_turn|EOT|END_OF_TURN_TOKEN"
_END_OF_TURN = re.compile(rf"<\|?(?:{_ENDS})\|?>|</s>|<｜end▁of▁sentence｜>")
"""Tokens that end a turn, as servers leave them in texts."""
