"""Reader of the tables of codes beside this file."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files


@cache
def spellings(table: str) -> dict[str, str]:
    """Return the code for every spelling in a table: codes and English names, as `plain` has them.

    `table` is languages (ISO 639-1 by the codes of parts 2 and 3) or countries (ISO 3166-1 alpha-2
    by alpha-3, and the regions that surveys sample apart).
    """
    text = files(__package__).joinpath(f"{table}.csv").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for row in csv.DictReader(text.splitlines()):
        for spelling in _spellings(row):
            found.setdefault(plain(spelling), row["code"])
    return found


def plain(name: str) -> str:
    """Return a name in lower case, without accents, leading articles and repeated blanks."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    without = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = re.sub(r"[\s_]+", " ", without).strip()
    return words.removeprefix("the ")


def _spellings(row: dict[str, str]) -> Iterator[str]:
    yield row["code"]
    yield from row["other_codes"].split()
    yield row["name"]
    yield from filter(None, row["other_names"].split("|"))
