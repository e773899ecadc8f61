"""Human labels: read and check a CSV with one row per described opinion."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast, get_args

import pyarrow as pa

from culture_ray.errors import BadTable, UnknownName
from culture_ray.judging.parse import Stance
from culture_ray.redaction.cells import cell_text
from culture_ray.tables import HUMAN_LABELS

COLUMNS = ("response_id", "opinion", "stance")
"""Required columns; `annotator` tells several people apart, other columns are ignored."""

_READ = (*COLUMNS, "annotator", "probability")


@dataclass(frozen=True)
class HumanLabels:
    """Human labels: the stances that people gave to the described opinions of some responses."""

    stances: Mapping[str, Mapping[str, Mapping[int, Stance]]]
    """By annotator and response: stance by number of the opinion, from 1."""
    digest: str
    """SHA-256 of the file."""
    probabilities: Mapping[str, float] = field(default_factory=dict)
    """By response: probability that the sheet contains it; empty for a sheet that states none."""

    @property
    def annotators(self) -> tuple[str, ...]:
        """Return the annotators, in the order of the file."""
        return tuple(self.stances)

    @property
    def responses(self) -> tuple[str, ...]:
        """Return the responses that have a label, in the order of the file."""
        responses = [response for labelled in self.stances.values() for response in labelled]
        return tuple(dict.fromkeys(responses))

    def reading(self, annotator: str, response: str, opinions: int) -> list[str | None]:
        """Return one annotator's stances of a response, None for opinions left unlabelled."""
        stances = self.stances[annotator].get(response, {})
        return [stances.get(number) for number in range(1, opinions + 1)]


def read_human(path: Path, opinions: Mapping[str, int], where: str) -> HumanLabels:
    """Return the labels in a file.

    `opinions` is the number of opinions by response; `where` names the source of the responses in
    messages. Rows with an empty stance are opinions that are not labelled yet. Raises BadTable for
    a file that cannot be read, a missing column, an unknown response or stance, an opinion number
    that the response does not have, an opinion labelled twice, a probability that is none or that
    differs within a response, and a file without any label.
    """
    by_annotator: dict[str, dict[str, dict[int, Stance]]] = {}
    probabilities: dict[str, float] = {}
    for line, row in _rows(path):
        stance = (row["stance"] or "").strip().lower()
        if not stance:
            continue
        if stance not in get_args(Stance):
            raise BadTable(
                f"{path}, line {line}: stance '{row['stance']}' is none of pro, con and neutral; "
                f"leave it empty for an opinion that is not labelled"
            )
        response = (row["response_id"] or "").strip()
        if response not in opinions:
            raise BadTable(f"{path}, line {line}: {_unknown(response, opinions, where)}")
        number = _number(path, line, row["opinion"], opinions[response])
        by_response = by_annotator.setdefault((row.get("annotator") or "human").strip(), {})
        stances = by_response.setdefault(response, {})
        if number in stances:
            raise BadTable(
                f"{path}, line {line}: opinion {number} of response {response} is labelled twice "
                f"by one person: keep one row, or name the people in a column annotator"
            )
        stances[number] = cast(Stance, stance)
        if "probability" in row:
            probability = _probability(path, line, row["probability"])
            if probabilities.setdefault(response, probability) != probability:
                raise BadTable(
                    f"{path}, line {line}: response {response} has the probabilities "
                    f"{probabilities[response]:g} and {probability:g}: join only copies of one "
                    f"sheet, and leave the column as label-sheet wrote it"
                )
    if not by_annotator:
        raise BadTable(f"{path} has no labels: fill the column stance with pro, con or neutral")
    return HumanLabels(by_annotator, hashlib.sha256(path.read_bytes()).hexdigest(), probabilities)


def human_label_table(labels: HumanLabels) -> pa.Table:
    """Return one row per labelled opinion (HUMAN_LABELS schema)."""
    rows = [
        {
            "response_id": response,
            "annotator": annotator,
            "opinion": opinion,
            "stance": stance,
            "probability": labels.probabilities.get(response),
        }
        for annotator, responses in labels.stances.items()
        for response, stances in responses.items()
        for opinion, stance in sorted(stances.items())
    ]
    return pa.Table.from_pylist(rows, schema=HUMAN_LABELS)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str | None]]]:
    if not path.is_file():
        raise BadTable(f"no file {path}: set human=FILE.csv to a sheet saved from label-sheet")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadTable(f"{path} cannot be read as UTF-8 text: {error}") from error
    head = text.split("\n", 1)[0]
    # Spreadsheets write semicolons in countries that use a decimal comma.
    delimiter = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names: Sequence[str] = reader.fieldnames or ()
        missing = [name for name in COLUMNS if name not in names]
        if missing:
            raise BadTable(
                f"{path} has no column {', '.join(missing)}: it has {', '.join(names) or 'none'}"
            )
        for row in reader:
            yield reader.line_num, {k: v and cell_text(v) for k, v in row.items() if k in _READ}
    except csv.Error as error:
        raise BadTable(f"{path}, line {reader.line_num}: not CSV ({error})") from error


def _number(path: Path, line: int, value: str | None, most: int) -> int:
    text = (value or "").strip()
    number = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= most:
        raise BadTable(
            f"{path}, line {line}: opinion '{text}' is not a number from 1 to {most}, the number "
            f"of opinions that the response describes"
        )
    return number


def _probability(path: Path, line: int, value: str | None) -> float:
    # A spreadsheet may have written a decimal comma.
    text = (value or "").strip().replace(",", ".")
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found <= 1:
        raise BadTable(
            f"{path}, line {line}: probability '{text}' is not a number above 0 and up to 1: leave "
            f"the column as label-sheet wrote it, or remove it from the whole file"
        )
    return found


def _unknown(response: str, known: Mapping[str, int], where: str) -> str:
    if not known:
        return f"response '{response}' is unknown: {where} has no labels"
    return str(UnknownName("response", response, known, where))
