"""Labels that people gave: a CSV with one row per described opinion, read and checked."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from culture_ray.errors import BadTable, UnknownName
from culture_ray.judging.parse import Stance

COLUMNS = ("response_id", "opinion", "stance")
"""What the file has to have; `annotator` tells several people apart, further columns are kept."""


@dataclass(frozen=True)
class HumanLabels:
    """Human labels: the stances that people gave the described opinions of some responses."""

    stances: Mapping[str, Mapping[str, Mapping[int, Stance]]]
    """By annotator and response: stance by number of the opinion, from 1."""
    digest: str
    """SHA-256 of the file."""

    @property
    def annotators(self) -> tuple[str, ...]:
        """Return the annotators, in the order of the file."""
        return tuple(self.stances)

    @property
    def responses(self) -> tuple[str, ...]:
        """Return the responses that somebody labelled, in the order of the file."""
        found = [response for labelled in self.stances.values() for response in labelled]
        return tuple(dict.fromkeys(found))

    def reading(self, annotator: str, response: str, opinions: int) -> list[str | None]:
        """Return one person's stances of a response, None for opinions left unlabelled."""
        given = self.stances[annotator].get(response, {})
        return [given.get(number) for number in range(1, opinions + 1)]


def read_human(path: Path, opinions: Mapping[str, int], where: str) -> HumanLabels:
    """Return the labels of a file about the responses in `opinions`.

    `opinions` says how many each response describes; `where` names their source in messages.
    Rows with an empty stance are opinions that nobody labelled yet. Raises BadTable for a file
    that cannot be read, a missing column, an unknown response or stance, an opinion that the
    response lacks, one labelled twice, and a file without any label.
    """
    found: dict[str, dict[str, dict[int, Stance]]] = {}
    for line, row in _rows(path):
        said = (row["stance"] or "").strip().lower()
        if not said:
            continue
        if said not in get_args(Stance):
            raise BadTable(
                f"{path}, line {line}: stance '{row['stance']}' is none of pro, con and neutral; "
                f"leave it empty for an opinion that is not labelled"
            )
        response = (row["response_id"] or "").strip()
        if response not in opinions:
            raise BadTable(f"{path}, line {line}: {_unknown(response, opinions, where)}")
        number = _number(path, line, row["opinion"], opinions[response])
        person = found.setdefault((row.get("annotator") or "human").strip(), {})
        mine = person.setdefault(response, {})
        if number in mine:
            raise BadTable(
                f"{path}, line {line}: opinion {number} of response {response} is labelled twice "
                f"by one person: keep one row, or name people in a column annotator"
            )
        mine[number] = cast(Stance, said)
    if not found:
        raise BadTable(f"{path} holds no label: fill the column stance with pro, con or neutral")
    return HumanLabels(found, hashlib.sha256(path.read_bytes()).hexdigest())


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str | None]]]:
    if not path.is_file():
        raise BadTable(f"there is no file {path}: give human=FILE.csv, as label-sheet saves it")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadTable(f"{path} cannot be read as UTF-8 text: {error}") from error
    head = text.split("\n", 1)[0]
    # Spreadsheets of countries with a decimal comma write semicolons.
    delimiter = max(",;\t", key=head.count)
    reader = csv.DictReader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    try:
        names: Sequence[str] = reader.fieldnames or ()
        missing = [name for name in COLUMNS if name not in names]
        if missing:
            raise BadTable(
                f"{path} has no column {', '.join(missing)}: it has {', '.join(names) or 'none'}"
            )
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise BadTable(f"{path}, line {reader.line_num}: not CSV ({error})") from error


def _number(path: Path, line: int, said: str | None, most: int) -> int:
    text = (said or "").strip()
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= most:
        raise BadTable(
            f"{path}, line {line}: opinion '{text}' is not a number from 1 to {most}, which is "
            f"how many opinions the response describes"
        )
    return number


def _unknown(response: str, known: Mapping[str, int], where: str) -> str:
    if not known:
        return f"response '{response}' is unknown: {where} holds no labels"
    return str(UnknownName("response", response, known, where))
