"""Small sources of items, written into a folder."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from culture_ray.benchmarks.design.benchmark import Benchmark
from culture_ray.benchmarks.items.read import Items, read_items

PLAIN: Mapping[str, Any] = yaml.safe_load("""
source: {files: "{language}.csv"}
items:
  id: id
  text: question
  options: [a, b]
  answer: answer
  groups: {kind: kind}
languages: {en: eng, da: dan}
prompts: "{text} {options}"
answer: {kind: option}
scores: {accuracy: {}}
""")
ROWS: Sequence[Mapping[str, Any]] = [
    {"id": "01", "question": "Capital of Denmark?", "a": "Aarhus", "b": "Copenhagen",
     "answer": "B", "kind": "place"},
    {"id": "02", "question": "Colour of the flag?", "a": "Red", "b": "Blue", "answer": "A",
     "kind": "thing"},
    {"id": "03", "question": "Largest island?", "a": "Zealand", "b": "Funen", "answer": "A",
     "kind": "place"},
]  # fmt: skip


def changed(design: Mapping[str, Any] = PLAIN, **parts: Any) -> dict[str, Any]:
    """Return a design with some keys changed: mappings are merged, other values replaced."""
    content = dict(design)
    for key, value in parts.items():
        merge = isinstance(value, Mapping) and isinstance(content.get(key), Mapping)
        content[key] = {**content[key], **value} if merge else value
    return content


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]] = ROWS) -> Path:
    """Write rows as a CSV file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def read(
    folder: Path,
    content: Mapping[str, Any] = PLAIN,
    languages: Sequence[str] = ("en",),
    seed: int = 1,
) -> Items:
    """Read a benchmark whose files are in a folder."""
    return read_items(Benchmark.from_mapping("b", content), languages, [folder], seed)
