"""JSON values in a line of a file."""

from __future__ import annotations

import json
from typing import Any

from culture_ray.errors import BadTable


def values_of_line(where: str, line: str) -> list[Any]:
    """Return the JSON values of a line: one, or several where a line break was lost.

    `where` names the file and line. Raises BadTable for what is not JSON.
    """
    decoder, values, start = json.JSONDecoder(), [], 0
    text = line.strip().lstrip("\ufeff")
    while start < len(text):
        try:
            value, end = decoder.raw_decode(text, start)
        except json.JSONDecodeError as problem:
            raise BadTable(
                f"{where}: not valid JSON ({problem.msg}, column {problem.colno})"
            ) from problem
        values.append(value)
        start = end
        while start < len(text) and text[start] in " \t,":
            start += 1
    return values
