r"""Values in the containers that formats ask for: \boxed{B}, JSON, <answer>B</answer>, [[B]]."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from culture_ray.benchmarks.reading.words.answer_words import ANSWER


def contained_values(text: str) -> list[str]:
    """Return the values that a text holds in containers, in their order; empty without any."""
    return split_containers(text)[0]


def split_containers(text: str) -> tuple[list[str], str]:
    r"""Return the values that a text holds in containers, and the text without the containers.

    Of a JSON object that is the value of a key such as "answer", "choice" or "label" in any
    language, else its only value. A cut-off object ends the text.
    """
    found = [
        *((m.start(), m.end(), _inner(m[1])) for m in _BOXED.finditer(text)),
        *((m.start(), m.end(), m[2]) for m in _TAGGED.finditer(text)),
        *((m.start(), m.end(), m[1]) for m in _BRACKETS.finditer(text)),
        *((m.start(), m.end(), m[1]) for m in _HASHES.finditer(text)),
        *_json_values(text),
    ]
    rest, end = [], 0
    for start, stop, _ in sorted(found):
        rest.append(text[end:start])
        end = max(end, stop)
    values = [value.strip() for _, _, value in sorted(found) if value and value.strip()]
    return values, " ".join([*rest, text[end:]])


def _inner(value: str) -> str:
    """Return the content of commands of LaTeX such as `\text{B}`."""
    return re.sub(r"\\\w+\{([^{}]*)\}", r"\1", value)


def _json_values(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the start and end of each JSON object and its value, empty if it has none to choose."""
    end = 0
    for match in re.finditer(r'\{\s*"', text):
        if match.start() < end:
            continue
        try:
            value, end = _DECODER.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            # Cut off or broken: the value of a key is still stated.
            for pair in _PAIR.finditer(text, match.start()):
                yield pair.start(), len(text), pair[1] or pair[2]
            return
        if (chosen := _chosen(value)) is not None:
            yield match.start(), end, chosen


def _chosen(value: dict[str, Any]) -> str | None:
    named = [key for key in value if _KEY.search(key)]
    if not named and len(value) == 1:
        named = list(value)
    # "answer" beside "answer_text" or "explanation_of_answer": the shortest key is the value.
    for key in sorted(named, key=len):
        one = value[key]
        if isinstance(one, list) and len(one) == 1:
            one = one[0]
        if isinstance(one, bool):
            return "true" if one else "false"
        if isinstance(one, str | int | float):
            return str(one)
        if isinstance(one, list):
            return ", ".join(map(str, one))
        if isinstance(one, dict):
            return _chosen(one)
    return None


_DECODER = json.JSONDecoder()
_NAMES = "answer|choice|option|label|letter|result|prediction|verdict|selected|class|judg|value"
_KEY = re.compile(rf"{_NAMES}|{ANSWER}", re.IGNORECASE)
_PAIR = re.compile(rf'"[^"\n]*(?:{_NAMES})[^"\n]*"\s*:\s*(?:"([^"\n]*)|([\w.+-]+))', re.IGNORECASE)
_BOXED = re.compile(r"\\boxed\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_TAGGED = re.compile(
    r"<(answer|final_answer|final|choice|label|output)>(.{0,400}?)</\1>", re.IGNORECASE | re.DOTALL
)
_BRACKETS = re.compile(r"\[\[([^\[\]\n]{1,80})\]\]")
_HASHES = re.compile(r"(?m)^\s*####\s*(.+)$")
